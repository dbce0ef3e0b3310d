"""Who may sign in: tokens, how a token becomes a caller, and the first administrator."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flowslot.app.audit import Action, event
from flowslot.app.callers import SYSTEM, Caller, Role, Scope
from flowslot.app.ports import Call, Deps, Token, User
from flowslot.app.refusals import refuse_invalid
from flowslot.app.showing import show_token
from flowslot.app.views import TokenView
from flowslot.base.errors import Forbidden, NotFound, Problem, Unauthenticated
from flowslot.base.ids import TokenId, UserId
from flowslot.domain.naming import name_problems

PREFIX = "fs_"
MOST_WORKSPACES = 200
USE_NOTED_EVERY = timedelta(minutes=5)
"""How exactly a token's last use is kept: writing it for each request would cost a disk write each."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was made just now, with its text, which is shown this once."""

    token: TokenView
    text: str


def authenticate(deps: Deps, token: str) -> Caller:
    """The caller whose token this is. Raises Unauthenticated when it is unknown, expired or revoked."""
    now = deps.clock.now()
    with deps.store.read(SYSTEM) as uow:
        found = uow.tokens.by_hash(hash_of(token))
        if found is None or (found.expires_at is not None and found.expires_at <= now):
            raise Unauthenticated
        user = uow.users.get(found.user)
    if found.last_used_at is None or now - found.last_used_at >= USE_NOTED_EVERY:
        _note_use(deps, found, now)
    scope = Scope(None if found.workspaces is None else frozenset(found.workspaces))
    return Caller(user.id, user.name, min(user.role, found.role), scope)


def create_token(
    deps: Deps,
    call: Call,
    *,
    name: str,
    role: Role,
    workspaces: Sequence[str] | None = None,
    expires_at: datetime | None = None,
    user: str | None = None,
) -> NewToken:
    """Makes a token for the caller, or, as an administrator, for a user by id.

    It can do no more and see no more than the caller can, nor do more than its owner may.
    """
    _refuse_wider(call.caller, role=role, workspaces=workspaces, user=user)
    refuse_invalid(name_problems(name=name), _unfit(workspaces, expires_at, now=deps.clock.now()))
    with deps.store.begin(call) as uow:
        owner = uow.users.get(UserId(user or call.caller.user))
        if role > owner.role:
            raise Forbidden(f"{owner.name} has the role {owner.role.name.lower()}; a token cannot have more.")
        for slug in workspaces or ():
            uow.workspaces.get(slug)
        text, made = new_token(deps, owner, name=name, role=role)
        made = replace(made, workspaces=None if workspaces is None else tuple(workspaces), expires_at=expires_at)
        uow.tokens.add(made)
        uow.record(event(Action.TOKEN_CREATED, about=_about(made, owner)))
        return uow.commit(NewToken(show_token(made, user=owner.name), text))


def delete_token(deps: Deps, call: Call, *, token: str) -> None:
    """Revokes a token: one's own, or as an administrator anybody's. It ends with the commit."""
    with deps.store.begin(call) as uow:
        found = uow.tokens.get(TokenId(token))
        if found.user != call.caller.user and not _is_administrator(call.caller):
            raise NotFound
        uow.tokens.remove(found.id)
        uow.record(event(Action.TOKEN_DELETED, about=_about(found, uow.users.get(found.user))))
        uow.commit(None)


def new_token(deps: Deps, owner: User, *, name: str, role: Role) -> tuple[str, Token]:
    """A token's text, and the token as it is kept: without it."""
    text = PREFIX + deps.ids.secret()
    return text, token_of(deps, owner, name=name, role=role, text=text)


def token_of(deps: Deps, owner: User, *, name: str, role: Role, text: str) -> Token:
    """A token with a given text."""
    return Token(
        id=TokenId(deps.ids.new("tok")),
        user=owner.id,
        name=name,
        role=role,
        workspaces=None,
        hash=hash_of(text),
        created_at=deps.clock.now(),
        expires_at=None,
        last_used_at=None,
    )


def hash_of(text: str) -> bytes:
    """What is kept of a token: its text has 160 random bits, so a plain SHA-256 tells nothing about it."""
    return hashlib.sha256(text.encode()).digest()


def _note_use(deps: Deps, token: Token, now: datetime) -> None:
    with deps.store.begin(Call(SYSTEM)) as uow:
        uow.tokens.used(token.id, at=now)
        uow.commit(None)


def _is_administrator(caller: Caller) -> bool:
    return caller.role is Role.ADMIN and caller.scope.workspaces is None


def _refuse_wider(caller: Caller, *, role: Role, workspaces: Sequence[str] | None, user: str | None) -> None:
    caller.needs(role)
    if user is not None and user != caller.user:
        caller.needs(Role.ADMIN)
        caller.scope.needs_account()
    seen = caller.scope.workspaces
    if seen is not None and (workspaces is None or not seen.issuperset(workspaces)):
        raise Forbidden("Your token is limited to some workspaces; one you make can see no others.")


def _unfit(workspaces: Sequence[str] | None, expires_at: datetime | None, *, now: datetime) -> list[Problem]:
    found = []
    if workspaces is not None and not 0 < len(workspaces) <= MOST_WORKSPACES:
        found.append(Problem("/workspaces", "length", f"Name 1 to {MOST_WORKSPACES} workspaces, or leave this out."))
    if expires_at is not None and expires_at <= now:
        found.append(Problem("/expires_at", "past", "This time has passed already."))
    return found


def _about(token: Token, owner: User) -> dict[str, object]:
    return {
        "token": token.id,
        "name": token.name,
        "user": owner.name,
        "role": token.role.name.lower(),
        "workspaces": None if token.workspaces is None else list(token.workspaces),
    }
