"""Who calls: the bearer token or session cookie of a request, looked up each time, so that an ended one ends at once.

A cookie is sent by the browser whoever made the page that asks. So a change with a cookie must name the session's CSRF
text, and signing in, which no session guards yet, must come from our own page.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from starlette.requests import Request

from flowslot.app import access, sessions
from flowslot.app.callers import Caller
from flowslot.app.ports import Deps
from flowslot.app.sessions import SignedIn, csrf_of
from flowslot.base.errors import CsrfFailed, Unauthenticated

COOKIE = "flowslot_session"
CSRF_HEADER = "x-csrf-token"
MAX_SECRET = 200
_READING = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Sender:
    """What a request says of who sends it."""

    method: str = "GET"
    authorization: tuple[str, ...] = ()
    cookie: str | None = None
    csrf: str = ""
    address: str = ""
    origin: str | None = None
    host: str = ""
    is_https: bool = False

    @property
    def session(self) -> str | None:
        """The secret of the session that counts: none beside a token, nor a text that cannot be one."""
        return None if self.authorization else self.any_session

    @property
    def any_session(self) -> str | None:
        return self.cookie if self.cookie is not None and _may_be_secret(self.cookie) else None


def sender_of(request: Request, *, base_url: str) -> Sender:
    """Reads it from the headers."""
    return Sender(
        method=request.method,
        authorization=tuple(request.headers.getlist("authorization")),
        cookie=request.cookies.get(COOKIE),
        csrf=request.headers.get(CSRF_HEADER, ""),
        address=request.client.host if request.client is not None else "",
        origin=request.headers.get("origin"),
        host=request.headers.get("host", ""),
        is_https=base_url.startswith("https:") or request.scope["scheme"] == "https",
    )


def caller_of(deps: Deps, sender: Sender) -> Caller:
    """Who sends a request. Blocking. Raises Unauthenticated, and CsrfFailed for a change another site may have sent."""
    if sender.session is None:
        return access.authenticate(deps, _token(sender.authorization))
    signed_in = sessions.authenticate_session(deps, sender.session)
    refuse_forged(signed_in.secret, sender)
    return signed_in.caller


def refuse_forged(secret: str, sender: Sender) -> None:
    """Raises CsrfFailed when a change does not name the CSRF text of its session."""
    if sender.method in _READING:
        return
    if not hmac.compare_digest(sender.csrf.encode(), csrf_of(secret).encode()):
        raise CsrfFailed


def refuse_other_sites(sender: Sender, *, public_url: str) -> None:
    """Raises CsrfFailed when a browser says that another site asks: it would sign a person in as somebody else."""
    if sender.origin is None:
        return  # no browser, or an old one
    ours = {sender.host.lower(), urlsplit(public_url).netloc.lower()} - {""}
    if urlsplit(sender.origin).netloc.lower() not in ours:
        raise CsrfFailed("Sign in from Flowslot's own page. Behind a proxy, set FLOWSLOT_PUBLIC_URL to its address.")


def cookie_of(signed_in: SignedIn, sender: Sender, *, now: datetime) -> Mapping[str, str]:
    """The header that gives a browser the session."""
    seconds = max(0, int((signed_in.expires_at - now).total_seconds()))
    return _set_cookie(signed_in.secret, seconds, sender)


def no_cookie(sender: Sender) -> Mapping[str, str]:
    """The header that takes it away."""
    return _set_cookie("", 0, sender)


def _set_cookie(text: str, seconds: int, sender: Sender) -> Mapping[str, str]:
    secure = "; Secure" if sender.is_https else ""
    return {"Set-Cookie": f"{COOKIE}={text}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"}


def _token(authorization: tuple[str, ...]) -> str:
    if len(authorization) != 1:
        raise Unauthenticated
    scheme, _, token = authorization[0].partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not _may_be_secret(token):
        raise Unauthenticated
    return token


def _may_be_secret(text: str) -> bool:
    return text.isascii() and 0 < len(text) <= MAX_SECRET
