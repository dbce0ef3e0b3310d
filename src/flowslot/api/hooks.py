"""The way in for webhooks: as short as it can be, without any of the API's machinery."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from flowslot.api.incoming import body_of
from flowslot.api.metrics import Counts
from flowslot.api.problems import MEDIA_TYPE, internal_body, problem_body, problem_headers
from flowslot.app.accepting import RunParts
from flowslot.app.triggers import answer_webhook
from flowslot.base import json_text
from flowslot.base.errors import FlowslotError, MethodNotAllowed, NotFound, RunFailed, TooMany
from flowslot.base.json_text import Json
from flowslot.base.log import get_log

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
"""Methods that start a run; HEAD, OPTIONS and what else there is only look."""
MOST_AT_ONCE = 2_000
"""Requests being accepted at the same time; more are asked to come again."""

_TOKEN = re.compile(r"(?:/api/v1)?/hooks/([0-9a-z]{1,64})", re.ASCII)
_NOT_HERE = "No webhook has this address."
_SAFE = [
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"sandbox; default-src 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]


class Hooks:
    """An ASGI application that turns requests on a registration's addresses into runs."""

    def __init__(self, runs: RunParts, counts: Counts) -> None:
        self._runs = runs
        self._counts = counts
        self._busy = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._busy += 1
        try:
            status, body, headers = await self._answer(scope, receive)
        except ClientDisconnect:
            return
        finally:
            self._busy -= 1
        self._counts.webhook(status)
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": status, "headers": [*headers, length, *_SAFE]})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes, list[tuple[bytes, bytes]]]:
        try:
            status, answer = await self._accept(scope, receive)
            return status, json_text.dump(answer), [(b"content-type", b"application/json")]
        except FlowslotError as refusal:
            if not isinstance(refusal, RunFailed):
                self._counts.refused("webhook", refusal.code)
            return refusal.status, problem_body(refusal), _problem_headers(problem_headers(refusal))
        except ClientDisconnect:
            raise
        except Exception:  # noqa: BLE001  the process's edge: whatever is wrong inside, the sender gets a plain answer
            get_log("hooks").exception("webhook.fault")
            return 500, internal_body(), _problem_headers({})

    async def _accept(self, scope: Scope, receive: Receive) -> tuple[int, Json]:
        if scope["method"] not in METHODS:
            raise MethodNotAllowed(extra={"allow": ", ".join(METHODS)})
        token = _TOKEN.fullmatch(scope["path"])
        if token is None:
            raise NotFound(_NOT_HERE)
        if self._busy > MOST_AT_ONCE:
            raise TooMany
        headers = _headers(scope)
        declared = headers.get("content-length", "")
        body = await body_of(receive, declared=declared, limit=self._runs.deps.settings.max_body)
        answer = await answer_webhook(
            self._runs,
            token=token[1],
            method=scope["method"],
            headers=headers,
            body=body,
            now=self._runs.deps.clock.now(),
        )
        return answer.status, answer.body


def _headers(scope: Scope) -> dict[str, str]:
    """By name in lower case; what is sent twice stands side by side, as HTTP has it."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _problem_headers(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    kind = (b"content-type", MEDIA_TYPE.encode())
    return [kind, *((name.lower().encode(), value.encode()) for name, value in headers.items())]
