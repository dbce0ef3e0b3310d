"""A worker process of a cluster, from its first sign of life to its last: everything it does, in the right order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flowslot.app.bus import RUN_DUE, RUN_LOOK, SCHEDULES_LOOK, Bus
from flowslot.app.cluster import Batches, Crew, Outbox
from flowslot.base.clock import time_from
from flowslot.base.ids import RunId
from flowslot.base.json_text import Json
from flowslot.base.log import get_log
from flowslot.engine.cluster.dispatch import OutboxDispatcher
from flowslot.engine.cluster.giving import Desk, Giving
from flowslot.engine.cluster.heart import Heart
from flowslot.engine.cluster.worker import Worker
from flowslot.engine.schedules import Schedules
from flowslot.engine.timers import Timer
from flowslot.engine.tools import Tools

LOOK_EVERY = 5.0
"""Seconds between two looks at whether runs of this worker were canceled, and, by the leader, at what is due."""

log = get_log("cluster")


@dataclass(frozen=True, slots=True)
class Gear:
    """What a worker process is made of."""

    name: str
    tools: Tools
    worker: Worker
    dispatcher: OutboxDispatcher
    outbox: Outbox
    crew: Crew
    batches: Batches
    bus: Bus
    places: int
    most_of_one: int


class WorkerProcess:
    """Takes batches and works on them; gives runs out and watches the time whenever it leads. Can be started again."""

    def __init__(self, gear: Gear) -> None:
        self._gear = gear
        self._schedules = Schedules(gear.tools)
        self._timer = Timer(gear.tools.clock, self._look)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._own: set[asyncio.Task[None]] = set()
        self._heart = Heart(gear.crew, places=gear.places, changed=self._lead)
        desk = Desk(gear.outbox, gear.batches, self._heart, gear.tools.ids, gear.most_of_one)
        self._giving = Giving(desk)
        gear.bus.subscribe(RUN_DUE, lambda _: self._giving.poke())
        gear.bus.subscribe(RUN_LOOK, lambda about: gear.worker.look(RunId(about["run"])))
        gear.bus.subscribe(SCHEDULES_LOOK, self._time_may_have_come)

    @property
    def leads(self) -> bool:
        """Whether this worker gives out runs and watches the time."""
        return self._heart.leads

    @property
    def working(self) -> int:
        """Runs that are being worked on."""
        return self._gear.worker.working

    def asked(self, run: RunId) -> bool:
        """Whether a run that is being worked on will look at its row before its next effect."""
        return self._gear.worker.asked(run)

    async def start(self) -> None:
        """Becomes one of the crew, and takes work."""
        gear, loop = self._gear, asyncio.get_running_loop()
        self._loop = loop
        await gear.dispatcher.start()

        async def work(batch: str) -> None:
            """Called on the engine's own loop, or on this one."""
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(gear.worker.work(batch), loop))

        await asyncio.to_thread(gear.batches.start, work)
        await asyncio.to_thread(self._heart.start)
        self._giving.start()
        own = (self._timer_while_leading(), self._watch_canceled(), gear.worker.watch())
        self._own = {loop.create_task(each) for each in own}
        log.info("worker.started", worker=gear.name, places=gear.places)

    async def stop(self, *, grace: float = 5.0) -> None:
        """Lets stretches finish for `grace` seconds, then gives back what is left, so that others go on at once."""
        if self._loop is None:
            return
        gear, self._loop = self._gear, None
        for task in self._own:
            task.cancel()
        await asyncio.gather(*self._own, return_exceptions=True)
        await asyncio.to_thread(self._giving.stop)
        await gear.worker.stop(grace=grace)
        left = await asyncio.to_thread(gear.outbox.put_back_of, gear.name)
        await asyncio.to_thread(gear.batches.stop, grace=0.0)
        await asyncio.to_thread(self._heart.stop)
        gear.bus.publish(RUN_DUE, {})
        await gear.dispatcher.stop()
        log.info("worker.stopped", worker=gear.name, given_back=left)

    # ------------------------------------------------------------ leading

    def _lead(self, leads: bool) -> None:
        """Called by the heart, in its thread."""
        if leads:
            self._giving.poke()
        self._soon(self._timer.poke)

    def _soon(self, do: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(do)

    def _time_may_have_come(self, about: Json) -> None:
        at = about.get("at")
        self._timer.poke(None if at is None else time_from(at))

    async def _timer_while_leading(self) -> None:
        """The clock of the installation. A message about a moment may be lost, so it is looked at now and then."""

        async def look_now_and_then() -> None:
            while True:
                await asyncio.sleep(LOOK_EVERY)
                if self.leads:
                    self._timer.poke()

        other = asyncio.create_task(look_now_and_then())
        try:
            await self._timer.run()
        finally:
            other.cancel()

    async def _look(self, now: datetime) -> datetime | None:
        """Queues what is due, if this worker leads; when the next thing will be."""
        if not self.leads:
            return None
        journal = self._gear.tools.journal
        woken = await journal.wake(now)
        begun = await self._schedules.begin_due(now)
        if woken or begun:
            self._giving.poke()
        return await journal.next_wake()

    async def _watch_canceled(self) -> None:
        """The message that a run was canceled may be lost; its row is not."""
        gear = self._gear
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                for run in await asyncio.to_thread(gear.outbox.canceled_of, gear.name):
                    gear.worker.look(run)
            except Exception as fault:  # noqa: BLE001  # a task's edge: the database may be back soon
                log.warning("cluster.look_failed", error=str(fault))
