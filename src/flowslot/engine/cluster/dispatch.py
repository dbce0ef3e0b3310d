"""The dispatcher of a process that runs nothing itself: a queued row is all it needs; the bus makes it quick."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from flowslot.app.bus import CHANGED, RUN_DUE, RUN_ENDED, RUN_LOOK, SCHEDULES_LOOK, Bus
from flowslot.app.dispatch import SoFar
from flowslot.app.journal import Ending, Journal, Loaded, ending_of
from flowslot.app.ports import Watchers
from flowslot.base.clock import Clock
from flowslot.base.errors import FlowslotError
from flowslot.base.ids import RunId
from flowslot.base.json_text import Json
from flowslot.base.log import get_log
from flowslot.domain.runs import ENDED, RunStatus
from flowslot.engine.cluster.moves import moved
from flowslot.engine.endings import Endings

LONGEST_TRUST = 1.0
"""Seconds between two looks at the row of a run whose end is waited for: a message may be lost."""

log = get_log("cluster")


class OutboxDispatcher:
    """The Dispatcher port of the processes of a cluster."""

    queued = 0
    working = 0
    """This process works on nothing; the workers say how many they work on."""

    def __init__(self, journal: Journal, bus: Bus, watchers: Watchers, clock: Clock) -> None:
        self._journal = journal
        self._bus = bus
        self._watchers = watchers
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._started = False
        self.endings = Endings()
        """Who waits in this process for which run to end."""
        bus.subscribe(RUN_ENDED, lambda about: self.endings.tell(RunId(about["run"])))

    async def start(self) -> None:
        """Begins to hear what the other processes say."""
        if not self._started:
            self._started = True
            self._bus.start(asyncio.get_running_loop())

    async def stop(self, *, grace: float = 5.0) -> None:
        """Nobody waits any more, and nothing more is said."""
        self.endings.give_up()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._started:
            self._started = False
            await asyncio.to_thread(self._bus.close)

    def dispatch(self, run: RunId, *, loaded: Loaded | None = None) -> None:
        """The row is queued or changed already: only the others need to know."""
        self._bus.publish(RUN_DUE, {})
        if loaded is not None:
            self._watchers.publish((moved(loaded, RunStatus.QUEUED, self._clock.now()),))
            return
        self._bus.publish(RUN_LOOK, {"run": run})
        task = asyncio.create_task(self._tell_if_ended(run))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def so_far(self, run: RunId) -> SoFar | None:
        """This process works on nothing."""
        return None

    async def outright(self, loaded: Loaded) -> Ending | None:
        """This process works on nothing."""
        return None

    def ended_outright(self, loaded: Loaded, ending: Ending) -> None:
        raise AssertionError("nothing is worked out here")

    async def ended(self, run: RunId, *, seconds: float) -> Ending | None:
        deadline = time.monotonic() + seconds
        while True:
            future = self.endings.expect(run)
            try:
                found = (await self._journal.load(run)).run
                if found.status in ENDED:
                    return ending_of(found)
                left = deadline - time.monotonic()
                if left <= 0 or future.cancelled():
                    return None
                await asyncio.wait((future,), timeout=min(left, LONGEST_TRUST))
            finally:
                self.endings.forget(run, future)

    def look_again(self) -> None:
        """A schedule may have changed: the leader looks. From any thread."""
        self._bus.publish(SCHEDULES_LOOK, {})

    def tell(self, run: RunId, status: RunStatus) -> None:
        """A run has ended: whoever waits for it goes on, in every process."""
        self.endings.tell(run)
        self._bus.publish(RUN_ENDED, {"run": run, "status": status.value})

    async def _tell_if_ended(self, run: RunId) -> None:
        """A run that nobody works on is ended by the statement that cancels it: nobody else tells of it."""
        try:
            found = await self._journal.load(run)
        except FlowslotError as error:
            log.warning("run.unknown", run=run, error=str(error))
            return
        if found.run.status is RunStatus.CANCELED:
            self.tell(run, found.run.status)
            self._watchers.publish((moved(found, found.run.status, self._clock.now()),))


class SharedWatchers:
    """The Watchers of one process among several: each change is told here and to the others."""

    def __init__(self, here: Watchers, bus: Bus, *, watched: Callable[[], bool]) -> None:
        """`watched`: whether somebody listens, here or elsewhere."""
        self._here = here
        self._bus = bus
        self._watched = watched
        bus.subscribe(CHANGED, lambda about: here.publish(about["events"]))

    def publish(self, events: Sequence[Json]) -> None:
        """From any thread; never waits."""
        self._here.publish(events)
        for event in events:
            self._bus.publish(CHANGED, {"events": [event]})

    @property
    def watched(self) -> bool:
        return self._watched()
