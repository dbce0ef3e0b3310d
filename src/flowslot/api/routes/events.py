"""The operation that streams changes as they happen."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from functools import partial

from anyio import to_thread
from starlette.responses import Response, StreamingResponse

from flowslot.api.ask import Ask
from flowslot.api.routing import Routes
from flowslot.api.sign_in import caller_of
from flowslot.app.callers import Caller, Role
from flowslot.base import json_text
from flowslot.base.errors import NotFound, TooMany, Unauthenticated
from flowslot.base.json_text import Json

KEEP_ALIVE = 15.0
"""Seconds between signs of life; as often, it is looked whether the token or session is still good."""
RETRY = b"retry: 2000\n\n"
RELOAD = b"event: reload\ndata: {}\n\n"
"""The last that a listener is told that could not keep up."""

routes = Routes("events")


@routes.get("/events", Role.VIEWER, media_type="text/event-stream", errors=[TooMany])
async def watch(ask: Ask) -> Response:
    """Watch changes of flows, slots and runs as server-sent events.

    Each event is a JSON object with `action`, `at` and, where they apply, `flow`, `workspace`, `version`, `revision`,
    `actor` and `about`. `run.step` says, at most five times a second, that a run is at other steps. Only what the
    caller may see is sent. Nothing is sent twice or kept: who was away, or is told to by an event of the type
    `reload`, reads anew what is shown.
    """
    stream = _stream(ask)
    first = await anext(stream)
    return StreamingResponse(_after(first, stream), media_type="text/event-stream")


async def _after(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for each in rest:
        yield each


async def _stream(ask: Ask) -> AsyncIterator[bytes]:
    with ask.parts.broadcast.listening(ask.caller.user) as listener:
        yield RETRY
        caller: Caller | None = ask.caller
        looked = time.monotonic()
        while caller is not None:
            event = await listener.next(seconds=KEEP_ALIVE)
            if listener.behind:
                yield RELOAD
            if listener.over:
                return
            if event is None or time.monotonic() - looked >= KEEP_ALIVE:
                caller, looked = await _still(ask), time.monotonic()
            if event is None:
                yield b": still here\n\n"
            elif caller is not None and (shown := await _shown(ask, caller, event)) is not None:
                yield _text(shown)


async def _still(ask: Ask) -> Caller | None:
    """The caller as of now; None when the token or session is no longer good."""
    try:
        return await to_thread.run_sync(caller_of, ask.deps, ask.sender)
    except Unauthenticated:
        return None


async def _shown(ask: Ask, caller: Caller, event: Mapping[str, Json]) -> Mapping[str, Json] | None:
    """The event as the caller may see it; of a flow they share, only that it changed."""
    if caller.scope.workspaces is None:
        return event
    if event.get("workspace") is not None and caller.scope.sees(event["workspace"]):
        return event
    if event.get("flow") is None or event.get("revision") is None:
        return None
    try:
        await to_thread.run_sync(partial(ask.views.flow, caller.scope, event["flow"]))
    except NotFound:
        return None
    return {key: event.get(key) for key in ("action", "at", "flow", "version", "revision")}


def _text(event: Mapping[str, Json]) -> bytes:
    named = b"id: %d\n" % event["seq"] if isinstance(event.get("seq"), int) else b""
    return named + b"data: " + json_text.dump(event) + b"\n\n"
