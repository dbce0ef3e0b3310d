"""Connections: R3, and secrets that never come out."""

from __future__ import annotations

from typing import Any

import pytest

from flowslot.app import connections
from flowslot.app.callers import Role
from flowslot.app.connection_settings import secret_place
from flowslot.app.views import ConnectionView
from flowslot.base.errors import AlreadyExists, Forbidden, InUse, Invalid, NotFound
from flowslot.domain.validation import Scope
from make import World, a_call, document
from usecases.test_validation import validate

SECRET = "s3cret-canary-91"
SETTINGS = {"base_url": "https://erp.test/v1", "auth": {"kind": "bearer", "token": SECRET}}


def create(world: World, settings: Any = None, **given: Any) -> ConnectionView:
    usual = {"workspace": "home", "slug": "erp", "connector": "http"}
    return connections.create(world.deps, world.by, settings=settings or SETTINGS, **{**usual, **given})


def kept_secret(world: World) -> bytes:
    with world.deps.store.read(world.by.caller) as uow:
        kept = uow.connections.get(uow.workspaces.get("home").id, "erp")
        return world.deps.vault.open(kept.sealed, place=secret_place(kept.workspace, kept.id))


def everything_kept(world: World) -> str:
    with world.database.read() as connection:
        tables = ("connection", "audit", "fact")
        return "".join(str(connection.exec_driver_sql(f"SELECT * FROM {table}").all()) for table in tables)


def test_a_secret_is_sealed_and_never_shown(world: World) -> None:
    made = create(world)
    assert made.settings["auth"]["token"] == "set"
    assert SECRET in kept_secret(world).decode()
    assert SECRET not in everything_kept(world)
    assert SECRET not in str(world.audience.told)


def test_a_change_keeps_the_secret_that_is_not_sent(world: World) -> None:
    create(world)
    changed = connections.change(
        world.deps, world.by, workspace="home", slug="erp", settings={"base_url": "https://erp.test/v2"}
    )
    assert changed.settings["base_url"] == "https://erp.test/v2"
    assert SECRET in kept_secret(world).decode()
    connections.change(
        world.deps, world.by, workspace="home", slug="erp", settings={"auth": {"kind": "bearer", "token": "another"}}
    )
    assert SECRET not in kept_secret(world).decode()


def test_a_change_that_changes_nothing_is_not_on_record(world: World) -> None:
    """R19: and the flows bound to it need not be validated anew."""
    made = create(world)
    before = world.on_record()
    for settings in ({}, {"base_url": made.settings["base_url"]}, {"auth": made.settings["auth"]}):
        connections.change(world.deps, world.by, workspace="home", slug="erp", settings=settings)
    assert world.on_record() == before


def test_what_no_connector_takes_is_refused(world: World) -> None:
    create(world)
    with pytest.raises(AlreadyExists):
        create(world)
    for given in ({"slug": "A B"}, {"slug": "x", "connector": "fax"}, {"slug": "x", "settings": {"base_url": "ftp:x"}}):
        with pytest.raises(Invalid) as caught:
            create(world, **given)
        assert caught.value.problems
    create(world, workspace="acme")


def test_a_connection_in_use_is_not_deleted(world: World) -> None:
    """R3: what is bound is there."""
    create(world)
    world.change("home", connections={"erp": "erp"})
    with pytest.raises(InUse) as caught:
        connections.delete(world.deps, world.by, workspace="home", slug="erp")
    assert "'orders'" in caught.value.detail
    world.change("home", connections={})
    connections.delete(world.deps, world.by, workspace="home", slug="erp")
    with pytest.raises(NotFound):
        connections.delete(world.deps, world.by, workspace="home", slug="erp")


def test_a_version_needs_its_connections(world: World) -> None:
    """R3: bound, and of the right connector."""
    needs = document(connections={"erp": {"connector": "http"}})
    assert [(each.pointer, each.code) for each in validate(world, needs).problems] == [
        ("/connections/erp", "connection_missing")
    ]
    create(world)
    world.change("home", connections={"erp": "erp"})
    assert validate(world, needs).ok


def test_a_changed_connection_is_a_change_for_the_flows_bound_to_it(world: World) -> None:
    """R3, R4: what was validated with the old one is validated again."""
    create(world)
    world.change("home", connections={"erp": "erp"})
    before = validate(world, document(), scope=Scope.ALL).fingerprint
    connections.change(
        world.deps,
        world.by,
        workspace="home",
        slug="erp",
        settings={"base_url": "https://new.test"} | {"auth": {"kind": "none"}},
    )
    assert validate(world, document(), scope=Scope.ALL).fingerprint != before


def test_who_may_keep_connections(world: World) -> None:
    """R19: authors, in the workspaces they see."""
    limited = a_call(Role.AUTHOR, workspaces=["acme"])
    asked = {"workspace": "home", "slug": "erp"}
    for call, error in ((limited, NotFound), (a_call(Role.VIEWER), Forbidden)):
        with pytest.raises(error):
            connections.create(world.deps, call, connector="http", settings=SETTINGS, **asked)
    create(world)
    for call, error in ((limited, NotFound), (a_call(Role.VIEWER), Forbidden)):
        with pytest.raises(error):
            connections.change(world.deps, call, settings={}, **asked)
        with pytest.raises(error):
            connections.delete(world.deps, call, **asked)
