"""A worker of a cluster: claims the runs of a batch, and goes on with each until it ends, waits, or is another's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from flowslot.app.bus import RUN_DUE, SCHEDULES_LOOK, Bus
from flowslot.app.canceling import tell_called
from flowslot.app.cluster import Outbox
from flowslot.app.journal import Ending, Journal, Loaded, Wait
from flowslot.app.ports import RunWatchers
from flowslot.base.clock import time_text
from flowslot.base.errors import Conflict, FlowslotError, OwnershipLost
from flowslot.base.ids import RunId
from flowslot.base.log import get_log
from flowslot.domain.runs import ENDED, RunStatus
from flowslot.engine.calling import Calls
from flowslot.engine.cluster.dispatch import OutboxDispatcher
from flowslot.engine.cluster.moves import moved, unreadable
from flowslot.engine.interpreter import work_on
from flowslot.engine.leaving import CancelAsked, EndedElsewhere, JournalFailed
from flowslot.engine.plan import PlanCache
from flowslot.engine.progress import Progress
from flowslot.engine.stretch import Stretch
from flowslot.engine.tools import Tools

FIRST_PAUSE = 0.05
LONGEST_PAUSE = 30.0
"""Seconds before a stretch that could not be worked on is tried again; the pause doubles each time."""

log = get_log("worker")


class Claims(Protocol):
    """The journal, as far as it lets a worker take runs for itself."""

    async def claim(self, runs: Sequence[RunId], *, from_anyone: bool = False) -> Sequence[Loaded | None]: ...

    def holding(self, fence: int) -> Journal: ...


class Worker:
    """Works on batches. Many batches at once, but at most `places` runs."""

    def __init__(
        self,
        tools: Tools,
        *,
        claims: Claims,
        outbox: Outbox,
        dispatcher: OutboxDispatcher,
        bus: Bus,
        watchers: RunWatchers,
        places: int,
    ) -> None:
        self._tools = tools
        self._claims = claims
        self._outbox = outbox
        self._dispatcher = dispatcher
        self._bus = bus
        self._watchers = watchers
        self._places = asyncio.Semaphore(places)
        self._plans = PlanCache(tools.plans, tools.kinds)
        self._calls = Calls(tools, dispatcher, dispatcher.endings)
        self._working: dict[RunId, Stretch] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    async def watch(self) -> None:
        """Tells watchers when steps move on, until it is canceled."""
        await Progress(self._watchers, self._working, self._tools.clock).run()

    @property
    def working(self) -> int:
        """Runs that are being worked on."""
        return len(self._working)

    async def work(self, batch: str) -> None:
        """Works on a batch until none of its runs is this worker's to go on with."""
        runs = await asyncio.to_thread(self._outbox.runs_of, batch)
        claimed = await self._claims.claim(runs, from_anyone=True)
        tasks = [asyncio.create_task(self._run(loaded)) for loaded in claimed if loaded is not None]
        self._tasks.update(tasks)
        try:
            if tasks:
                await asyncio.wait(tasks)
        finally:
            self._tasks.difference_update(tasks)

    def look(self, run: RunId) -> None:
        """The run's row has changed: it is looked at before the next step or effect."""
        stretch = self._working.get(run)
        if stretch is not None:
            stretch.asked = True

    def asked(self, run: RunId) -> bool:
        """Whether a run that is being worked on is going to look at its row."""
        stretch = self._working.get(run)
        return stretch is not None and bool(stretch.asked)

    async def stop(self, *, grace: float) -> None:
        """Lets stretches finish for `grace` seconds, then leaves them as they are."""
        self._stopping = True
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ------------------------------------------------------------ one run

    async def _run(self, claimed: Loaded) -> None:
        """Goes on with a run; never raises but when it is canceled."""
        held = replace(self._tools, journal=self._claims.holding(claimed.fence))
        loaded: Loaded | None = claimed
        failures = 0
        async with self._places:
            run = claimed.run.id
            while loaded is not None and not self._stopping:
                try:
                    again = await self._stretch(loaded, held)
                    loaded = await self._tools.journal.load(run) if again else None
                except OwnershipLost:
                    self._lost(run)
                    return
                except (JournalFailed, Exception) as fault:  # a task's edge: the run is taken up again
                    if isinstance(fault.__cause__, OwnershipLost):
                        self._lost(run)
                        return
                    if not isinstance(fault.__cause__, Conflict):  # else a signal or a result was quicker
                        log.error("stretch.fault", run=run, exc_info=fault)
                        failures += 1
                        await asyncio.sleep(min(FIRST_PAUSE * 2**failures, LONGEST_PAUSE))
                    loaded = await self._reloaded(run, claimed)
                finally:
                    self._working.pop(run, None)

    async def _reloaded(self, run: RunId, before: Loaded) -> Loaded:
        try:
            return await self._tools.journal.load(run)
        except FlowslotError:
            return before

    def _lost(self, run: RunId) -> None:
        log.warning("run.taken_over", run=run)

    async def _stretch(self, loaded: Loaded, tools: Tools) -> bool:
        """One stretch; whether another one follows at once."""
        run = loaded.run
        if run.status in ENDED:
            return False
        try:
            plan = self._plans.known(run.hash) or await self._plans.read(run.hash)
        except FlowslotError as fault:
            log.error("run.unreadable", run=run.id, hash=run.hash, error=str(fault))
            await self._end(loaded, tools, unreadable(loaded, tools.clock.now()))
            return False
        stretch = self._working[run.id] = Stretch(loaded, plan, tools, self._calls)
        stretch.asked = loaded.cancel_requested
        try:
            left = await work_on(stretch)
            if isinstance(left, Wait):
                return not await self._park(stretch, left)
        except CancelAsked:  # while it was about to wait
            left = stretch.ending(RunStatus.CANCELED)
        except EndedElsewhere:
            return False
        await stretch.marked()
        await self._end(loaded, tools, left)
        return False

    async def _park(self, stretch: Stretch, wait: Wait) -> bool:
        if not await stretch.park(wait):
            return False
        if wait.until is not None:
            self._bus.publish(SCHEDULES_LOOK, {"at": time_text(wait.until)})
        self._publish(stretch.loaded, RunStatus.SUSPENDED)
        return True

    async def _end(self, loaded: Loaded, tools: Tools, ending: Ending) -> None:
        parent = await tools.journal.end(ending)
        tools.watch.ended(loaded, ending)
        self._dispatcher.tell(ending.run, ending.status)
        if parent is not None:
            self._bus.publish(RUN_DUE, {})
        if ending.status is RunStatus.CANCELED:
            await tell_called(self._tools.journal, self._dispatcher, ending.run)
        self._publish(loaded, ending.status)

    def _publish(self, loaded: Loaded, status: RunStatus) -> None:
        self._watchers.publish((moved(loaded, status, self._tools.clock.now()),))
