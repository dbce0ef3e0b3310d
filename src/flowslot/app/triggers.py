"""Webhooks: a request on a registration's own address becomes a run or is refused (R2, R7, R14, R20)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from flowslot.app.accepting import TRIES, Door, RunParts, begin, check_input, door_of, worked_out
from flowslot.app.journal import Accepted, Ending, Order, Route, Target
from flowslot.app.webhook_auth import why_refused
from flowslot.app.webhook_secrets import secret_place
from flowslot.base.errors import (
    FlowslotError,
    IdempotencyKeyReused,
    IdReused,
    Malformed,
    NoMainVersion,
    NotFound,
    NothingStaged,
    PayloadRemoved,
    RunFailed,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from flowslot.base.ids import RunId
from flowslot.base.json_text import Json, parse
from flowslot.base.trace_context import traced
from flowslot.domain.runs import Outcome, RunStatus, Trigger, TriggerKind
from flowslot.domain.slots import Slot

WAIT_FOR_RESULT = 30.0
"""Seconds a webhook with `respond: result` waits for its run; then it is answered 202 and the run goes on."""

LONGEST_ID = 255
"""Characters of a webhook-id or Idempotency-Key header."""

_NO_SUCH_ADDRESS = "No webhook has this address."


class _WebhookSettings(Protocol):
    """What this module reads of a webhook trigger's settings."""

    respond: str

    @property
    def auth(self) -> object: ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """A webhook that became a run. `fresh` is false when the same webhook id had been accepted before."""

    run: RunId
    fresh: bool
    waits: bool
    """Whether the version answers with its result."""
    ending: Ending | None = None
    """How the run ended, where it was accepted with its end."""


@dataclass(frozen=True, slots=True)
class HookAnswer:
    """What the sender gets."""

    status: int
    body: Json


@dataclass(frozen=True, slots=True)
class _Request:
    """One webhook request, as it came."""

    token: str
    method: str
    headers: Mapping[str, str]
    body: bytes
    now: datetime

    @property
    def id(self) -> str | None:
        return self.headers.get("webhook-id") or self.headers.get("idempotency-key")


async def answer_webhook(
    parts: RunParts, *, token: str, method: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> HookAnswer:
    """Accepts a webhook and answers it: 202 with the run, or the run's result where the version says so."""
    admitted = await accept_webhook(parts, token=token, method=method, headers=headers, body=body, now=now)
    if not admitted.waits:
        return HookAnswer(202, {"run": admitted.run})
    if not admitted.fresh:
        return await webhook_result(parts, admitted.run)
    ending = admitted.ending or await parts.dispatcher.ended(admitted.run, seconds=WAIT_FOR_RESULT)
    if ending is None:
        return HookAnswer(202, {"run": admitted.run})
    return _result(admitted.run, ending.status, ending.outcome)


async def accept_webhook(
    parts: RunParts, *, token: str, method: str, headers: Mapping[str, str], body: bytes, now: datetime
) -> Admitted:
    """Accepts a webhook: the run is durable when this returns. `headers` have names in lower case.

    Raises NotFound (also for what is inactive or takes no webhook), Unauthenticated, UnsupportedMediaType, TooLarge,
    Malformed, Invalid, NoMainVersion, NothingStaged, IdReused, IdempotencyKeyReused.
    """
    if parts.gate.closed is not None:
        raise parts.gate.closed()
    request = _Request(token, method, headers, body, now)
    _check_id(request)
    known = parts.memory.routes.get(token)
    if known is not None:
        try:
            admitted = await _admit(parts, request, known)
        except FlowslotError:
            admitted = None  # perhaps only because what is remembered is out of date: the row decides
        if admitted is not None:
            return admitted
    for _ in range(TRIES):
        route = await _read_route(parts, token)
        try:
            admitted = await _admit(parts, request, route)
        except (NoMainVersion, NothingStaged) as refusal:
            await parts.journal.refuse(route, _trigger(request), refusal.code, now)
            raise
        if admitted is not None:
            return admitted
    raise Unavailable("The flow's slots are changing again and again; send the webhook once more.")


def _check_id(request: _Request) -> None:
    if request.id is not None and len(request.id) > LONGEST_ID:
        raise Malformed(f"The id of a webhook has at most {LONGEST_ID} characters.")


async def webhook_result(parts: RunParts, run: RunId, *, seconds: float = WAIT_FOR_RESULT) -> HookAnswer:
    """The answer of a version that responds with its result, for a run that may be old: waits, but not for ever.

    200 with the details of a stop (or its status and message), 422 with status, message and details for a stop with
    failure, RunFailed for a run that failed otherwise, 202 with the run when it has not ended in time.
    """
    if not await parts.dispatcher.ended(run, seconds=seconds):
        return HookAnswer(202, {"run": run})
    ended = (await parts.journal.load(run)).run
    if ended.payload_removed_at is not None:
        raise PayloadRemoved(f"This was accepted before, as the run {run}; its result is no longer kept.")
    return _result(run, ended.status, ended.outcome)


def _result(run: RunId, status: RunStatus, outcome: Outcome | None) -> HookAnswer:
    if outcome is None:
        message = f"The run {run} ended as {status.value}; look at it for the reason."
        raise RunFailed(message, extra={"run": run, "run_status": status.value})
    said: Json = {"status": outcome.status, "message": outcome.message}
    if status is not RunStatus.SUCCESS:
        return HookAnswer(422, {**said, "details": outcome.details})
    return HookAnswer(200, said if outcome.details is None else outcome.details)


async def _read_route(parts: RunParts, token: str) -> Route:
    """Where the address leads now, by the row; remembered for the next request."""
    found = await asyncio.to_thread(parts.journal.route_of_hook, token)
    if found is None:
        parts.memory.routes.forget(token)
        raise NotFound(_NO_SUCH_ADDRESS)
    return parts.memory.routes.put(token, found)


async def _admit(parts: RunParts, request: _Request, route: Route) -> Admitted | None:
    """The accepted run; None when the route is out of date. Raises why the request is refused on this route."""
    door = await _door(parts, route)
    settings = cast(_WebhookSettings, door.trigger.settings)
    _check_sender(parts, request, route, settings)
    value = _body(request, limit=parts.deps.settings.max_body)
    check_input(parts.deps.definitions, door, value)
    waits = settings.respond == "result"
    order = _order(parts, request, route)
    if waits:
        order = await worked_out(parts.dispatcher, order, value)
    accepted = await parts.journal.accept(order)
    if accepted is None:
        return None
    if accepted.fresh:
        begin(parts.dispatcher, order, accepted, value)
        return Admitted(accepted.id, True, waits=waits, ending=order.ending)
    await _refuse_other_body(parts, request, accepted, value)
    return Admitted(accepted.id, False, waits=waits)


async def _door(parts: RunParts, route: Route) -> Door:
    """The version's way in. Inactive, unknown and not a webhook look the same from outside (R20)."""
    if not route.active:
        raise NotFound(_NO_SUCH_ADDRESS)
    if route.hash is None:
        raise NothingStaged if route.slot is Slot.STAGING else NoMainVersion
    door = await door_of(parts.memory, parts.plans, content_hash=route.hash)
    if door.trigger.kind != TriggerKind.WEBHOOK.value:
        raise NotFound(_NO_SUCH_ADDRESS)
    return door


def _check_sender(parts: RunParts, request: _Request, route: Route, settings: _WebhookSettings) -> None:
    """Raises Unauthenticated unless the sender knows a secret that is valid now."""
    why = why_refused(
        settings.auth,
        headers=request.headers,
        body=request.body,
        secrets=[_opened(parts, route, sealed) for sealed in route.sealed_secrets],
        now=request.now,
    )
    if why is not None:
        raise Unauthenticated(why)


def _opened(parts: RunParts, route: Route, sealed: bytes) -> bytes:
    known = parts.memory.secrets.get(sealed)
    if known is not None:
        return known
    opened = parts.deps.vault.open(sealed, place=secret_place(route.registration))
    return parts.memory.secrets.put(sealed, opened)


def _body(request: _Request, *, limit: int) -> Json:
    if not request.body:
        return None
    kind, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    kind = kind.strip()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedMediaType
    charset = parameters.partition("charset=")[2].strip(' "')
    if charset not in ("", "utf-8", "utf8"):
        raise UnsupportedMediaType
    return parse(request.body, limit=limit)


def _trigger(request: _Request) -> Trigger:
    about: dict[str, Json] = {"method": request.method}
    if request.id is not None:
        about["id"] = request.id
    return Trigger(TriggerKind.WEBHOOK, traced(about))


def _order(parts: RunParts, request: _Request, route: Route) -> Order:
    return Order(
        id=RunId(parts.deps.ids.new("run")),
        route=route,
        target=Target(hook=request.token),
        trigger=_trigger(request),
        trigger_key=None if request.id is None else f"hook:{request.id}",
        input=request.body or b"null",
        queued_at=request.now,
    )


async def _refuse_other_body(parts: RunParts, request: _Request, accepted: Accepted, value: Json) -> None:
    """A webhook id, or an Idempotency-Key, names one body: sent again with another one, it is refused."""
    first = await parts.journal.load(accepted.id)
    if first.input != value and first.run.payload_removed_at is None:
        raise IdReused if request.headers.get("webhook-id") else IdempotencyKeyReused
