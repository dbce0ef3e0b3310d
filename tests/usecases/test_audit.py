"""Everything is on record: R19."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from flowslot.app import (
    access,
    connections,
    flows,
    quarantine,
    registrations,
    sessions,
    users,
    validation,
    webhook_secrets,
    workspaces,
)
from flowslot.app.audit import MEANINGS, Action
from flowslot.app.callers import Caller, Role, Scope
from flowslot.app.ports import Call
from flowslot.base.errors import FlowslotError
from flowslot.base.ids import UserId
from flowslot.domain.slots import Slot
from flowslot.domain.validation import Scope as Looked
from make import World, document

SETTINGS = {"base_url": "https://a.test"}
IN_HOME = {"flow": "orders", "workspace": "home"}


def create_connection(world: World) -> None:
    connections.create(world.deps, world.by, workspace="home", slug="erp", connector="http", settings=SETTINGS)


def change_connection(world: World) -> None:
    create_connection(world)
    connections.change(
        world.deps, world.by, workspace="home", slug="erp", settings={**SETTINGS, "base_url": "https://new.example.com"}
    )


def delete_connection(world: World) -> None:
    create_connection(world)
    connections.delete(world.deps, world.by, workspace="home", slug="erp")


def create_user(world: World) -> str:
    return users.create(world.deps, world.by, name="Bo", role=Role.AUTHOR).id


def change_user(world: World) -> None:
    users.change(world.deps, world.by, user=create_user(world), name="Bob")


def set_password(world: World) -> str:
    user = users.create(world.deps, world.by, name="ann", role=Role.AUTHOR).id
    users.set_password(world.deps, world.by, user=user, password="long enough")
    return user


def sign_in(world: World) -> sessions.SignedIn:
    set_password(world)
    return sessions.sign_in(world.deps, name="ann", password="long enough", address="127.0.0.1")


def sign_out(world: World) -> None:
    sessions.sign_out(world.deps, sign_in(world))


def delete_user(world: World) -> None:
    users.delete(world.deps, world.by, user=create_user(world))


def create_token(world: World) -> tuple[Call, str]:
    bo = Call(Caller(UserId(create_user(world)), "ann", Role.AUTHOR, Scope()))
    return bo, access.create_token(world.deps, bo, name="ci", role=Role.VIEWER).token.id


def delete_token(world: World) -> None:
    by, token = create_token(world)
    access.delete_token(world.deps, by, token=token)


def remove_registration(world: World) -> None:
    world.register("acme")
    registrations.remove(world.deps, world.by, flow="orders", workspace="acme")


def move(world: World) -> None:
    world.deploy()
    world.stage(document(value=2))
    world.put("home", Slot.MAIN)


def undo(world: World) -> None:
    world.stage()
    world.undo(world.promote())


def revert(world: World) -> None:
    world.deploy()
    world.draft(document(value=2))
    world.revert()


def validate(world: World) -> None:
    validation.validate(world.deps, world.by, **IN_HOME, scope=Looked.ALL, definition=document())


def end_quarantine(world: World) -> None:
    quarantine.begin(world.deps, world.by, why="a test")
    quarantine.end(world.deps, world.by, cancel_open=False)


DEEDS: dict[Action, Callable[[World], object]] = {
    Action.WORKSPACE_CREATED: lambda world: world.workspace("beta"),
    Action.WORKSPACE_CHANGED: lambda world: workspaces.change(world.deps, world.by, slug="acme", name="A"),
    Action.WORKSPACE_DELETED: lambda world: workspaces.delete(world.deps, world.by, slug="acme"),
    Action.FLOW_CREATED: lambda world: world.flow("billing"),
    Action.FLOW_CHANGED: lambda world: flows.change(world.deps, world.by, slug="orders", name="O"),
    Action.FLOW_DELETED: lambda world: flows.delete(world.deps, world.by, slug="orders"),
    Action.VERSION_SAVED: lambda world: world.draft(),
    Action.VERSION_VALIDATED: validate,
    Action.STAGING_DEPLOYED: lambda world: world.stage(),
    Action.STAGING_REVERTED: revert,
    Action.PROMOTION_MADE: lambda world: world.deploy(),
    Action.PROMOTION_UNDONE: undo,
    Action.REGISTRATION_ADDED: lambda world: world.register("acme"),
    Action.REGISTRATION_MOVED: move,
    Action.REGISTRATION_ACTIVATED: lambda world: (world.change(active=False), world.change(active=True)),
    Action.REGISTRATION_DEACTIVATED: lambda world: world.change(active=False),
    Action.REGISTRATION_CHANGED: lambda world: world.change(config={"a": 1}),
    Action.REGISTRATION_REMOVED: remove_registration,
    Action.WEBHOOK_SECRET_ROTATED: lambda world: webhook_secrets.rotate(world.deps, world.by, **IN_HOME),
    Action.CONNECTION_CREATED: create_connection,
    Action.CONNECTION_CHANGED: change_connection,
    Action.CONNECTION_DELETED: delete_connection,
    Action.USER_CREATED: create_user,
    Action.USER_CHANGED: change_user,
    Action.USER_DELETED: delete_user,
    Action.PASSWORD_CHANGED: set_password,
    Action.SESSION_BEGUN: sign_in,
    Action.SESSION_ENDED: sign_out,
    Action.TOKEN_CREATED: create_token,
    Action.TOKEN_DELETED: delete_token,
    Action.QUARANTINE_BEGUN: lambda world: quarantine.begin(world.deps, world.by, why="a test"),
    Action.QUARANTINE_ENDED: end_quarantine,
}
"""What leads to each action."""
BY_THE_JOURNAL = {Action.TRIGGER_REFUSED, Action.TRIAL_STARTED, Action.SCHEDULE_SKIPPED}
"""Recorded where triggers are accepted and schedules tick; tested there."""


def test_the_table_of_deeds_is_complete() -> None:
    """R19: every action has a meaning and a deed."""
    assert set(MEANINGS) == set(Action)
    assert set(DEEDS) | BY_THE_JOURNAL == set(Action)
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", each.value) for each in Action)


REVISIONS = {
    Action.FLOW_CREATED,
    Action.VERSION_SAVED,
    Action.STAGING_DEPLOYED,
    Action.STAGING_REVERTED,
    Action.PROMOTION_MADE,
    Action.PROMOTION_UNDONE,
    Action.REGISTRATION_MOVED,
}
"""What grows the flow's revision: what a person who was slower is told of (R18)."""


@pytest.mark.parametrize("action", DEEDS, ids=lambda action: action.value)
def test_each_deed_is_on_record_with_its_actor(world: World, action: Action) -> None:
    """R19: and told to whoever watches, with the same number; with the revision exactly where it grew (R18)."""
    DEEDS[action](world)
    with world.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT seq, action, actor FROM audit ORDER BY seq").all()
    assert [(each["seq"], each["action"], each["actor"]) for each in world.audience.told] == rows
    assert (action.value, "ann") in [(row[1], row[2]) for row in rows]
    told = [each for each in world.audience.told if each["action"] == action.value]
    assert {each["revision"] is not None for each in told} == {action in REVISIONS}


def test_what_is_refused_is_not_on_record(world: World) -> None:
    """R19: no change, no record of one."""
    world.register("acme")
    before = world.on_record()
    refused = [
        lambda: world.flow("orders"),
        lambda: world.promote(),
        lambda: world.revert(),
        lambda: world.put("home", Slot.STAGING),
        lambda: world.register("acme"),
        lambda: world.stage(document(config={"type": "object", "required": ["a"]})),
        lambda: world.draft(workspace="nowhere"),
        lambda: workspaces.delete(world.deps, world.by, slug="home"),
        lambda: flows.delete(world.deps, world.by, slug="orders"),
    ]
    for deed in refused:
        with pytest.raises(FlowslotError):
            deed()
    assert world.on_record() == before
