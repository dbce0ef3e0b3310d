"""Signing in at the page: a session is begun with a password or a token, looked up on every request, and ended."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from flowslot.app.access import USE_NOTED_EVERY, authenticate, hash_of
from flowslot.app.audit import Action, event
from flowslot.app.callers import SYSTEM, Caller, Scope
from flowslot.app.ports import Call, Deps, Session, Token, UnitOfWork, User
from flowslot.base.errors import Unauthenticated
from flowslot.base.ids import SessionId, TokenId
from flowslot.base.log import get_log

PREFIX = "fs_session_"
LASTS = timedelta(days=14)
"""From signing in. Fixed, so that a cookie that was stolen ends too, however much it is used."""

log = get_log("sign_in")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody with a session. `secret` is what the cookie holds."""

    caller: Caller
    secret: str
    expires_at: datetime

    @property
    def csrf(self) -> str:
        return csrf_of(self.secret)


def csrf_of(secret: str) -> str:
    """What each change of a session must name: made from its secret, which no other site can read."""
    return hmac.digest(secret.encode(), b"flowslot csrf", "sha256").hex()


def sign_in(deps: Deps, *, name: str, password: str, address: str, instead_of: str | None = None) -> SignedIn:
    """Begins a session. `instead_of`: the secret of one that ends with it. Raises Unauthenticated, TooMany."""
    with _tried(deps, name=name, address=address):
        with deps.store.read(SYSTEM) as uow:
            user = uow.users.named(name)
            known = None if user is None else uow.users.password(user.id)
        if not deps.passwords.matches(password, known) or user is None:
            raise Unauthenticated("The name or the password is wrong.")
        caller = Caller(user.id, user.name, user.role, Scope())
        with deps.store.begin(Call(caller)) as uow:
            if uow.users.password(user.id) != known:
                raise Unauthenticated("The password was changed meanwhile.")
            return _begin(deps, uow, caller, token=None, until=None, instead_of=instead_of)


def sign_in_with_token(deps: Deps, *, token: str, address: str, instead_of: str | None = None) -> SignedIn:
    """Begins a session that may do what the token may, and ends with it. Raises Unauthenticated, TooMany."""
    with _tried(deps, name=None, address=address):
        caller = authenticate(deps, token)
        with deps.store.begin(Call(caller)) as uow:
            found = uow.tokens.by_hash(hash_of(token))
            if found is None:
                raise Unauthenticated
            return _begin(deps, uow, caller, token=found.id, until=found.expires_at, instead_of=instead_of)


def authenticate_session(deps: Deps, secret: str) -> SignedIn:
    """Who has this session, with the role they have now. Raises Unauthenticated when it is unknown or has ended."""
    now = deps.clock.now()
    with deps.store.read(SYSTEM) as uow:
        session = uow.sessions.by_hash(hash_of(secret))
        if session is None or session.expires_at <= now:
            raise Unauthenticated("Your session has ended; sign in again.")
        user = uow.users.get(session.user)
        token = None if session.token is None else uow.tokens.get(session.token)
    if now - session.last_used_at >= USE_NOTED_EVERY:
        _note_use(deps, session, now)
    return SignedIn(_caller(user, token), secret, session.expires_at)


def sign_out(deps: Deps, signed_in: SignedIn) -> None:
    """Ends a session at once."""
    with deps.store.begin(Call(signed_in.caller)) as uow:
        session = uow.sessions.by_hash(hash_of(signed_in.secret))
        if session is not None:
            uow.sessions.remove(session.id)
            uow.record(event(Action.SESSION_ENDED, about={"session": session.id}))
        uow.commit(None)


def is_set_up(deps: Deps) -> bool:
    """Whether there is an administrator."""
    with deps.store.read(SYSTEM) as uow:
        return uow.users.has_administrator()


@contextmanager
def _tried(deps: Deps, *, name: str | None, address: str) -> Iterator[None]:
    try:
        with deps.attempts.one(name=name, address=address, now=deps.clock.now()):
            yield
    except Unauthenticated:
        # Not the name: a password is often typed in its place.
        log.warning("sign_in.refused", address=address, by="token" if name is None else "password")
        raise


def _begin(
    deps: Deps,
    uow: UnitOfWork,
    caller: Caller,
    *,
    token: TokenId | None,
    until: datetime | None,
    instead_of: str | None,
) -> SignedIn:
    now, secret = deps.clock.now(), PREFIX + deps.ids.secret()
    expires_at = now + LASTS if until is None else min(until, now + LASTS)
    session = Session(
        id=SessionId(deps.ids.new("ses")),
        user=caller.user,
        token=token,
        hash=hash_of(secret),
        created_at=now,
        expires_at=expires_at,
        last_used_at=now,
    )
    uow.sessions.remove_expired(now)
    before = None if instead_of is None else uow.sessions.by_hash(hash_of(instead_of))
    if before is not None:
        uow.sessions.remove(before.id)
    uow.sessions.add(session)
    about = {"session": session.id, "by": "password" if token is None else "token", "token": token}
    uow.record(event(Action.SESSION_BEGUN, about=about))
    return uow.commit(SignedIn(caller, secret, expires_at))


def _caller(user: User, token: Token | None) -> Caller:
    if token is None:
        return Caller(user.id, user.name, user.role, Scope())
    scope = Scope(None if token.workspaces is None else frozenset(token.workspaces))
    return Caller(user.id, user.name, min(user.role, token.role), scope)


def _note_use(deps: Deps, session: Session, now: datetime) -> None:
    with deps.store.begin(Call(SYSTEM)) as uow:
        uow.sessions.used(session.id, at=now)
        uow.commit(None)
