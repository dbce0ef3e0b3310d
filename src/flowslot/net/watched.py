"""The way out, watched: each request of a step is counted and timed, and where traces are kept it is a span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import Protocol

from flowslot.app.ports import Connection
from flowslot.base.ids import WorkspaceId
from flowslot.base.meters import Meters
from flowslot.base.spans import Attribute, Span, Spans, now
from flowslot.base.trace_context import KEY, TraceContext, current, new_context
from flowslot.base.urls import url_from
from flowslot.flowlang.kinds import HttpRequest, HttpResponse, StepFailure


class WayOut(Protocol):
    """What is watched: connections, and the outbound client below them."""

    async def send(
        self, request: HttpRequest, connection: Connection | None, *, workspace: WorkspaceId | None = None
    ) -> HttpResponse: ...


class WatchedHttp:
    """Sends requests as the way out does. Its spans name the host, never the path, the query or a header."""

    def __init__(self, way_out: WayOut, meters: Meters, *, spans: Spans | None = None) -> None:
        self._way_out = way_out
        self._meters = meters
        self._spans = spans

    async def send(
        self, request: HttpRequest, connection: Connection | None, *, workspace: WorkspaceId | None = None
    ) -> HttpResponse:
        if self._spans is None:
            return await self._counted(request, connection, workspace)
        return await self._traced(self._spans, request, connection, workspace)

    async def _counted(
        self, request: HttpRequest, connection: Connection | None, workspace: WorkspaceId | None
    ) -> HttpResponse:
        began, outcome = perf_counter(), "unfinished"
        try:
            response = await self._way_out.send(request, connection, workspace=workspace)
            outcome = f"{response.status // 100}xx"
            return response
        except StepFailure as failure:
            outcome = failure.error.code
            raise
        finally:
            self._meters.outgoing.add(outcome)
            self._meters.outgoing_seconds.observe(perf_counter() - began)

    async def _traced(
        self, spans: Spans, request: HttpRequest, connection: Connection | None, workspace: WorkspaceId | None
    ) -> HttpResponse:
        above = current.get()
        if above is None:
            return await self._counted(request, connection, workspace)
        context, began = new_context(above), now()
        attributes = _attributes(request, connection)
        error: str | None = "unfinished"
        try:
            response = await self._counted(_continued(request, context), connection, workspace)
            attributes["http.response.status_code"] = response.status
            error = None if response.status < 400 else str(response.status)
            return response
        except StepFailure as failure:
            error = failure.error.code
            raise
        finally:
            if error is not None:
                attributes["error.type"] = error
            spans.send(_span(request, context, above, began=began, attributes=attributes, error=error))


def _continued(request: HttpRequest, context: TraceContext) -> HttpRequest:
    """The request with its `traceparent`; one that the flow itself sends stays."""
    if any(name.lower() == KEY for name, _ in request.headers):
        return request
    headers: Sequence[tuple[str, str]] = [*request.headers, (KEY, str(context))]
    return replace(request, headers=headers)


def _attributes(request: HttpRequest, connection: Connection | None) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {"http.request.method": request.method}
    if connection is not None:
        found["flowslot.connection"] = connection.slug
    try:
        whole = request.url.startswith(("http://", "https://"))
        url = url_from(request.url if whole or connection is None else str(connection.settings["base_url"]))
    except (ValueError, KeyError, TypeError):
        return found
    return found | {"server.address": url.host, "server.port": url.port, "url.scheme": url.scheme}


def _span(
    request: HttpRequest,
    context: TraceContext,
    above: TraceContext,
    *,
    began: int,
    attributes: dict[str, Attribute],
    error: str | None,
) -> Span:
    return Span(
        request.method,
        "client",
        context,
        parent=above.span_id,
        began=began,
        ended=now(),
        attributes=attributes,
        error=error,
    )
