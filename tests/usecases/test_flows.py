"""Flows: R7, R15, R16, R18."""

from __future__ import annotations

import pytest

from flowslot.app import flows, registrations, workspaces
from flowslot.app.callers import Role
from flowslot.base.errors import AlreadyExists, Forbidden, InUse, Invalid, NotFound
from flowslot.domain.flow import Visibility
from flowslot.domain.slots import Slot
from make import World, a_call


def test_a_new_flow_is_registered_at_home_and_looks_to_an_empty_main(world: World) -> None:
    """R7: active, on main, and nothing runs there yet."""
    flow, here = world.shown(), world.here()
    assert (flow.main, flow.staging, flow.latest, flow.registrations) == (None, None, None, 1)
    assert (flow.home_workspace, flow.revision, flow.visibility) == ("home", 1, Visibility.SHARED)
    assert (here.active, here.slot, here.resolved_version, here.fallback) == (True, Slot.MAIN, None, False)
    assert here.hook_main != here.hook_staging


def test_a_slug_is_taken_once(world: World) -> None:
    with pytest.raises(AlreadyExists):
        world.flow("orders")
    with pytest.raises(Invalid):
        world.flow("Not a slug")
    with pytest.raises(NotFound):
        world.flow("other", workspace="nowhere")


def test_a_name_can_be_changed_without_a_new_revision(world: World) -> None:
    """R18: it is no change of slots or versions, so nobody's editor is out of date."""
    changed = flows.change(world.deps, world.by, slug="orders", name="Orders of all shops")
    assert (changed.name, changed.revision, changed.visibility) == ("Orders of all shops", 1, Visibility.SHARED)
    assert world.shown() == changed


def test_a_change_that_changes_nothing_is_not_on_record(world: World) -> None:
    """R19: of flows, workspaces, users and registrations alike."""
    before, told, seen = world.on_record(), len(world.audience.told), world.shown()
    flows.change(world.deps, world.by, slug="orders")
    flows.change(world.deps, world.by, slug="orders", name=seen.name, visibility=seen.visibility)
    workspaces.change(world.deps, world.by, slug="acme")
    world.change("home")
    assert (world.on_record(), len(world.audience.told), world.shown()) == (before, told, seen)


def test_a_flow_that_others_have_cannot_become_private(world: World) -> None:
    """R15: not as long as another workspace has it."""
    world.register("acme")
    with pytest.raises(InUse):
        flows.change(world.deps, world.by, slug="orders", visibility=Visibility.PRIVATE)
    registrations.remove(world.deps, world.by, flow="orders", workspace="acme")
    assert (
        flows.change(world.deps, world.by, slug="orders", visibility=Visibility.PRIVATE).visibility.value == "private"
    )
    assert flows.change(world.deps, world.by, slug="orders", visibility=Visibility.SHARED).visibility.value == "shared"


def test_a_flow_is_deleted_with_what_refers_to_its_versions(world: World) -> None:
    """R16: nothing that is left names a version that is gone; the slug is free again."""
    world.deploy()
    world.draft()
    flows.delete(world.deps, world.by, slug="orders")
    with pytest.raises(NotFound):
        world.shown()
    with world.database.read() as connection:
        for table in ("version", "registration", "promotion", "schedule"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0
    assert world.flow("orders").revision == 1


def test_a_flow_that_others_have_is_not_deleted(world: World) -> None:
    """R16: InUse says how many have it."""
    world.register("acme")
    with pytest.raises(InUse) as caught:
        flows.delete(world.deps, world.by, slug="orders")
    assert "(1)" in caught.value.detail
    assert world.shown().registrations == 2


def test_who_may_do_what_with_a_flow(world: World) -> None:
    """R19: roles and scope, before anything is done."""
    with pytest.raises(Forbidden):
        flows.create(world.deps, a_call(Role.VIEWER), slug="x", name="x", workspace="home")
    with pytest.raises(NotFound):
        flows.create(world.deps, a_call(Role.AUTHOR, workspaces=["acme"]), slug="x", name="x", workspace="home")
    with pytest.raises(Forbidden):
        flows.change(world.deps, a_call(Role.AUTHOR, workspaces=["home"]), slug="orders", name="x")
    with pytest.raises(Forbidden):
        flows.delete(world.deps, a_call(Role.AUTHOR), slug="orders")
    with pytest.raises(NotFound):
        flows.get(world.deps, a_call(Role.ADMIN, workspaces=["acme"]), slug="orders")
