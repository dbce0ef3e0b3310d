"""The background work of one server process, joined: retention, the files, the disk, the quarantine."""

from __future__ import annotations

import asyncio
import shutil
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Protocol

from flowslot.app import quarantine
from flowslot.app.callers import SYSTEM
from flowslot.app.gate import Gate
from flowslot.app.ports import Deps
from flowslot.app.retention import Removable, Removed, limits_of
from flowslot.base.log import get_log
from flowslot.engine.housekeeping import BETWEEN_PASSES, FIRST_PASS, Housekeeping
from flowslot.storage.database import Database
from flowslot.storage.leading import leaves_turn, takes_turn
from flowslot.storage.retention import SqlRetention
from flowslot.storage.sqlite_file import SqliteFile

EVERY = 5.0
"""Seconds between two looks."""
SOON = 1.0
"""The same while the gate is closed."""
_TURN = "housekeeper"

log = get_log("upkeep")


class Works(Protocol):
    """What is not started while the server is under quarantine: the engine."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...


class Upkeep:
    """The Keeper port, and the life of the background work. `start` it in place of the engine, which it starts."""

    def __init__(self, deps: Deps, database: Database, gate: Gate, *, engine: Works, name: str = "p1") -> None:
        self._deps = deps
        self._database = database
        self._gate = gate
        self._engine = engine
        self._me = f"{socket.gethostname()}:{name}"
        self._retention = SqlRetention(database)
        self._file = SqliteFile(database) if database.dialect == "sqlite" else None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = Housekeeping(self._watch, self._work)

    async def start(self, *, first: float = FIRST_PASS, every: float = BETWEEN_PASSES) -> None:
        """Starts the engine, unless the server is under quarantine; then the background work."""
        self._loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._look_at_disk)
        if await asyncio.to_thread(quarantine.is_on, self._deps, SYSTEM):
            self._gate.quarantine(on=True)
            await self._engine.stop()  # one that is stopped takes no work
            log.warning("quarantine.on", end_it_with="flowslot quarantine end")
        else:
            await self._engine.start()
        self._thread = Housekeeping(self._watch, self._work, first=first, every=every)
        self._thread.start()

    async def stop(self) -> None:
        """Ends the background work; the engine is stopped by whoever stops the server."""
        await asyncio.to_thread(self._thread.stop)
        self._loop = None
        await asyncio.to_thread(leaves_turn, self._database, _TURN, me=self._me)

    # ------------------------------------------------------------ the Keeper port

    def removable(self) -> Removable:
        return self._retention.removable(limits_of(self._deps.settings, self._deps.clock.now()))

    def remove(self, *, seconds: float) -> tuple[Removed, bool]:
        until, removed = time.monotonic() + seconds, Removed()
        for step in SqlRetention(self._database).steps(limits_of(self._deps.settings, self._deps.clock.now())):
            removed += step
            if time.monotonic() >= until:
                return removed, True
            time.sleep(0.001)  # whoever waits for the turn to write gets it
        return removed, False

    def look_now(self) -> None:
        self._thread.look_now()

    # ------------------------------------------------------------ in the background

    def _watch(self) -> float:
        self._look_at_disk()
        if self._gate.quarantined and not quarantine.is_on(self._deps, SYSTEM):
            self._in_loop(self._released)
        if self._file is not None:
            self._file.look()
        return EVERY if self._gate.closed is None else SOON

    def _work(self) -> Iterator[object]:
        """One pass of retention, by one process of the installation."""
        if self._gate.quarantined:
            return
        if not takes_turn(self._database, _TURN, me=self._me, now=self._deps.clock.now()):
            return
        began, removed = time.monotonic(), Removed()
        for step in self._steps():
            removed += step
            yield step
        if removed != Removed():
            took = round(time.monotonic() - began, 1)
            counts = {"payloads": removed.payloads, "runs": removed.runs, "answers": removed.answers}
            log.info("retention.done", **counts, seconds=took)
        if self._file is not None:
            yield from self._file.give_back()

    def _steps(self) -> Iterator[Removed]:
        return self._retention.steps(limits_of(self._deps.settings, self._deps.clock.now()))

    def _look_at_disk(self) -> None:
        """PostgreSQL looks after its own disk, which may be on another machine."""
        least, was = self._deps.settings.least_free * 2**20, self._gate.is_full
        if self._file is None or not least:
            return
        free = shutil.disk_usage(self._deps.settings.data).free
        self._gate.room(free, least=least)
        if self._gate.is_full and not was:
            log.error("storage.full", free_mb=free // 2**20, least_mb=self._deps.settings.least_free)
        elif was and not self._gate.is_full:
            log.info("storage.room_again", free_mb=free // 2**20)

    async def _released(self) -> None:
        await self._engine.start()
        self._gate.quarantine(on=False)
        log.info("quarantine.off")

    def _in_loop(self, do: Callable[[], Awaitable[None]]) -> None:
        async def done() -> None:
            await do()

        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(done(), self._loop).result(30)
