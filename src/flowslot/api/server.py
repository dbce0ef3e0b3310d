"""One request from its bytes to its answer: address, caller, query, body, handler, and a repeated request's answer."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from pydantic import BaseModel
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from flowslot.api.addressing import base_url
from flowslot.api.answers.flows import FlowAnswer
from flowslot.api.ask import NOBODY, Ask, Reply
from flowslot.api.bodies import checked, json_of, pointer_to, query_of
from flowslot.api.idempotency import Turns, hash_of_request, is_kept, key_of, refuse_other_request
from flowslot.api.incoming import body_of
from flowslot.api.packing import packed
from flowslot.api.parts import Parts
from flowslot.api.paths import Addresses
from flowslot.api.problems import MEDIA_TYPE, internal_body, problem_body, problem_response
from flowslot.api.routing import PUBLIC, Operation
from flowslot.api.sign_in import Sender, caller_of, sender_of
from flowslot.api.tracing import ROUTE
from flowslot.app.callers import Caller, Role
from flowslot.app.ports import Answer, AnsweredAlready
from flowslot.base import json_text
from flowslot.base.errors import FlowslotError, Forbidden, Invalid, Malformed, NotFound, Problem
from flowslot.base.json_text import Json
from flowslot.base.log import get_log
from flowslot.domain.runs import TriggerKind

PREFIX = "/api/v1"
_ALIASES = {"/api/docs": "/docs"}
THREADS = 24
"""Requests worked on at the same time by blocking handlers; others wait. Webhooks have threads of their own."""
REPLAYED = "Idempotent-Replayed"

log = get_log("api")

_TRIGGERS = ("start_run", "rerun")
"""Operations that start a run."""

_SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

T = TypeVar("T")


class Api:
    """The ASGI application of everything below /api/v1."""

    def __init__(self, parts: Parts, operations: Iterable[Operation]) -> None:
        self._parts = parts
        self._addresses = Addresses(operations)
        self._threads = CapacityLimiter(THREADS)
        self._turns = Turns()
        self._counts = parts.counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, request_id = Request(scope, receive), os.urandom(8).hex()
        with bound_contextvars(request=request_id):  # every line of the log that this request causes names it
            response = await self._guarded(request)
        if response is None:
            return
        response = await packed(request, response)
        for name, value in (_SAFE | {"X-Request-Id": request_id}).items():
            response.headers.setdefault(name, value)
        await response(scope, receive, _without_body(send) if scope["method"] == "HEAD" else send)

    async def _guarded(self, request: Request) -> Response | None:
        try:
            return await self._answer(request)
        except ClientDisconnect:
            return None
        except FlowslotError as refusal:
            if refusal.status < 500:
                return problem_response(refusal)
            log.error("request.unavailable", detail=refusal.detail)
            return problem_response(refusal)
        except Exception:
            log.exception("request.fault", method=request.method, route=request.scope.get(ROUTE))
            return Response(internal_body(), 500, media_type=MEDIA_TYPE)

    async def _answer(self, request: Request) -> Response:
        path = str(request.scope["path"])
        path = _ALIASES.get(path, path.removeprefix(PREFIX))
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={"Allow": ", ".join(self._addresses.allowed(path))})
        operation, placeholders = self._addresses.find(request.method, path)
        request.scope[ROUTE] = PREFIX + operation.path
        began, status = time.perf_counter(), 500
        try:
            response = await self._carried_out(operation, placeholders, request)
            status = response.status_code
        except FlowslotError as refusal:
            status = refusal.status
            if operation.name in _TRIGGERS:
                self._counts.refused(TriggerKind.ON_DEMAND.value, refusal.code)
            raise
        finally:
            seconds = time.perf_counter() - began
            self._counts.add(operation.name, status=status, seconds=seconds)
            log.debug("request.done", operation=operation.name, status=status, seconds=round(seconds, 4))
        return response

    async def _carried_out(self, operation: Operation, placeholders: dict[str, str], request: Request) -> Response:
        reached_at = base_url(request, self._parts.deps.settings.public_url)
        sender = sender_of(request, base_url=reached_at)
        caller = await self._caller(operation, sender)
        query = request.query_params.multi_items()
        given: dict[str, object] = dict(placeholders)
        if operation.query is not None:
            given["query"] = query_of(operation.query, query)
        elif query:
            raise Invalid("This takes no query parameters.", problems=[_unknown(query[0][0])])
        value = await self._body(operation, request)
        ask = Ask(
            parts=self._parts,
            operation=operation,
            caller=caller,
            base_url=reached_at,
            sender=sender,
        )
        if operation.method == "POST" and operation.permission is not PUBLIC:
            keys = request.headers.getlist("idempotency-key")
            ask.idempotency_key = key_of(keys, method="POST", path=request.scope["path"])
            ask.request_hash = hash_of_request(query, value)
        try:
            given |= _body_given(operation, value)
        except Invalid:
            await self._refuse_other_request(ask)
            raise
        do = partial(self._done, operation, ask, given)
        return await (do() if ask.idempotency_key is None else self._once(ask, placeholders, do))

    async def _caller(self, operation: Operation, sender: Sender) -> Caller:
        if not isinstance(operation.permission, Role):
            return NOBODY
        caller = await self._in_thread(caller_of, self._parts.deps, sender)
        caller.needs(operation.permission)
        return caller

    async def _body(self, operation: Operation, request: Request) -> Json:
        """The JSON value of the body; None for no body where none is needed. Unexpected keys are refused."""
        if operation.method in ("GET", "DELETE"):
            return None
        declared = request.headers.get("content-length", "")
        raw = await body_of(request.receive, declared=declared, limit=self._parts.deps.settings.max_body)
        if not raw:
            if operation.body is None or _takes_nothing(operation.body):
                return None if operation.body is None else _nothing_for(operation.body)
            raise Malformed("Send a JSON body.")
        return json_of(raw, request.headers.getlist("content-type"))

    async def _refuse_other_request(self, ask: Ask) -> None:
        """Raises IdempotencyKeyReused when the key was used with another request, whatever is wrong with this one."""
        if ask.idempotency_key is None:
            return
        known = await self._in_thread(ask.deps.store.answer, ask.caller, ask.idempotency_key)
        if known is not None:
            refuse_other_request(known.request_hash, ask.request_hash)

    async def _done(self, operation: Operation, ask: Ask, given: dict[str, Any]) -> Response:  # Any: typed by handlers
        try:
            result = await self._handled(operation, ask, given)
        except NotFound:
            if ask.scope.workspaces is None:
                raise
            raise NotFound from None  # callers limited to workspaces: no wording tells what there is elsewhere
        if isinstance(result, Response):
            return result
        reply: Reply[object] = result if isinstance(result, Reply) else Reply(operation.status, result)
        body = b"" if reply.answer is None else json_text.dump(reply.answer)
        response = _response(operation, given, reply.status, body)
        response.headers.update(reply.headers)
        return response

    async def _handled(self, operation: Operation, ask: Ask, given: dict[str, Any]) -> object:  # Any: as above
        """What the handler gives. What is not there is not found, whatever else would be refused."""
        try:
            if operation.blocking:
                return await self._in_thread(partial(operation.handle, ask, **given))
            return await operation.handle(ask, **given)
        except (Forbidden, Invalid):
            await self._in_thread(_refuse_absent, ask, given)
            raise

    async def _once(
        self, ask: Ask, placeholders: dict[str, str], do: Callable[[], Any]
    ) -> Response:  # Any: a coroutine of the response
        """Carries a request with an Idempotency-Key out, or gives the first answer again."""
        assert ask.idempotency_key is not None
        async with self._turns.turn(ask.caller.user, ask.idempotency_key):
            known = await self._in_thread(ask.deps.store.answer, ask.caller, ask.idempotency_key)
            if known is not None:
                return self._again(ask, placeholders, known)
            try:
                response: Response = await do()
            except AnsweredAlready as already:
                return self._again(ask, placeholders, already.answer)
            except FlowslotError as refusal:
                if is_kept(refusal):
                    await self._keep(ask, refusal.status, problem_body(refusal))
                raise
            if not ask.kept:
                await self._keep(ask, response.status_code, bytes(response.body))
            return response

    async def _keep(self, ask: Ask, status: int, body: bytes) -> None:
        assert ask.idempotency_key is not None
        answer = Answer(ask.request_hash, *ask.remembered(status, body))
        await self._in_thread(ask.deps.store.remember, ask.caller, ask.idempotency_key, answer)

    def _again(self, ask: Ask, placeholders: dict[str, str], known: Answer) -> Response:
        refuse_other_request(known.request_hash, ask.request_hash)
        body = ask.recalled(known.status, known.body)
        response = _response(ask.operation, placeholders, known.status, body)
        response.headers[REPLAYED] = "true"
        return response

    async def _in_thread(self, do: Callable[..., T], *given: object) -> T:
        return await to_thread.run_sync(partial(do, *given), limiter=self._threads)


def _response(operation: Operation, placeholders: dict[str, Any], status: int, body: bytes) -> Response:
    """The answer with the headers that follow from it: Location of what was made, ETag of a flow."""
    if status >= 400:
        return Response(body, status, media_type=MEDIA_TYPE)
    headers = {}
    shows_flow = isinstance(operation.answer, type) and issubclass(operation.answer, FlowAnswer)
    if body and (operation.location or shows_flow):
        document = json.loads(body)
        if operation.location:
            headers["Location"] = PREFIX + operation.location.format(**{**placeholders, **document})
        if shows_flow:
            headers["ETag"] = f'"{document["revision"]}"'
    return Response(body, status, headers, operation.media_type if body else None)


def _refuse_absent(ask: Ask, given: dict[str, Any]) -> None:  # Any: typed by handlers
    """Raises NotFound when the flow or workspace of the address is not there for the caller."""
    if "flow" in given:
        ask.views.flow(ask.scope, given["flow"])
    if "ws" in given:
        ask.views.workspace(ask.scope, given["ws"])


def _unknown(name: str) -> Problem:
    return Problem(pointer_to([name]), "unknown_key", "There is no such query parameter here.")


def _body_given(operation: Operation, value: Json) -> dict[str, BaseModel]:
    """What a handler takes of the body. Raises Invalid."""
    if operation.body is not None:
        return {"body": checked(operation.body, value)}
    if value not in ({}, None):
        raise Invalid("This takes no body.", problems=[Problem("", "unknown_key", "Send no body, or {}.")])
    return {}


def _takes_nothing(model: type[BaseModel]) -> bool:
    return not any(field.is_required() for field in model.model_fields.values())


def _nothing_for(model: type[BaseModel]) -> Json:
    return None if "root" in model.model_fields else {}


def _without_body(send: Send) -> Send:
    async def sent(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return sent
