"""Workspaces: the tenancy boundary."""

from __future__ import annotations

import pytest

from flowslot.app import connections, flows, workspaces
from flowslot.app.callers import Role
from flowslot.base.errors import AlreadyExists, Forbidden, InUse, Invalid, NotFound
from flowslot.domain.flow import WorkspaceKind
from make import World, a_call


def test_a_workspace_is_created_changed_and_looked_at(world: World) -> None:
    made = workspaces.create(world.deps, world.by, slug="beta", name="Beta", customer="Beta Ltd")
    assert (made.kind, made.customer) == (WorkspaceKind.STANDARD, "Beta Ltd")
    changed = workspaces.change(world.deps, world.by, slug="beta", name="B", kind=WorkspaceKind.PROJECT)
    assert (changed.name, changed.kind, changed.customer) == ("B", WorkspaceKind.PROJECT, "Beta Ltd")
    assert workspaces.change(world.deps, world.by, slug="beta", customer="").customer is None
    assert workspaces.get(world.deps, world.by, slug="beta").name == "B"


def test_a_slug_is_taken_once(world: World) -> None:
    with pytest.raises(AlreadyExists):
        world.workspace("home")
    with pytest.raises(Invalid):
        world.workspace("No Slug")


def test_a_workspace_with_flows_is_not_deleted(world: World) -> None:
    """R16: neither the home of one nor where one is registered."""
    world.register("acme")
    for slug in ("home", "acme"):
        with pytest.raises(InUse):
            workspaces.delete(world.deps, world.by, slug=slug)


def test_a_workspace_is_deleted_with_its_connections(world: World) -> None:
    settings = {"base_url": "https://a.test"}
    connections.create(world.deps, world.by, workspace="acme", slug="erp", connector="http", settings=settings)
    workspaces.delete(world.deps, world.by, slug="acme")
    with pytest.raises(NotFound):
        workspaces.get(world.deps, world.by, slug="acme")
    world.workspace("acme")
    connections.create(world.deps, world.by, workspace="acme", slug="erp", connector="http", settings=settings)


def test_versions_saved_in_a_deleted_workspace_stay(world: World) -> None:
    """R16, R9: the history does not lose a version; only where it was saved is no longer named."""
    world.register("acme")
    world.draft(workspace="acme")
    from flowslot.app import registrations

    registrations.remove(world.deps, world.by, flow="orders", workspace="acme")
    workspaces.delete(world.deps, world.by, slug="acme")
    latest = world.shown().latest
    assert (latest.number, latest.workspace) == (1, None)


def test_only_administrators_of_the_account_keep_workspaces(world: World) -> None:
    for call in (a_call(Role.PROMOTER), a_call(Role.ADMIN, workspaces=["home"])):
        with pytest.raises(Forbidden):
            workspaces.create(world.deps, call, slug="x", name="x")
        with pytest.raises(Forbidden):
            workspaces.change(world.deps, call, slug="home", name="x")
        with pytest.raises(Forbidden):
            workspaces.delete(world.deps, call, slug="acme")


def test_what_is_out_of_scope_does_not_exist(world: World) -> None:
    limited = a_call(Role.VIEWER, workspaces=["acme"])
    assert workspaces.get(world.deps, limited, slug="acme").slug == "acme"
    with pytest.raises(NotFound):
        workspaces.get(world.deps, limited, slug="home")
    with pytest.raises(NotFound):
        flows.get(world.deps, limited, slug="orders")
