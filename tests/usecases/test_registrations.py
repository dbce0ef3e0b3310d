"""Registrations: R3, R7, R15, R19, R20."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flowslot.app import connections, registrations
from flowslot.app.callers import Role
from flowslot.base.errors import AlreadyRegistered, Forbidden, InUse, Invalid, NotFound, PrivateFlow
from flowslot.domain.flow import Visibility
from flowslot.domain.slots import Slot
from make import World, a_call, document

CONFIG = {
    "type": "object",
    "required": ["limit"],
    "additionalProperties": False,
    "properties": {"limit": {"type": "integer"}, "name": {"type": "string"}},
}
NEEDS = document(config=CONFIG, connections={"erp": {"connector": "http"}})


def main_needs(world: World) -> None:
    """`orders` has a main version with configuration and a connection; home fits it."""
    connections.create(
        world.deps,
        world.by,
        workspace="home",
        slug="main-erp",
        connector="http",
        settings={"base_url": "https://a.test"},
    )
    world.change("home", config={"limit": 5}, connections={"erp": "main-erp"})
    world.deploy(NEEDS)


def test_a_registration_looks_to_main(world: World) -> None:
    """R7: also when a version is staged, and when main is empty."""
    world.register("acme")
    assert (world.here("acme").slot, world.here("acme").resolved_version) == (Slot.MAIN, None)
    world.deploy(document(value=1))
    world.stage(document(value=2))
    assert (world.here("acme").slot, world.here("acme").resolved_version) == (Slot.MAIN, 1)
    assert world.shown().registrations == 2


def test_an_empty_main_runs_staging_only_where_the_setting_says_so(world: World) -> None:
    """R7: it is shown as a fallback."""
    world.register("acme")
    world.stage()
    assert (world.here("acme").resolved_version, world.here("acme").fallback) == (None, False)
    world.deps = replace(world.deps, settings=replace(world.deps.settings, empty_main="staging"))
    shown = world.here("acme")
    assert (shown.slot, shown.resolved_version, shown.fallback) == (Slot.MAIN, 1, True)


def test_a_private_flow_runs_only_at_home(world: World) -> None:
    """R15."""
    world.flow("secret", visibility=Visibility.PRIVATE)
    with pytest.raises(PrivateFlow):
        world.register("acme", flow="secret")
    with pytest.raises(InUse):
        registrations.remove(world.deps, world.by, flow="secret", workspace="home")


def test_a_flow_is_registered_once_in_a_workspace(world: World) -> None:
    """R7."""
    with pytest.raises(AlreadyRegistered):
        world.register("home")
    assert world.shown().registrations == 1


@pytest.mark.parametrize("active", [True, False])
def test_a_registration_says_whether_it_is_active(world: World, active: bool) -> None:
    """R20: from the start and after."""
    world.register("acme", active=active)
    assert world.here("acme").active is active
    assert world.change("acme", active=not active).active is not active
    word = "deactivated" if active else "activated"
    assert world.on_record()[-1] == f"registration.{word}"


def test_what_is_missing_may_come_later(world: World) -> None:
    """R20: registered first, filled in by those who know the values."""
    main_needs(world)
    world.register("acme")
    assert world.here("acme").config == {}
    assert world.change("acme", config={"name": "Acme"}).config == {"name": "Acme"}
    assert world.change("acme", config={"limit": 5, "of a coming version": 1}).active


UNFIT: dict[str, tuple[dict[str, Any], str]] = {
    "a wrong value": ({"config": {"limit": "high"}}, "/config/limit"),
    "no object": ({"config": [5]}, "/config"),
    "no such connection": ({"connections": {"erp": "not-there"}}, "/connections/erp"),
}


@pytest.mark.parametrize("case", UNFIT)
def test_what_does_not_fit_the_version_that_runs_is_refused(world: World, case: str) -> None:
    """R3: at once, with its place; a new registration as well as a change."""
    given, pointer = UNFIT[case]
    main_needs(world)
    for ask in (lambda: world.register("acme", **given), lambda: world.change("home", **given)):
        with pytest.raises(Invalid) as caught:
            ask()
        assert [each.pointer for each in caught.value.problems] == [pointer]
    assert (world.here("home").config, world.shown().registrations) == ({"limit": 5}, 1)


def test_an_inactive_registration_is_made_ready_for_a_coming_version(world: World) -> None:
    """R20: another type of value, before the version that takes it is staged; switched on it must fit again."""
    main_needs(world)
    world.change("home", config={"limit": "high"}, active=False)
    with pytest.raises(Invalid):
        world.change("home", active=True)
    text = document(config={"type": "object", "properties": {"limit": {"type": "string"}}})
    world.stage(text)
    assert world.change("home", active=True).resolved_version == 2


def test_a_change_replaces_whole_objects(world: World) -> None:
    """R19: and says which values changed, never the values."""
    world.change("home", config={"a": 1, "b": 2})
    assert world.change("home", config={"b": 3}).config == {"b": 3}
    (told,) = [each for each in world.audience.told if each["action"] == "registration.changed"][1:]
    assert told["about"] == {"config": ["a", "b"]}


def test_a_change_that_changes_nothing_is_not_on_record(world: World) -> None:
    """R19."""
    world.change("home", config={"a": 1})
    records = world.on_record()
    world.change("home", config={"a": 1}, active=True)
    assert world.on_record() == records


def test_a_flow_is_taken_out_of_a_workspace(world: World) -> None:
    """R7: and can be registered anew, with addresses of its own."""
    world.register("acme")
    old = world.here("acme")
    registrations.remove(world.deps, world.by, flow="orders", workspace="acme")
    with pytest.raises(NotFound):
        world.here("acme")
    assert world.shown().registrations == 1
    world.register("acme")
    assert {old.hook_main, old.hook_staging}.isdisjoint({world.here("acme").hook_main, world.here("acme").hook_staging})


def test_a_workspace_registered_anew_is_not_on_staging(world: World) -> None:
    """R7: whatever slot it was on before it was taken out."""
    world.deploy()
    world.stage(document(value=2))
    registrations.remove(world.deps, world.by, flow="orders", workspace="home")
    world.register("home")
    assert (world.here().slot, world.here().resolved_version) == (Slot.MAIN, 1)


def test_a_registration_keeps_its_slot_through_other_changes(world: World) -> None:
    """R10: nothing else moves it."""
    world.stage()
    world.change("home", config={"a": 1}, active=False)
    assert world.here().slot is Slot.STAGING


def test_who_may_change_registrations(world: World) -> None:
    """R19: authors, in the workspaces they see."""
    world.register("acme")
    limited = a_call(Role.AUTHOR, workspaces=["acme"])
    registrations.change(world.deps, limited, flow="orders", workspace="acme", config={"a": 1})
    with pytest.raises(NotFound):
        registrations.change(world.deps, limited, flow="orders", workspace="home", config={"a": 1})
    for ask in (registrations.change, registrations.remove, registrations.register):
        with pytest.raises(Forbidden):
            ask(world.deps, a_call(Role.VIEWER), flow="orders", workspace="acme")
