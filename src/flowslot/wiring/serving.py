"""A running server: the journal, the engine and the HTTP side in one process, from port to last answer."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from flowslot.api.app import create_app
from flowslot.api.parts import Parts
from flowslot.app.set_up import prepare
from flowslot.base.log import configure_log, get_log
from flowslot.base.settings import Settings
from flowslot.steps.registry import KINDS
from flowslot.wiring import Ready
from flowslot.wiring.parts import Joined, joined
from flowslot.wiring.upkeep import Upkeep

BACKLOG = 2048
GRACE = 10
"""Seconds that open requests have to end when the server is stopped."""


def run(settings: Settings, *, ready: Ready) -> int:
    """Serves until SIGINT or SIGTERM. The port is taken before anything else is begun: OSError when it is in use."""
    configure_log(level=settings.log_level)
    with _listening(settings) as listener, joined(settings) as parts:
        setup_token = prepare(parts.deps)
        _settle_memory()
        told = _Told(_url(settings, listener), setup_token, ready)
        with asyncio.Runner(loop_factory=_event_loop) as runner, suppress(KeyboardInterrupt):
            runner.run(_serve(parts, listener, told=told))
    return 0


class _Told:
    """What is said once the server listens."""

    def __init__(self, url: str, setup_token: str | None, ready: Ready) -> None:
        self._url, self._setup_token, self._ready = url, setup_token, ready

    def __call__(self) -> None:
        self._ready(self._url, self._setup_token)


class _Server(uvicorn.Server):
    """uvicorn that says when it listens, and ends event streams before it waits for open requests."""

    def __init__(self, config: uvicorn.Config, *, listens: Callable[[], object], stops: Callable[[], None]) -> None:
        super().__init__(config)
        self._listens = listens
        self._stops = stops

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listens()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stops()
        await super().shutdown(sockets)
        self._captured_signals.clear()  # or uvicorn raises them again, and the process ends before the engine has


async def _serve(parts: Joined, listener: socket.socket, *, told: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    parts.journal.start(loop)
    parts.sandbox.start()
    upkeep = Upkeep(parts.deps, parts.database, parts.runs.gate, engine=parts.engine)
    await upkeep.start()
    parts.changes.loop = loop
    app = create_app(_api_parts(parts, upkeep))

    def listens() -> None:
        told()
        app.state.warm_up()

    config = uvicorn.Config(
        app,
        http="httptools",
        lifespan="off",
        access_log=False,
        proxy_headers=False,
        log_config=None,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE,
    )
    try:
        await _Server(config, listens=listens, stops=parts.broadcast.close).serve(sockets=[listener])
    finally:
        parts.changes.loop = None
        await upkeep.stop()
        await parts.engine.stop()
        await parts.outgoing.close()
        await parts.outbound.close()
        parts.journal.close()
        get_log("server").info("server.stopped")


def _api_parts(parts: Joined, upkeep: Upkeep) -> Parts:
    return Parts(parts.deps, parts.views, runs=parts.runs, kinds=KINDS, broadcast=parts.broadcast, keeper=upkeep)


def _listening(settings: Settings) -> socket.socket:
    """A socket on the address of the settings; requests wait in it until the server is ready."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # a small answer must not wait for the next one
    return listener


def _url(settings: Settings, listener: socket.socket) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return settings.public_url or f"http://{host}:{listener.getsockname()[1]}"


def _settle_memory() -> None:
    """What start-up made lives as long as the process: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def _event_loop() -> asyncio.AbstractEventLoop:
    import uvloop

    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
