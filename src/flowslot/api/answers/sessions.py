"""Who is signed in at the page, as the API shows it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.accounts import RoleName, role_name
from flowslot.app.callers import Caller
from flowslot.app.sessions import SignedIn
from flowslot.base.clock import time_text


class SignedInUser(Struct, frozen=True):
    """Who is signed in."""

    id: Annotated[str, Meta(description="Their id.")]
    name: Annotated[str, Meta(description="Their name, as history and the record show it.")]
    role: Annotated[RoleName, Meta(description="What they may do now; with a token's session, no more than it.")]


class SessionAnswer(Struct, frozen=True):
    """The session of the page that asks."""

    user: Annotated[SignedInUser | None, Meta(description="Who is signed in; null for nobody.")]
    csrf: Annotated[
        str | None, Meta(description="To send as `X-CSRF-Token` with each change; null where no cookie is used.")
    ]
    expires_at: Annotated[str | None, Meta(description="When the session ends; null where there is none.")]
    setup_needed: Annotated[
        bool, Meta(description="Whether there is no administrator yet: the set-up token makes the first.")
    ]


def session_answer(signed_in: SignedIn) -> SessionAnswer:
    """Somebody's session."""
    ends = time_text(signed_in.expires_at)
    return SessionAnswer(_user(signed_in.caller), signed_in.csrf, ends, setup_needed=False)


def no_session_answer(caller: Caller | None, *, setup_needed: bool) -> SessionAnswer:
    """Nobody, or somebody with a token."""
    return SessionAnswer(None if caller is None else _user(caller), None, None, setup_needed)


def _user(caller: Caller) -> SignedInUser:
    return SignedInUser(caller.user, caller.name, role_name(caller.role))
