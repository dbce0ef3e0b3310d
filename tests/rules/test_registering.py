"""Where a flow may be registered, what a registration may hold, and which triggers it takes: R7, R15, R20."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from flowslot.base.errors import Problem
from flowslot.domain.flow import Visibility
from flowslot.domain.registering import (
    may_become,
    may_leave,
    may_register,
    missing_connections,
    new_flow,
    takes_trigger,
    unfit_values,
    with_changed_fleet,
    with_one_less,
    with_one_more,
)
from flowslot.domain.resolve import EmptyMain, version_to_run
from flowslot.domain.slots import Slot, slot_of
from rules.nouns import ELSEWHERE, HOME, definition, flow, registration

SHARED, PRIVATE = Visibility.SHARED, Visibility.PRIVATE
PLACES = {(SHARED, HOME): True, (SHARED, ELSEWHERE): True, (PRIVATE, HOME): True, (PRIVATE, ELSEWHERE): False}
LEAVING = {(SHARED, HOME): True, (SHARED, ELSEWHERE): True, (PRIVATE, HOME): False, (PRIVATE, ELSEWHERE): True}


def test_the_tables_of_places_are_complete() -> None:
    """R15: every visibility in every kind of workspace."""
    assert set(PLACES) == set(LEAVING) == set(product(Visibility, (HOME, ELSEWHERE)))


@pytest.mark.parametrize(("case", "allowed"), PLACES.items(), ids=str)
def test_a_private_flow_is_registered_only_at_home(case: tuple[Visibility, Any], allowed: bool) -> None:
    """R15."""
    visibility, workspace = case
    assert may_register(flow(visibility=visibility), workspace) is allowed


@pytest.mark.parametrize(("case", "allowed"), LEAVING.items(), ids=str)
def test_a_private_flow_stays_at_home(case: tuple[Visibility, Any], allowed: bool) -> None:
    """R15: it has no other place to be."""
    visibility, workspace = case
    assert may_leave(flow(visibility=visibility), workspace) is allowed


BECOMING = {
    (before, after, elsewhere): after is SHARED or elsewhere == 0
    for before, after, elsewhere in product(Visibility, Visibility, (0, 2))
}


@pytest.mark.parametrize(("case", "allowed"), BECOMING.items(), ids=str)
def test_a_flow_that_others_have_stays_shared(case: tuple[Visibility, Visibility, int], allowed: bool) -> None:
    """R15: making it private would leave it registered outside its workspace."""
    before, after, elsewhere = case
    assert may_become(flow(visibility=before), after, elsewhere=elsewhere) is allowed


@pytest.mark.parametrize("visibility", Visibility)
def test_a_new_flow_looks_to_a_main_that_is_empty(visibility: Visibility) -> None:
    """R7: registered at once, on main, and nothing runs there yet."""
    made = new_flow(flow().id, slug="a", name="A", visibility=visibility, home=HOME)
    here = registration(Slot.MAIN)
    assert slot_of(made, here) is Slot.MAIN
    for setting in EmptyMain:
        assert version_to_run(made, here, empty_main=setting).version is None
    assert (made.revision, made.latest_version, made.registrations) == (1, 0, 0)


TAKES = {(True, True): True, (True, False): True, (False, True): True, (False, False): False}
"""(active, test run) → takes the trigger."""


@pytest.mark.parametrize(("case", "takes"), TAKES.items(), ids=str)
def test_an_inactive_registration_takes_only_test_runs(case: tuple[bool, bool], takes: bool) -> None:
    """R20."""
    active, test = case
    assert takes_trigger(registration(active=active), test=test) is takes


def test_a_change_of_registrations_moves_no_slot_but_is_noticed() -> None:
    """R3: what was validated before may not hold any more, so the fleet revision grows; the revision stays (R18)."""
    before = flow(registrations=3, fleet_revision=4)
    assert with_one_more(before) == replace(before, registrations=4, fleet_revision=5)
    assert with_one_less(before) == replace(before, registrations=2, fleet_revision=5)
    assert with_changed_fleet(before) == replace(before, fleet_revision=5)


NEEDS = definition(
    config={
        "type": "object",
        "required": ["limit"],
        "additionalProperties": False,
        "properties": {"limit": {"type": "number"}},
    },
    connections={"erp": "http"},
)


def like_a_schema(schema: Any, value: Any) -> Iterable[Problem]:
    """As much of JSON Schema as this table needs."""
    for name in schema.get("required", []):
        if name not in value:
            yield Problem("", "required", f"{name} is missing")
    for name, given in value.items():
        if name not in schema["properties"] and schema.get("additionalProperties") is False:
            yield Problem(f"/{name}", "unknown", f"{name} is not known")
        if name in schema["properties"] and not isinstance(given, int):
            yield Problem(f"/{name}", "type", f"{name} is no number")


FITS = {
    # config, connections: what an active registration is refused for
    "nothing yet": ({}, {}, []),
    "all there": ({"limit": 5}, {"erp": "e"}, []),
    "a value for a coming version": ({"limit": 5, "new": "x"}, {"erp": "e", "crm": "mail"}, []),
    "a wrong value": ({"limit": "high"}, {}, ["/config/limit"]),
    "a wrong connector": ({}, {"erp": "mail"}, ["/connections/erp"]),
    "both wrong": ({"limit": "high"}, {"erp": "mail"}, ["/config/limit", "/connections/erp"]),
}
CONNECTORS = {"e": "http", "mail": "smtp"}


@pytest.mark.parametrize(("case", "active"), list(product(FITS, (True, False))), ids=str)
def test_what_an_active_registration_is_given_fits_the_version_it_runs(case: str, active: bool) -> None:
    """R20: missing is allowed, wrong is not; an inactive registration can be made ready for a coming version."""
    config, connections, places = FITS[case]
    here = registration(active=active, config=config, connections=connections)
    found = unfit_values(NEEDS, here, CONNECTORS, schema_problems=like_a_schema)
    assert [each.pointer for each in found] == (places if active else [])


def test_a_bound_connection_is_one_of_the_workspace() -> None:
    """R3: a name bound to nothing is refused at once."""
    found = missing_connections({"erp": "e", "a/b": "gone"}, CONNECTORS)
    assert [(each.pointer, each.code) for each in found] == [("/connections/a~1b", "connection_missing")]
