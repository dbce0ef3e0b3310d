"""OAuth 2.0 client credentials: access tokens, kept in memory until shortly before they end, fetched once at a time."""

from __future__ import annotations

import asyncio
import re
from base64 import b64encode
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias
from urllib.parse import quote_plus, urlencode

from flowslot.app.connection_settings import OAuth2Auth
from flowslot.app.ports import Connection
from flowslot.base.clock import Clock
from flowslot.base.errors import FlowslotError
from flowslot.base.json_text import Json, parse
from flowslot.flowlang.kinds import HttpResponse
from flowslot.net import failures
from flowslot.net.outbound import Outbound

SECONDS = 30.0
"""A token request may take."""

DEFAULT_LIFE = timedelta(minutes=5)
LONGEST_LIFE = timedelta(hours=24)
MAX_TOKENS = 1000

_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
_ERROR = re.compile(r"[a-z_]{1,60}")

Key: TypeAlias = tuple[str, bytes, datetime]
"""The connection as it was saved: with other settings or secrets, another token."""


@dataclass(frozen=True, slots=True)
class _Kept:
    token: str
    until: datetime


class AccessTokens:
    """The current access token of each connection."""

    def __init__(self, outbound: Outbound, clock: Clock) -> None:
        self._outbound = outbound
        self._clock = clock
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._fetching: dict[Key, asyncio.Task[str]] = {}

    async def token(self, connection: Connection, auth: OAuth2Auth) -> str:
        """A token that is good now: the kept one, or one fetched once for all who wait. Raises StepFailure."""
        key = _key(connection)
        kept = self._kept.get(key)
        if kept is not None and self._clock.now() < kept.until:
            self._kept.move_to_end(key)
            return kept.token
        task = self._fetching.get(key)
        if task is None:
            task = self._fetching[key] = asyncio.create_task(self._fetch(connection, auth))
            task.add_done_callback(lambda done: self._fetched(key, done))
        return await asyncio.shield(task)  # one who gives up waiting does not take it from the others

    def forget(self, connection: Connection, token: str) -> None:
        """The target refused this token: the next request fetches another, unless that happened already."""
        key = _key(connection)
        kept = self._kept.get(key)
        if kept is not None and kept.token == token:
            del self._kept[key]

    async def close(self) -> None:
        """Stops fetching."""
        tasks = list(self._fetching.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetch(self, connection: Connection, auth: OAuth2Auth) -> str:
        headers, form = _request(auth)
        answer = await self._outbound.send(
            "POST",
            auth.token_url,
            headers=headers,
            body=urlencode(form).encode(),
            timeout=SECONDS,
            pool=(connection.workspace, connection.id),
            redirects=0,
        )
        token, life = _granted(connection.slug, answer)
        key = _key(connection)
        self._kept[key] = _Kept(token, self._clock.now() + life)
        self._kept.move_to_end(key)
        while len(self._kept) > MAX_TOKENS:
            self._kept.popitem(last=False)
        return token

    def _fetched(self, key: Key, task: asyncio.Task[str]) -> None:
        self._fetching.pop(key, None)
        if not task.cancelled():
            task.exception()  # seen here too, in case nobody waits any more


def _key(connection: Connection) -> Key:
    return connection.id, connection.sealed, connection.updated_at


def _request(auth: OAuth2Auth) -> tuple[list[tuple[str, str]], dict[str, str]]:
    headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json")]
    form = {**auth.parameters, "grant_type": "client_credentials"}
    if auth.scope:
        form["scope"] = auth.scope
    secret = auth.client_secret.get_secret_value()
    if auth.client_auth == "body":
        form |= {"client_id": auth.client_id, "client_secret": secret}
    else:
        pair = f"{quote_plus(auth.client_id)}:{quote_plus(secret)}"  # RFC 6749, 2.3.1
        headers.append(("Authorization", f"Basic {b64encode(pair.encode()).decode()}"))
    return headers, form


def _granted(slug: str, answer: HttpResponse) -> tuple[str, timedelta]:
    body = _body(answer)
    if answer.status >= 500 or answer.status == 429:
        raise failures.network(f"The token address of the connection {slug} answered {answer.status}.")
    if answer.status != 200:
        error = body.get("error")
        name = f" ({error})" if isinstance(error, str) and _ERROR.fullmatch(error) else ""
        raise failures.sign_in_failed(slug, f"the token address answered {answer.status}{name}")
    token, kind = body.get("access_token"), body.get("token_type", "bearer")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token) or str(kind).lower() != "bearer":
        raise failures.sign_in_failed(slug, "the token address gave no bearer token")
    return token, _life(body.get("expires_in"))


def _body(answer: HttpResponse) -> dict[str, Json]:
    try:
        body = parse(answer.text)
    except FlowslotError:
        body = None
    return body if isinstance(body, dict) else {}


def _life(expires_in: Json) -> timedelta:
    """How long to use a token: a tenth of its life, at most a minute, is left for the way."""
    if isinstance(expires_in, str) and re.fullmatch(r"[0-9]{1,9}", expires_in, re.ASCII):
        expires_in = int(expires_in)
    if isinstance(expires_in, bool) or not isinstance(expires_in, int | Decimal):
        return DEFAULT_LIFE
    seconds = max(0.0, float(min(expires_in, int(LONGEST_LIFE.total_seconds()))))
    return timedelta(seconds=seconds - min(60.0, seconds / 10))
