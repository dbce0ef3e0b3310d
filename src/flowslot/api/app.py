"""The web server's application: webhooks by the short way, the API loaded after the start, and the web page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from flowslot.api.hooks import Hooks
from flowslot.api.pages import Pages
from flowslot.api.parts import Parts
from flowslot.api.tracing import TracedRequests

_HOOKS = ("/hooks/", "/api/v1/hooks/")
_OPERATING = ("/health/live", "/health/ready", "/metrics")
"""Operations of the API that are also found without its prefix, where such things are looked for."""

Lifespan: TypeAlias = Callable[[Starlette], AbstractAsyncContextManager[None]]


def create_app(parts: Parts, *, lifespan: Lifespan | None = None) -> Starlette:
    """The ASGI application. The API's own modules are imported at its first request, or by `app.state.warm_up()`.

    Call that on the event loop once the server listens; where lifespan events are on, it is done by itself.
    """
    api, hooks = LazyApi(parts), Hooks(parts.runs, parts.counts)
    served = _by_address(hooks, api, Pages(parts.ui))
    app = _App(hooks if parts.spans is None else None, lifespan=_warming(api, lifespan))
    app.router.default = served if parts.spans is None else TracedRequests(served, parts.spans)
    app.state.warm_up = api.ready
    return app


class _App(Starlette):
    """Webhooks go past the framework's layers: they answer every failure themselves, and each layer costs them time."""

    def __init__(self, hooks: ASGIApp | None, *, lifespan: Lifespan) -> None:
        super().__init__(lifespan=lifespan)
        self._hooks = hooks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._hooks is not None and scope["type"] == "http" and scope["path"].startswith(_HOOKS):
            await self._hooks(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _by_address(hooks: ASGIApp, api: ASGIApp, pages: ASGIApp) -> ASGIApp:
    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["path"].startswith(_HOOKS):
            await hooks(scope, receive, send)
        elif scope["path"].startswith("/api/") or scope["path"] in _OPERATING:
            await api(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return served


class LazyApi:
    """The API, imported and put together when it is needed first, or once the server has started."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._made: asyncio.Future[ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        made = await asyncio.shield(self.ready())
        await made(scope, receive, send)

    def ready(self) -> asyncio.Future[ASGIApp]:
        """The API, made in a thread once."""
        if self._made is None:
            self._made = asyncio.ensure_future(asyncio.to_thread(self._make))
        return self._made

    def _make(self) -> ASGIApp:
        from flowslot.api.routes import every_operation
        from flowslot.api.server import Api

        return Api(self._parts, every_operation())


def _warming(api: LazyApi, lifespan: Lifespan | None) -> Lifespan:
    @asynccontextmanager
    async def around(app: Starlette) -> AsyncIterator[None]:
        if lifespan is None:
            api.ready()
            yield
            return
        async with lifespan(app):
            api.ready()
            yield

    return around
