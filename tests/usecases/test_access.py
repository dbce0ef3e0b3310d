"""Who may sign in: tokens, users, the first administrator."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from flowslot.app import access, set_up, users
from flowslot.app.access import NewToken
from flowslot.app.callers import Caller, Role, Scope
from flowslot.app.ports import Call
from flowslot.base.errors import AlreadyExists, Forbidden, InUse, Invalid, NotFound, Unauthenticated
from flowslot.base.ids import UserId
from make import NOON, World, a_call


def signed_in(world: World, text: str) -> Caller:
    return access.authenticate(world.deps, text)


def first_administrator(world: World) -> Call:
    text = set_up.prepare(world.deps)
    assert text is not None
    return Call(signed_in(world, set_up.set_up(world.deps, setup_token=text, name="Ada")))


def user(world: World, role: Role, name: str = "Bo") -> Call:
    made = users.create(world.deps, world.by, name=name, role=role)
    return Call(Caller(UserId(made.id), made.name, made.role, Scope()))


def token(world: World, by: Call, role: Role, **given: Any) -> NewToken:
    return access.create_token(world.deps, by, name="ci", role=role, **given)


def test_the_set_up_token_works_once(world: World) -> None:
    text = set_up.prepare(world.deps)
    made = set_up.set_up(world.deps, setup_token=text, name="Ada")
    caller = signed_in(world, made)
    assert (caller.name, caller.role, caller.scope.workspaces) == ("Ada", Role.ADMIN, None)
    with pytest.raises(Unauthenticated):
        set_up.set_up(world.deps, setup_token=text, name="Eve")
    assert set_up.prepare(world.deps) is None


def test_a_new_start_makes_the_old_set_up_token_void(world: World) -> None:
    old = set_up.prepare(world.deps)
    new = set_up.prepare(world.deps)
    with pytest.raises(Unauthenticated):
        set_up.set_up(world.deps, setup_token=old, name="Ada")
    assert set_up.set_up(world.deps, setup_token=new, name="Ada")


def test_no_token_is_a_set_up_token_where_none_was_made(world: World) -> None:
    for text in ("", "fs_setup_guess"):
        with pytest.raises(Unauthenticated):
            set_up.set_up(world.deps, setup_token=text, name="Eve")


def test_the_bootstrap_token_of_the_settings_signs_in_as_administrator(world: World) -> None:
    def start(bootstrap: str) -> str | None:
        world.deps = replace(world.deps, settings=replace(world.deps.settings, bootstrap_token=bootstrap))
        return set_up.prepare(world.deps)

    assert start("from-the-operator") is None
    caller = signed_in(world, "from-the-operator")
    assert caller.role is Role.ADMIN
    start("from-the-operator")
    start("another-one")
    assert signed_in(world, "another-one").user == caller.user
    with pytest.raises(Unauthenticated):
        signed_in(world, "from-the-operator")
    assert start("") is None
    with pytest.raises(Unauthenticated):
        signed_in(world, "another-one")


@pytest.mark.parametrize("text", ["", "fs_", "fs_unknown", "ä"])
def test_an_unknown_token_lets_nobody_in(world: World, text: str) -> None:
    with pytest.raises(Unauthenticated):
        signed_in(world, text)


def test_a_token_is_kept_only_as_a_hash(world: World) -> None:
    made = token(world, user(world, Role.AUTHOR), Role.AUTHOR)
    assert made.text.startswith("fs_")
    assert made.token.name == "ci"
    with world.database.read() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM token").all())
        kept += str(connection.exec_driver_sql("SELECT * FROM audit").all())
    assert made.text not in kept + str(world.audience.told)


def test_a_token_ends_when_it_expires_or_is_revoked(world: World) -> None:
    bo = user(world, Role.AUTHOR)
    expiring = token(world, bo, Role.VIEWER, expires_at=NOON + timedelta(hours=1))
    lasting = token(world, bo, Role.VIEWER)
    signed_in(world, expiring.text)
    world.clock.go(hours=1)
    with pytest.raises(Unauthenticated):
        signed_in(world, expiring.text)
    access.delete_token(world.deps, bo, token=lasting.token.id)
    with pytest.raises(Unauthenticated):
        signed_in(world, lasting.text)


def test_a_token_can_do_no_more_than_its_maker(world: World) -> None:
    for mine, asked in product(Role, Role):
        maker = user(world, mine, name=f"{mine.name} for {asked.name}")
        if asked <= mine:
            assert signed_in(world, token(world, maker, asked).text).role is asked
        else:
            with pytest.raises(Forbidden):
                token(world, maker, asked)


SEEN = {(None, None): True, (None, ("home",)): True, (("home",), ("home",)): True}
SEEN |= {(("home",), None): False, (("home",), ("home", "acme")): False, (("home",), ("acme",)): False}


def test_a_token_can_see_no_more_than_its_maker(world: World) -> None:
    bo = user(world, Role.AUTHOR).caller
    for (mine, asked), allowed in SEEN.items():
        maker = Call(replace(bo, scope=Scope(None if mine is None else frozenset(mine))))
        if allowed:
            seen = signed_in(world, token(world, maker, Role.AUTHOR, workspaces=asked).text).scope.workspaces
            assert seen == (None if asked is None else frozenset(asked))
        else:
            with pytest.raises(Forbidden):
                token(world, maker, Role.AUTHOR, workspaces=asked)


def test_a_token_names_workspaces_that_are_there_and_a_time_to_come(world: World) -> None:
    bo = user(world, Role.AUTHOR)
    with pytest.raises(NotFound):
        token(world, bo, Role.VIEWER, workspaces=["nowhere"])
    for given in ({"workspaces": []}, {"expires_at": NOON}):
        with pytest.raises(Invalid):
            token(world, bo, Role.VIEWER, **given)


def test_an_administrator_makes_and_revokes_tokens_of_others(world: World) -> None:
    admin, bo = first_administrator(world), user(world, Role.AUTHOR)
    made = token(world, admin, Role.AUTHOR, user=bo.caller.user)
    assert signed_in(world, made.text).user == bo.caller.user
    with pytest.raises(Forbidden):
        token(world, admin, Role.PROMOTER, user=bo.caller.user)
    with pytest.raises(Forbidden):
        token(world, bo, Role.VIEWER, user=admin.caller.user)
    other = user(world, Role.PROMOTER, name="Cy")
    with pytest.raises(NotFound):
        access.delete_token(world.deps, other, token=made.token.id)
    access.delete_token(world.deps, admin, token=made.token.id)


def test_a_lower_role_takes_effect_in_every_token_at_once(world: World) -> None:
    bo = user(world, Role.PROMOTER)
    text = token(world, bo, Role.PROMOTER).text
    users.change(world.deps, world.by, user=bo.caller.user, role=Role.VIEWER)
    assert signed_in(world, text).role is Role.VIEWER


def test_a_deleted_user_is_out_at_once(world: World) -> None:
    bo = user(world, Role.PROMOTER)
    text = token(world, bo, Role.PROMOTER).text
    users.delete(world.deps, world.by, user=bo.caller.user)
    with pytest.raises(Unauthenticated):
        signed_in(world, text)


def test_the_last_administrator_stays(world: World) -> None:
    ada = first_administrator(world).caller.user
    with pytest.raises(InUse):
        users.change(world.deps, world.by, user=ada, role=Role.PROMOTER)
    with pytest.raises(InUse):
        users.delete(world.deps, world.by, user=ada)
    user(world, Role.ADMIN)
    users.change(world.deps, world.by, user=ada, role=Role.PROMOTER)
    users.delete(world.deps, world.by, user=ada)


def test_only_administrators_of_the_account_keep_users(world: World) -> None:
    bo = user(world, Role.AUTHOR)
    for call in (a_call(Role.PROMOTER), a_call(Role.ADMIN, workspaces=["home"])):
        with pytest.raises(Forbidden):
            users.create(world.deps, call, name="x", role=Role.VIEWER)
        with pytest.raises(Forbidden):
            users.change(world.deps, call, user=bo.caller.user, role=Role.ADMIN)
        with pytest.raises(Forbidden):
            users.delete(world.deps, call, user=bo.caller.user)
    with pytest.raises(AlreadyExists):
        user(world, Role.VIEWER)


def test_the_last_use_of_a_token_is_kept_roughly(world: World) -> None:
    text = token(world, user(world, Role.VIEWER), Role.VIEWER).text

    def last_use() -> object:
        with world.deps.store.read(world.by.caller) as uow:
            return uow.tokens.all()[0].last_used_at

    assert last_use() is None
    signed_in(world, text)
    assert last_use() == NOON
    world.clock.go(minutes=1)
    signed_in(world, text)
    assert last_use() == NOON
    world.clock.go(minutes=5)
    signed_in(world, text)
    assert last_use() == NOON + timedelta(minutes=6)
