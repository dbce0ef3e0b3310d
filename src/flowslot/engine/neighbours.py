"""What the engine of one process says to those of the others, and hears from them: whose run to look at, what ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from flowslot.app.accepting import Bounded
from flowslot.app.bus import RUN_AWAITED, RUN_ENDED, RUN_LOOK, Bus
from flowslot.app.journal import Ending, Journal, Loaded, ending_of
from flowslot.base.errors import FlowslotError
from flowslot.base.ids import RunId
from flowslot.base.json_text import Json
from flowslot.base.log import get_log
from flowslot.domain.runs import ENDED
from flowslot.engine.endings import Endings

FIRST_LOOK = 0.25
LONGEST_TRUST = 2.0
"""Seconds between two looks at the row of a run that another process works on: a message may be lost."""
MOST_AWAITED = 10_000

log = get_log("engine")


class Neighbours:
    """The other processes, as an engine sees them. `name` is this process's own."""

    def __init__(self, bus: Bus, *, name: str, journal: Journal, endings: Endings) -> None:
        self.name = name
        self._bus = bus
        self._journal = journal
        self._endings = endings
        self._awaited: Bounded[RunId, bool] = Bounded(MOST_AWAITED)
        """Runs of this process whose end is waited for elsewhere."""
        self._tasks: set[asyncio.Task[None]] = set()
        self.look: Callable[[RunId], None] = _nothing
        """Has a run of this process looked at; the engine sets it."""
        bus.subscribe(RUN_LOOK, self._hear_look)
        bus.subscribe(RUN_AWAITED, self._hear_awaited)
        bus.subscribe(RUN_ENDED, lambda about: endings.tell(RunId(about["run"])))

    def have(self, loaded: Loaded) -> bool:
        """Whether another process works on the run."""
        return loaded.owner is not None and loaded.owner != self.name

    def pass_on(self, loaded: Loaded) -> None:
        """Has the owner of a run look at it."""
        self._bus.publish(RUN_LOOK, {"run": loaded.run.id, "owner": loaded.owner})
        if loaded.run.status in ENDED:
            self._endings.tell(loaded.run.id)

    def tell(self, run: RunId, status: str) -> None:
        """A run of this process has ended."""
        if self._awaited.get(run):
            self._awaited.forget(run)
            self._bus.publish(RUN_ENDED, {"run": run, "status": status})

    async def ended(self, run: RunId, *, here: bool, seconds: float) -> Ending | None:
        """How a run ended, once it has; None when it has not in that time. `here`: this process has it at hand."""
        future = self._endings.expect(run)
        try:
            found = None if here else await self._journal.load(run)
            if found is not None and found.run.status in ENDED:
                return ending_of(found.run)
            if found is not None and self.have(found):
                return await self._by_row(run) if await self.wait(found, future, seconds=seconds) else None
            await asyncio.wait((future,), timeout=seconds)
            if not future.done() or future.cancelled():
                return None
            return future.result() or await self._by_row(run)
        finally:
            self._endings.forget(run, future)

    async def _by_row(self, run: RunId) -> Ending | None:
        return ending_of((await self._journal.load(run)).run)

    async def wait(self, loaded: Loaded, future: asyncio.Future[Ending | None], *, seconds: float) -> bool:
        """Whether a run of another process ends in that time. `future` is told of its end when a message says so."""
        run, deadline, pause = loaded.run.id, time.monotonic() + seconds, FIRST_LOOK
        while (left := deadline - time.monotonic()) > 0:
            self._bus.publish(RUN_AWAITED, {"run": run, "owner": loaded.owner})
            await asyncio.wait((future,), timeout=min(left, pause))
            if future.done():
                return not future.cancelled()
            if (await self._journal.load(run)).run.status in ENDED:
                return True
            pause = min(pause * 2, LONGEST_TRUST)
        return False

    def _hear_look(self, about: Json) -> None:
        if about.get("owner") == self.name:
            self.look(RunId(about["run"]))

    def _hear_awaited(self, about: Json) -> None:
        if about["owner"] != self.name:
            return
        run = RunId(about["run"])
        self._awaited.put(run, True)
        task = asyncio.get_running_loop().create_task(self._tell_if_ended(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_if_ended(self, run: RunId) -> None:
        """It may have ended before anybody said that it is waited for."""
        try:
            status = (await self._journal.load(run)).run.status
        except FlowslotError as error:
            log.warning("run.unknown", run=run, error=str(error))
            return
        if status in ENDED:
            self.tell(run, status.value)


def _nothing(run: RunId) -> None:
    return
