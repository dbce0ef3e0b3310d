"""The web server's application: webhooks by the short way, the API loaded after the start, and the page at /."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from collections.abc import AsyncIterator, Callable
from typing import TypeAlias

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from flowslot.api.hooks import Hooks
from flowslot.api.pages import elsewhere, front_page
from flowslot.api.parts import Parts

Lifespan: TypeAlias = Callable[[Starlette], AbstractAsyncContextManager[None]]


def create_app(parts: Parts, *, lifespan: Lifespan | None = None) -> Starlette:
    """The ASGI application. The API's own modules are imported in the background once the server has started."""
    api = LazyApi(parts)
    hooks = Hooks(parts.runs, parts.counts)
    app = Starlette(
        routes=[
            Mount("/hooks", hooks),
            Mount("/api/v1/hooks", hooks),
            Mount("/api", api),
            Mount("/health", api),
            Route("/metrics", api),
            Route("/", front_page),
            Mount("/", elsewhere),
        ],
        lifespan=_warming(api, lifespan),
    )
    app.router.redirect_slashes = False
    return app


class LazyApi:
    """The API, which is imported and put together when it is needed first, or once the server has started."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._made: asyncio.Future[ASGIApp] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self.ready())(scope, receive, send)

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
