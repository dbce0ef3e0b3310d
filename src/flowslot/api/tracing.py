"""Traces of requests: each becomes a span, below the one that the sender's `traceparent` names."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flowslot.base.spans import Attribute, Span, Spans, now
from flowslot.base.trace_context import TraceContext, context_from, current, new_context

ROUTE = "flowslot.route"
"""Where the API leaves, in the request's scope, the path it found with its placeholders."""

_UNTRACED = ("/health/", "/metrics", "/api/v1/health/", "/api/v1/metrics", "/api/v1/events")
"""What is asked again and again, or stays open."""
_HOOKS = ("/hooks/", "/api/v1/hooks/")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class TracedRequests:
    """An ASGI application that makes a span of each request of another. A webhook's token is in none of them."""

    def __init__(self, app: ASGIApp, spans: Spans) -> None:
        self._app = app
        self._spans = spans

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(_UNTRACED):
            await self._app(scope, receive, send)
            return
        parent = _parent(scope)
        made = new_context(parent)
        context = TraceContext(made.trace_id, made.span_id, self._spans.records(made.trace_id, parent))
        began, status = now(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        token = current.set(context)
        try:
            await self._app(scope, receive, noted)
        finally:
            current.reset(token)
            if context.sampled:
                self._spans.send(_span(scope, context, parent=parent, began=began, status=status))


def _parent(scope: Scope) -> TraceContext | None:
    found = [value for name, value in scope["headers"] if name == b"traceparent"]
    return context_from(found[0].decode("latin-1")) if len(found) == 1 else None


def _span(scope: Scope, context: TraceContext, *, parent: TraceContext | None, began: int, status: int) -> Span:
    method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
    route = _route(scope)
    attributes: dict[str, Attribute] = {
        "http.request.method": method,
        "url.scheme": scope.get("scheme", "http"),
        "network.protocol.version": scope.get("http_version", "1.1"),
    }
    if route is not None:
        attributes["http.route"] = route
    if status:
        attributes["http.response.status_code"] = status
    failed = status >= 500 or not status
    if failed:
        attributes["error.type"] = str(status) if status else "no_answer"
    return Span(
        f"{method} {route}" if route is not None else method,
        "server",
        context,
        parent=None if parent is None else parent.span_id,
        began=began,
        ended=now(),
        attributes=attributes,
        error=f"HTTP {status}" if failed else None,
    )


def _route(scope: Scope) -> str | None:
    return "/hooks/{token}" if scope["path"].startswith(_HOOKS) else scope.get(ROUTE)
