"""The embedded engine: works on runs in this process, on one event loop (the Dispatcher port)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

from flowslot.app.bus import Bus, NoBus
from flowslot.app.canceling import tell_called
from flowslot.app.dispatch import SoFar
from flowslot.app.journal import Ending, Loaded, Wait
from flowslot.app.ports import RunWatchers
from flowslot.base.errors import AlreadyEnded, Conflict, FlowslotError, NotFound, Unavailable
from flowslot.base.ids import RunId, WorkspaceId
from flowslot.base.log import get_log
from flowslot.domain.runs import ENDED, RunStatus
from flowslot.engine.calling import Calls
from flowslot.engine.cluster.moves import moved, unreadable
from flowslot.engine.endings import Endings
from flowslot.engine.fair_queue import FairQueue, Job
from flowslot.engine.interpreter import work_on
from flowslot.engine.leaving import CancelAsked, EndedElsewhere, JournalFailed
from flowslot.engine.missed import Missed
from flowslot.engine.neighbours import Neighbours
from flowslot.engine.outright import Outright
from flowslot.engine.plan import PlanCache
from flowslot.engine.progress import Progress, so_far
from flowslot.engine.schedules import Schedules
from flowslot.engine.stretch import Stretch
from flowslot.engine.timers import Timer, canceled
from flowslot.engine.tools import Tools

MOST_IN_MEMORY = 1_000
"""Queued runs that are kept in memory as they were accepted; those behind them are read back in their turn."""
TAKEN_UP_AT_ONCE = 200
"""Runs read in one go when many are found by recovery or the clock."""
FIRST_PAUSE = 0.05
LONGEST_PAUSE = 30.0
"""Seconds before a stretch that could not be worked on is tried again; the pause doubles each time."""

log = get_log("engine")


class EmbeddedEngine:
    """Works on runs. What it does not finish before the process ends is found again by the next start."""

    def __init__(
        self, tools: Tools, *, places: int, watchers: RunWatchers, name: str = "p1", bus: Bus | None = None
    ) -> None:
        """`name` is this process's among those that the bus joins."""
        self._tools = tools
        self._watchers = watchers
        self._places = places
        self._queue = FairQueue(places)
        self._queued: dict[RunId, Job] = {}
        self._working: dict[RunId, Stretch | None] = {}
        """None until the run is read."""
        self._again: set[RunId] = set()
        """Runs that were dispatched while being worked on."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._endings = Endings()
        self._neighbours = Neighbours(bus or NoBus(), name=name, journal=tools.journal, endings=self._endings)
        self._neighbours.look = self.dispatch
        self._plans = PlanCache(tools.plans, tools.kinds)
        self._calls = Calls(tools, self, self._endings)
        self._outright = Outright(tools, self._plans, self._calls)
        self._schedules = Schedules(tools)
        self._timer = Timer(tools.clock, self._look)
        self._own: set[asyncio.Task[None]] = set()
        """The engine's own tasks, beside those of stretches."""
        self._stopping = False
        self._missed = Missed(tools.journal)
        self._progress = Progress(watchers, self._working, tools.clock)

    # ------------------------------------------------------------ the Dispatcher port

    def dispatch(self, run: RunId, *, loaded: Loaded | None = None) -> None:
        if loaded is None:
            self._put(run, None, None)
            return
        self._put(run, loaded.run.workspace, loaded)
        self._publish(loaded, RunStatus.QUEUED)

    def so_far(self, run: RunId) -> SoFar | None:
        stretch = self._working.get(run)
        return None if stretch is None else so_far(stretch)

    async def outright(self, loaded: Loaded) -> Ending | None:
        room = self._places - len(self._working) - self._outright.working
        if self._stopping or self._queue.length or room <= 0:
            return None
        return await self._outright.ending(loaded)

    def ended_outright(self, loaded: Loaded, ending: Ending) -> None:
        self._tools.watch.ended(loaded, ending)
        self._publish(loaded, ending.status)

    async def ended(self, run: RunId, *, seconds: float) -> Ending | None:
        here = run in self._working or run in self._queued
        return await self._neighbours.ended(run, here=here, seconds=seconds)

    # ------------------------------------------------------------ life

    async def start(self) -> None:
        """Takes up all open runs, the oldest first, and begins to watch the time."""
        self._stopping = False
        self._queue, self._queued = FairQueue(self._places), {}
        open_runs = await self._tools.journal.open_runs()
        own = (self._take_up(open_runs), self._timer.run(), self._progress.run())
        self._own = {asyncio.create_task(each) for each in own}

    async def stop(self, *, grace: float = 5.0) -> None:
        """Lets stretches finish for `grace` seconds, then leaves them as they are for the next start."""
        self._stopping = True
        await canceled(self._own)
        self._endings.give_up()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=grace)
        await canceled(self._tasks)

    def look_again(self) -> None:
        """Looks at schedules and parked runs now: a slot or the clock may have changed. Called from the event loop."""
        self._timer.poke()

    def look_for_open_runs(self) -> None:
        """A run may have been written that this process was not told of: looks for it. Called from the event loop."""
        self._missed.likely = True
        self._timer.poke()

    @property
    def queued(self) -> int:
        """Stretches that wait for their turn."""
        return self._queue.length

    @property
    def working(self) -> int:
        """Stretches that are being worked on."""
        return len(self._working)

    # ------------------------------------------------------------ work

    def _put(self, run: RunId, workspace: WorkspaceId | None, loaded: Loaded | None, *, failures: int = 0) -> None:
        if self._stopping:
            return
        if run in self._working:
            self._again.add(run)
            stretch = self._working[run]
            if stretch is not None:
                stretch.asked = True
            return
        queued = self._queued.get(run)
        if queued is not None:
            queued.loaded = None  # its row may have changed since it was accepted
            return
        kept = loaded if self._queue.length < MOST_IN_MEMORY else None
        job = self._queued[run] = Job(run, workspace, kept, failures)
        self._queue.put(job)
        self._fill()

    def _fill(self) -> None:
        """Begins as many queued stretches as there are places for."""
        while not self._stopping and (job := self._queue.take()) is not None:
            del self._queued[job.run]
            self._working[job.run] = None
            task = asyncio.create_task(self._work(job))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self, job: Job) -> None:
        """Works on one stretch; never raises but when it is canceled."""
        failed = over = False
        try:
            over = await self._stretch(job)
        except (JournalFailed, Exception) as fault:  # a task's edge: the run is taken up again
            if isinstance(fault.__cause__, Conflict):  # a signal or a result was quicker than this stretch
                self._again.add(job.run)
            else:
                log.error("stretch.fault", run=job.run, exc_info=fault)
                failed = True
        finally:
            again = job.run in self._again
            self._again.discard(job.run)
            self._working.pop(job.run, None)
            self._queue.done(job.workspace)
        if failed:
            self._put_later(job)
        elif again and not over:
            self._put(job.run, job.workspace, None)
        self._fill()

    def _put_later(self, job: Job) -> None:
        pause = min(FIRST_PAUSE * 2**job.failures, LONGEST_PAUSE)
        asyncio.get_running_loop().call_later(
            pause, lambda: self._put(job.run, job.workspace, None, failures=job.failures + 1)
        )

    async def _stretch(self, job: Job) -> bool:
        """Goes on with a run; whether it is over."""
        loaded = job.loaded or await self._loaded(job.run)
        if loaded is None:
            return True
        run = loaded.run
        if self._neighbours.have(loaded):
            self._neighbours.pass_on(loaded)
            return False
        if run.status in ENDED:
            self._told(loaded, run.status)
            return True
        try:
            plan = self._plans.known(run.hash) or await self._plans.read(run.hash)
        except Unavailable:  # the database may be back soon: the stretch is begun anew
            raise
        except FlowslotError as fault:
            log.error("run.unreadable", run=run.id, hash=run.hash, error=str(fault))
            await self._end(loaded, unreadable(loaded, self._tools.clock.now()))
            return True
        stretch = self._working[job.run] = Stretch(loaded, plan, self._tools, self._calls)
        stretch.asked = loaded.cancel_requested
        try:
            left = await work_on(stretch)
            if isinstance(left, Wait):
                await self._park(stretch, left)
                return False
        except CancelAsked:  # while it was about to wait
            left = stretch.ending(RunStatus.CANCELED)
        except EndedElsewhere:
            self._told(loaded, RunStatus.CANCELED)
            return True
        await stretch.marked()
        await self._end(loaded, left)
        return True

    async def _loaded(self, run: RunId) -> Loaded | None:
        try:
            return await self._tools.journal.load(run)
        except NotFound:
            log.warning("run.unknown", run=run)
            return None

    async def _take_up(self, runs: Sequence[RunId]) -> None:
        """Queues runs that are known by id only, each in the line of its workspace."""
        for start in range(0, len(runs), TAKEN_UP_AT_ONCE):
            some = runs[start : start + TAKEN_UP_AT_ONCE]
            for loaded in await asyncio.gather(*(self._loaded(run) for run in some)):
                if loaded is not None:
                    self._put(loaded.run.id, loaded.run.workspace, loaded)

    async def _park(self, stretch: Stretch, wait: Wait) -> None:
        run = stretch.loaded.run
        if not await stretch.park(wait):
            self._again.add(run.id)
            return
        if wait.until is not None:
            self._timer.poke(wait.until)
        self._publish(stretch.loaded, RunStatus.SUSPENDED)

    async def _end(self, loaded: Loaded, ending: Ending) -> None:
        try:
            parent = await self._tools.journal.end(ending)
        except AlreadyEnded:  # canceled meanwhile, or written before its answer was lost
            found = await self._tools.journal.load(ending.run)
            self._told(found, found.run.status)
            return
        self._tools.watch.ended(loaded, ending)
        self._tell(ending.run, ending.status, ending)
        if parent is not None:
            self._put(parent, loaded.run.workspace, None)
        if ending.status is RunStatus.CANCELED:
            await tell_called(self._tools.journal, self, ending.run)
        self._publish(loaded, ending.status)

    def _told(self, loaded: Loaded, status: RunStatus) -> None:
        """The run was ended from outside: whoever waits for it goes on."""
        self._tools.watch.told(loaded)
        self._tell(loaded.run.id, status)
        if loaded.run.parent is not None:
            self._put(loaded.run.parent, loaded.run.workspace, None)
        self._publish(loaded, status)

    def _tell(self, run: RunId, status: RunStatus, ending: Ending | None = None) -> None:
        """Whoever waits for the end of the run goes on, here or in another process."""
        self._endings.tell(run, ending)
        self._neighbours.tell(run, status.value)

    # ------------------------------------------------------------ time

    async def _look(self, now: datetime) -> datetime | None:
        """Begins what is due; when the next thing will be."""
        await self._take_up(await self._missed.runs(self._working, self._queued))
        await self._take_up(await self._tools.journal.wake(now))
        await self._take_up(await self._schedules.begin_due(now))
        return await self._tools.journal.next_wake()

    def _publish(self, loaded: Loaded, status: RunStatus) -> None:
        """Tells watchers where a run stands now."""
        self._watchers.publish((moved(loaded, status, self._tools.clock.now()),))
