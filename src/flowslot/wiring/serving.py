"""A running server: the journal, the engine and the HTTP side in one process, from port to last answer."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import structlog
import uvicorn

from flowslot.api.app import create_app
from flowslot.api.parts import Parts
from flowslot.app.set_up import prepare
from flowslot.base.log import FORMATS, configure_log, get_log
from flowslot.base.settings import Settings
from flowslot.engine.cluster.dispatch import OutboxDispatcher
from flowslot.engine.embedded import EmbeddedEngine
from flowslot.steps.registry import KINDS
from flowslot.wiring import Ready
from flowslot.wiring.leaving_http import Leave, protocol_of
from flowslot.wiring.listening import BACKLOG, listening, url_of
from flowslot.wiring.orders import LEAVE
from flowslot.wiring.parts import Joined, joined
from flowslot.wiring.seat import ALONE, FIRST, Seat
from flowslot.wiring.shared_port import SharedPort
from flowslot.wiring.upkeep import Upkeep
from flowslot.wiring.watching import Siblings

GRACE = 10
"""Seconds that open requests have to end when the server is stopped."""


def run(settings: Settings, *, ready: Ready) -> int:
    """Serves until SIGINT or SIGTERM. The port is taken before anything else is begun: OSError when it is in use."""
    with listening(settings) as listener:
        url = url_of(settings, listener)
        return serve_on(listener, settings, ready=lambda setup_token: ready(url, setup_token))


def serve_on(
    listener: socket.socket,
    settings: Settings,
    *,
    ready: Callable[[str | None], None],
    seat: Seat = ALONE,
    prepares: bool = True,
    control: socket.socket | None = None,
) -> int:
    """Serves on a socket until it is told to end: by a signal, or on `control` by the supervisor of its seat."""
    configure_log(level=settings.log_level, people=FORMATS[settings.log_format])
    if not seat.is_alone:
        structlog.contextvars.bind_contextvars(process=seat.name)
    with joined(settings, seat=seat) as parts:
        setup_token = prepare(parts.deps) if prepares else None
        _settle_memory()
        with asyncio.Runner(loop_factory=event_loop) as runner, suppress(KeyboardInterrupt):
            told = partial(ready, setup_token)
            runner.run(_serve(parts, listener, told=told, seat=seat, control=control))
    return 0


class _Server(uvicorn.Server):
    """uvicorn that says when it listens, and ends event streams before it waits for open requests."""

    def __init__(
        self,
        config: uvicorn.Config,
        leave: Leave,
        *,
        listens: Callable[[], object],
        stops: Callable[[], None],
        shares_port: bool,
    ) -> None:
        super().__init__(config)
        self._leave = leave
        self._listens = listens
        self._stops = stops
        self._shares_port = shares_port
        self._ports: list[SharedPort] = []

    def obey(self, control: socket.socket) -> None:
        """Does what the supervisor says; ends when there is none any more."""
        try:
            said = control.recv(1_000)
        except OSError:
            said = b""
        self._leave.begun = LEAVE in said
        self.should_exit = True
        asyncio.get_running_loop().remove_reader(control.fileno())

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup([] if self._shares_port else sockets)
        if self._shares_port:
            self._ports = [SharedPort(each, self._connection) for each in sockets or ()]
        self._listens()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._stops()
        for port in self._ports:
            port.close()
        await super().shutdown(sockets)
        self._captured_signals.clear()  # or uvicorn raises them again, and the process ends before the engine has

    def _connection(self) -> asyncio.Protocol:
        """The protocol of a connection, as uvicorn makes it for its own."""
        make: Any = self.config.http_protocol_class  # Any: uvicorn's protocols have no common signature
        made: asyncio.Protocol = make(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
        return made


async def _serve(
    parts: Joined, listener: socket.socket, *, told: Callable[[], None], seat: Seat, control: socket.socket | None
) -> None:
    loop = asyncio.get_running_loop()
    parts.journal.start(loop)
    await _take_seat(parts, seat, loop)
    if not isinstance(parts.engine, OutboxDispatcher):
        parts.sandbox.start()
    upkeep = Upkeep(parts.deps, parts.database, parts.runs.gate, engine=parts.engine, name=seat.name)
    await upkeep.start()
    parts.changes.loop = loop
    app = create_app(_api_parts(parts, upkeep, seat))

    def listens() -> None:
        told()
        app.state.warm_up()

    leave = Leave()
    config = uvicorn.Config(
        app,
        http=protocol_of(leave),
        lifespan="off",
        access_log=False,
        proxy_headers=False,
        log_config=None,
        server_header=False,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE,
    )
    server = _Server(config, leave, listens=listens, stops=parts.broadcast.close, shares_port=not seat.is_alone)
    if control is not None:
        loop.add_reader(control.fileno(), server.obey, control)
    try:
        await server.serve(sockets=[listener])
    finally:
        parts.changes.loop = None
        await upkeep.stop()
        await parts.engine.stop()
        await parts.outgoing.close()
        await parts.outbound.close()
        parts.journal.close()
        seat.bus.close()
        get_log("server").info("server.stopped")


async def _take_seat(parts: Joined, seat: Seat, loop: asyncio.AbstractEventLoop) -> None:
    """Hears the other processes, and takes over what no process of this installation has."""
    if not isinstance(parts.engine, EmbeddedEngine):
        return
    seat.bus.start(loop)
    if seat.name == FIRST:
        adopted = await parts.journal.adopt(beside=seat.others)
        if adopted:
            get_log("server").info("runs.adopted", process=seat.name, runs=adopted)


def _api_parts(parts: Joined, upkeep: Upkeep, seat: Seat) -> Parts:
    watching = parts.watching
    others = None if seat.is_alone else Siblings(seat.bus, watching, many=len(seat.others)).families
    return Parts(
        parts.deps,
        parts.views,
        runs=parts.runs,
        kinds=KINDS,
        broadcast=parts.broadcast,
        keeper=upkeep,
        counts=watching.counts,
        process=watching.process,
        gauges=watching.gauges,
        others=others,
        spans=watching.spans,
    )


def _settle_memory() -> None:
    """What start-up made lives as long as the process: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def event_loop() -> asyncio.AbstractEventLoop:
    """The loop of a server or worker."""
    import uvloop

    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
