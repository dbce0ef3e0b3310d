"""Schedules that are due: which tick is run, which missed ones are caught up, and when the next one is."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from flowslot.app.callers import SYSTEM
from flowslot.app.journal import Due
from flowslot.app.ports import Call
from flowslot.base.ids import RunId
from flowslot.base.log import get_log
from flowslot.engine.tools import Tools
from flowslot.flowlang.schedules import CatchUp, ScheduleTrigger, next_tick

ON_TIME = timedelta(seconds=60)
"""A tick that is run at most so late was not missed: a restart of the server does not skip it."""

log = get_log("schedules")

Following = Callable[[datetime], datetime | None]


class Schedules:
    """Begins the runs of schedules whose time has come."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def begin_due(self, now: datetime) -> Sequence[RunId]:
        """One tick of every schedule that is due. One that has more to catch up is still due after this."""
        begun: list[RunId] = []
        for due in await self._tools.journal.due(now):
            begun.extend(await self._begin(due, now))
        return begun

    async def _begin(self, due: Due, now: datetime) -> Sequence[RunId]:
        definition = await asyncio.to_thread(self._tools.plans.of, due.hash)
        settings = definition.trigger.settings
        if not isinstance(settings, ScheduleTrigger):
            await self._pass_over(due, None)
            return ()

        def following(moment: datetime) -> datetime | None:
            return next_tick(settings, after=moment)

        policy = settings.catch_up
        most = policy.all if isinstance(policy, CatchUp) else 1
        first = newest_ticks(following, due.tick, now, most=most)[0]
        if first != due.tick:
            await self._pass_over(due, first)
            return ()
        if policy == "skip" and now - due.tick > ON_TIME:
            log.warning("schedule.skipped", flow=due.flow, slot=due.slot.value, tick=due.tick.isoformat())
            await self._pass_over(due, following(now))
            return ()
        return await self._tools.journal.tick(due, next_at=following(due.tick), queued_at=now)

    async def _pass_over(self, due: Due, next_at: datetime | None) -> None:
        """Sets the schedule's next tick without running the one that was due."""
        await asyncio.to_thread(self._put, due, next_at)

    def _put(self, due: Due, next_at: datetime | None) -> None:
        with self._tools.store.begin(Call(SYSTEM)) as uow:
            flow = uow.flows.get(uow.flows.by_id(due.flow).slug)  # locked: no slot moves meanwhile
            there = due.version in (flow.main_version, flow.staging_version)
            if there and uow.schedules.get(flow.id, due.slot.value) == due.tick:
                uow.schedules.put(due.flow, due.slot.value, next_at=next_at)
            uow.commit(None)


def newest_ticks(following: Following, first: datetime, now: datetime, *, most: int) -> Sequence[datetime]:
    """The newest ticks from `first` to `now`, oldest first; looks back no further than it has to."""
    span = timedelta(minutes=1)
    while True:
        base = max(first, now - span)
        found: deque[datetime] = deque(maxlen=most)
        tick = first if base == first else following(base)
        while tick is not None and tick <= now:
            found.append(tick)
            tick = following(tick)
        if base == first or len(found) == most:
            return tuple(found)
        span *= 4
