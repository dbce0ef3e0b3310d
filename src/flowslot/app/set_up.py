"""The first administrator: by a one-time set-up token, or by the bootstrap token of the settings."""

from __future__ import annotations

import hmac

from flowslot.app.access import hash_of, new_token, token_of
from flowslot.app.audit import Action, event
from flowslot.app.callers import SYSTEM, Role
from flowslot.app.ports import Call, Deps, UnitOfWork, User
from flowslot.app.refusals import refuse_invalid
from flowslot.app.users import password_problems
from flowslot.base.errors import Unauthenticated
from flowslot.base.ids import UserId
from flowslot.domain.naming import name_problems

SETUP_PREFIX = "fs_setup_"
FIRST_NAME = "admin"

_SETUP = "setup_token_hash"
_TURN = "setup_turn"
_BOOTSTRAP = "bootstrap_token_id"


def prepare(deps: Deps) -> str | None:
    """Readies signing in, at each start: the bootstrap token of the settings signs in as the first administrator.

    While there is no administrator: a new set-up token, to be shown to the operator; those of earlier starts are void.
    """
    with deps.store.begin(Call(SYSTEM)) as uow:
        _put_bootstrap_token(deps, uow)
        if _administrators(uow):
            uow.facts.remove(_SETUP)
            return uow.commit(None)
        text = SETUP_PREFIX + deps.ids.secret()
        uow.facts.put(_SETUP, hash_of(text).hex())
        return uow.commit(text)


def set_up(deps: Deps, *, setup_token: str, name: str, password: str | None = None, address: str = "") -> str:
    """Makes the first administrator; the text of their token. Works once: Unauthenticated ever after."""
    refuse_invalid(name_problems(name=name), password_problems(password))
    with deps.attempts.one(name=None, address=address, now=deps.clock.now()):
        with deps.store.read(SYSTEM) as uow:
            _check(uow, setup_token)  # before the password is hashed, which costs something
        hashed = None if password is None else deps.passwords.hash(password)
        return _made_administrator(deps, setup_token, name=name, password_hash=hashed)


def _made_administrator(deps: Deps, setup_token: str, *, name: str, password_hash: str | None) -> str:
    with deps.store.begin(Call(SYSTEM)) as uow:
        uow.facts.put(_TURN, name)  # a second one waits here for the first, on every database
        _check(uow, setup_token)
        uow.facts.remove(_SETUP)
        user = _new_administrator(deps, uow, name=name)
        if password_hash is not None:
            uow.users.set_password(user.id, password_hash)
        text, token = new_token(deps, user, name="set-up", role=Role.ADMIN)
        uow.tokens.add(token)
        return uow.commit(text)


def _check(uow: UnitOfWork, setup_token: str) -> None:
    known = uow.facts.get(_SETUP)
    if known is None or not hmac.compare_digest(known, hash_of(setup_token).hex()):
        raise Unauthenticated("This set-up token is not valid, or was used already.")


def _put_bootstrap_token(deps: Deps, uow: UnitOfWork) -> None:
    """Makes the token of the settings valid, and one of earlier settings void."""
    wanted, known = deps.settings.bootstrap_token, uow.facts.get(_BOOTSTRAP)
    old = next((each for each in uow.tokens.all() if each.id == known), None)
    if old is not None and wanted and old.hash == hash_of(wanted):
        return
    if old is not None:
        uow.tokens.remove(old.id)
        uow.facts.remove(_BOOTSTRAP)
    if wanted:
        administrators = _administrators(uow)
        owner = administrators[0] if administrators else _new_administrator(deps, uow, name=FIRST_NAME)
        token = token_of(deps, owner, name="bootstrap", role=Role.ADMIN, text=wanted)
        uow.tokens.add(token)
        uow.facts.put(_BOOTSTRAP, token.id)


def _administrators(uow: UnitOfWork) -> list[User]:
    """Oldest first."""
    return sorted((each for each in uow.users.all() if each.role is Role.ADMIN), key=lambda each: each.id)


def _new_administrator(deps: Deps, uow: UnitOfWork, *, name: str) -> User:
    made = User(UserId(deps.ids.new("usr")), name, Role.ADMIN, deps.clock.now())
    uow.users.add(made)
    uow.record(event(Action.USER_CREATED, about={"user": made.id, "name": name, "role": "admin"}))
    return made
