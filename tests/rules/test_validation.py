"""Whether a version fits a workspace: R3."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from flowslot.base.errors import Problem
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.domain.flow import Registration
from flowslot.domain.slots import Slot
from flowslot.domain.validation import Scope, Surroundings, fingerprint, likeness, looked_at, problems_in
from rules.nouns import Calls, definition, flow, registration, step

FLOW = flow(staging_version=7, main_version=6)
HERE = registration(Slot.MAIN, id="here")
STAGED = [registration(Slot.STAGING, id="s1"), registration(Slot.STAGING, id="s2")]
ON_MAIN = [registration(Slot.MAIN, id="m1")]

LOOKED_AT: dict[tuple[Scope, str], set[str]] = {
    (Scope.STAGING, "on main"): {"here", "s1", "s2"},
    (Scope.STAGING, "on staging"): {"here", "s1", "s2"},
    (Scope.STAGING, "nowhere"): {"s1", "s2"},
    (Scope.ALL, "on main"): {"here", "s1", "s2", "m1"},
    (Scope.ALL, "on staging"): {"here", "s1", "s2", "m1"},
    (Scope.ALL, "nowhere"): {"s1", "s2", "m1"},
}
CURRENT: dict[str, Registration | None] = {
    "on main": HERE,
    "on staging": replace(HERE, staging_epoch=FLOW.slot_epoch),
    "nowhere": None,
}


def test_the_table_of_scopes_is_complete() -> None:
    """R3: every scope, asked from every slot or from nowhere."""
    assert set(LOOKED_AT) == set(product(Scope, CURRENT))


def ordered(value: object) -> str:
    """The same name for the same set in every process."""
    return str(sorted(value)) if isinstance(value, set | frozenset) else str(value)


@pytest.mark.parametrize(("case", "expected"), LOOKED_AT.items(), ids=ordered)
def test_a_validation_looks_at_the_current_workspace_and_all_on_staging(
    case: tuple[Scope, str], expected: set[str]
) -> None:
    """R3: each registration once."""
    scope, where = case
    here = CURRENT[where]
    everybody = [*STAGED, *ON_MAIN, *([here] if here else [])]
    found = [each.id for each in looked_at(FLOW, everybody, scope=scope, here=here)]
    assert set(found) == expected
    assert len(found) == len(expected)


def surroundings(**given: Any) -> Surroundings:
    usual: dict[str, Any] = {"workspace": "acme", "config": {}, "bindings": {}, "connectors": {}, "called": {}}
    return Surroundings(**{**usual, **given})


def no_problems(schema: Any, value: Any) -> Iterable[Problem]:
    return ()


def places(definition: Any, here: Surroundings, schema_problems: Any = no_problems) -> list[tuple[str, str]]:
    found = problems_in(definition, here, schema_problems=schema_problems)
    assert all(each.workspace == here.workspace for each in found)
    return [(each.pointer, each.code) for each in found]


CONNECTIONS = {
    # bindings, connectors of the workspace
    "bound and right": ({"erp": "main-erp"}, {"main-erp": "http"}, []),
    "not bound": ({}, {"main-erp": "http"}, ["connection_missing"]),
    "bound to nothing": ({"erp": "gone"}, {"main-erp": "http"}, ["connection_missing"]),
    "of another connector": ({"erp": "mail"}, {"mail": "smtp"}, ["connection_wrong_connector"]),
    "another name bound": ({"crm": "main-erp"}, {"main-erp": "http"}, ["connection_missing"]),
}


@pytest.mark.parametrize("case", CONNECTIONS)
def test_every_connection_is_there_and_of_the_right_connector(case: str) -> None:
    """R3: each name of the definition, at its place in it."""
    bindings, connectors, codes = CONNECTIONS[case]
    needs = definition(connections={"erp": "http"})
    here = surroundings(bindings=bindings, connectors=connectors)
    assert places(needs, here) == [("/connections/erp", code) for code in codes]


FIRST = FlowCall("b")
CALLED = {
    "fits": (CalledFlow(registered=True, version=3, callable=True), None),
    "not registered": (CalledFlow(), "called_flow_missing"),
    "nothing to run": (CalledFlow(registered=True), "called_flow_empty"),
    "not callable": (CalledFlow(registered=True, version=3), "called_flow_not_callable"),
    "calls back": (CalledFlow(registered=True, version=3, callable=True, circle=("a", "b", "a")), "call_cycle"),
}


@pytest.mark.parametrize("case", CALLED)
def test_every_called_flow_is_registered_and_callable(case: str) -> None:
    """R3: told at the step that calls."""
    called, code = CALLED[case]
    found = places(definition(step("call", Calls("b"))), surroundings(called={FIRST: called}))
    assert found == ([("/steps/call/flow", code)] if code else [])


def test_a_circle_names_the_way() -> None:
    """R3: the message says how one comes back."""
    here = surroundings(called={FIRST: CALLED["calls back"][0]})
    (problem,) = problems_in(definition(step("call", Calls("b"))), here, schema_problems=no_problems)
    assert "a → b → a" in problem.message


def test_a_call_that_nobody_looked_up_counts_as_missing() -> None:
    """R3: unknown is never taken for fine."""
    assert places(definition(step("call", Calls("b"))), surroundings()) == [("/steps/call/flow", "called_flow_missing")]


CONFIG = {"type": "object", "properties": {"limit": {"type": "number"}, "a/b": {}}}
VALUE_PLACES = {
    "": "/config",
    "/limit": "/config/properties/limit",
    "/limit/deep/0": "/config/properties/limit",
    "/a~1b": "/config/properties/a~1b",
    "/unknown": "/config",
}


@pytest.mark.parametrize(("pointer", "place"), VALUE_PLACES.items())
def test_a_configuration_value_is_told_where_the_definition_says_what_it_must_be(pointer: str, place: str) -> None:
    """R3: the pointer leads into the definition, the message names the value."""
    found = problems_in(
        definition(config=CONFIG),
        surroundings(config={"limit": "high"}),
        schema_problems=lambda schema, value: [Problem(pointer, "type", "is wrong")],
    )
    assert [(each.pointer, each.code) for each in found] == [(place, "config_invalid")]
    assert "is wrong" in found[0].message


def test_a_version_without_a_configuration_takes_any_values() -> None:
    """R3: nothing to check against."""
    wrong = [Problem("", "type", "is wrong")]
    assert places(definition(), surroundings(config={"old": 1}), lambda schema, value: wrong) == []


def test_problems_stand_in_the_order_of_the_document() -> None:
    """R3: configuration, connections, steps."""
    needs = definition(step("call", Calls("b")), config=CONFIG, connections={"erp": "http"})
    found = places(needs, surroundings(), lambda schema, value: [Problem("", "required", "limit is missing")])
    assert [place for place, _ in found] == ["/config", "/connections/erp", "/steps/call/flow"]


CALL = definition(step("call", Calls("b")), connections={"erp": "http"})
ONE = surroundings(config={"x": 1}, bindings={"erp": "e"}, connectors={"e": "http"}, called={FIRST: CalledFlow()})
UNLIKE = {
    "config": {"config": {"x": 2}},
    "binding": {"bindings": {"erp": "f"}},
    "connector": {"connectors": {"e": "smtp"}},
    "called flow": {"called": {FIRST: CalledFlow(registered=True, version=1)}},
}
LIKE = {
    "workspace": {"workspace": "other"},
    "binding of no concern": {"bindings": {"erp": "e", "crm": "c"}},
    "connection of no concern": {"connectors": {"e": "http", "c": "smtp"}},
}


@pytest.mark.parametrize("case", [*UNLIKE, *LIKE])
def test_workspaces_that_a_version_meets_in_the_same_way_are_alike(case: str) -> None:
    """R3: one check speaks for all workspaces that are alike."""
    other = replace(ONE, **(UNLIKE | LIKE)[case])
    assert (likeness(CALL, other) == likeness(CALL, ONE)) is (case in LIKE)


SEEN = {"content": "h1", "flow": FLOW, "called": {"b": FLOW, "c": None}, "empty_main": "refuse"}
SAME_LOOK = {
    "a draft was saved": {"flow": replace(FLOW, revision=99, latest_version=99)},
    "a slot of it moved": {"flow": replace(FLOW, slots_revision=99, slot_epoch=9)},
    "a draft of a called flow": {"called": {"b": replace(FLOW, revision=99), "c": None}},
}
OTHER_LOOK = {
    "content": {"content": "h2"},
    "a registration changed": {"flow": replace(FLOW, fleet_revision=99)},
    "a called flow's slot moved": {"called": {"b": replace(FLOW, slots_revision=99), "c": None}},
    "a called flow's registration changed": {"called": {"b": replace(FLOW, fleet_revision=99), "c": None}},
    "a called flow is another": {"called": {"b": replace(FLOW, id="flow_z"), "c": None}},
    "a called flow is there now": {"called": {"b": FLOW, "c": FLOW}},
    "a called flow is gone": {"called": {"b": None, "c": None}},
    "the setting": {"empty_main": "staging"},
}


def seen(**given: Any) -> str:
    asked = {**SEEN, **given}
    return fingerprint(asked["content"], asked["flow"], asked["called"], empty_main=asked["empty_main"])


@pytest.mark.parametrize("case", [*SAME_LOOK, *OTHER_LOOK])
def test_a_fingerprint_changes_with_everything_that_a_validation_looks_at(case: str) -> None:
    """R3, R4: and with nothing else, so that a promotion need not look again."""
    assert (seen(**(SAME_LOOK | OTHER_LOOK)[case]) == seen()) is (case in SAME_LOOK)
