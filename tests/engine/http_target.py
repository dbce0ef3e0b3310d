"""A target on loopback for http_request steps: it counts what it gets, by path and by idempotency key."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Got:
    """One request as the target saw it."""

    method: str
    path: str
    key: str
    body: Any


Answer = Callable[[Got], "web.Response | Awaitable[web.Response]"]


def said(body: Any, *, status: int = 200) -> web.Response:
    return web.json_response(body, status=status)


@dataclass
class HttpTarget:
    """What arrived; `answer` decides what is sent back."""

    answer: Answer
    port: int = 0
    got: list[Got] = field(default_factory=list)
    now: int = 0
    most_at_once: int = 0

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def keys(self) -> Counter[str]:
        return Counter(each.key for each in self.got)

    @property
    def paths(self) -> list[str]:
        return [each.path for each in self.got]

    async def serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.json() if request.can_read_body else None
        got = Got(request.method, request.path, request.headers.get("Idempotency-Key", ""), body)
        self.got.append(got)
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        try:
            answer = self.answer(got)
            return await answer if isinstance(answer, Awaitable) else answer
        finally:
            self.now -= 1


@asynccontextmanager
async def http_target(answer: Answer = lambda got: said({"path": got.path})) -> AsyncIterator[HttpTarget]:
    """A target that listens until left."""
    target = HttpTarget(answer)
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", target.serve)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    target.port = runner.addresses[0][1]
    try:
        yield target
    finally:
        await runner.cleanup()


async def until(condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
    """Waits for a condition; fails when it has not come in time."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)
