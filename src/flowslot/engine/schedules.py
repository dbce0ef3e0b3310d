"""Schedules that are due: which tick is run, which missed ones are skipped, and when the next one is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from flowslot.app.callers import SYSTEM
from flowslot.app.journal import Due
from flowslot.app.ports import Call, UnitOfWork
from flowslot.app.schedules import skip_event
from flowslot.base.errors import NotFound
from flowslot.base.ids import FlowId, RunId
from flowslot.base.log import get_log
from flowslot.domain.schedule import AHEAD, CatchUp, Next, Plan, Running, Skipped, mended, plan_due
from flowslot.domain.slots import Slot
from flowslot.engine.tools import Tools
from flowslot.flowlang.schedules import CatchUp as AllOf
from flowslot.flowlang.schedules import ScheduleTrigger, rhythm_of

ON_TIME = timedelta(seconds=60)
"""A tick that is run at most so late was not missed: a restart of the server does not skip it."""
AT_ONCE = 2_000
"""About how many runs are begun in one transaction; a tick is never divided."""
ALWAYS = datetime.max.replace(tzinfo=UTC)

log = get_log("schedules")


class Schedules:
    """Begins the runs of schedules whose time has come. Of several processes that do, one carries out each tick."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._looked: datetime | None = None
        self._until: dict[tuple[FlowId, Slot], datetime] = {}
        """Of schedules that catch up: to which tick all that are due are to be run."""

    async def begin_due(self, now: datetime) -> Sequence[RunId]:
        """One tick of every schedule that is due. One that has more to catch up is still due after this.

        A schedule with a fault does not keep the others back; the fault is raised when they are done.
        """
        due = await self._tools.journal.due(now)
        places = {(each.flow, each.slot) for each in due}
        self._until = {place: until for place, until in self._until.items() if place in places}
        begun: list[RunId] = []
        faults: list[Exception] = []
        for some in _together(due):
            for each in await asyncio.gather(*(self._begin(one, now) for one in some), return_exceptions=True):
                if isinstance(each, Exception):
                    faults.append(each)
                elif isinstance(each, BaseException):
                    raise each
                else:
                    begun += each
        if self._looked is None or now < self._looked - AHEAD:
            await asyncio.to_thread(self._mend, await self._tools.journal.due(ALWAYS), now)
        self._looked = now
        if faults:
            raise faults[0]
        return begun

    async def _begin(self, due: Due, now: datetime) -> Sequence[RunId]:
        plan = await asyncio.to_thread(self._plan, due, now)
        if plan.until is not None and plan.until > due.tick:
            self._until[due.flow, due.slot] = plan.until
        if plan.skipped is not None:
            await asyncio.to_thread(self._skip, due, plan.skipped, plan.then)
            return ()
        return await self._tools.journal.tick(due, next_at=plan.then, queued_at=now)

    def _plan(self, due: Due, now: datetime) -> Plan:
        settings = self._settings(due)
        running = Running(rhythm_of(settings), Next(due.tick, due.since))
        until = self._until.get((due.flow, due.slot))
        if until is not None and due.tick <= until:
            return Plan(None, running.following(due.tick))
        return plan_due(running, _policy(settings), slot=due.slot, now=now)

    def _settings(self, due: Due) -> ScheduleTrigger:
        settings = self._tools.plans.of(due.hash).trigger.settings
        if not isinstance(settings, ScheduleTrigger):
            raise TypeError(f"version {due.version} of the flow {due.flow} has no schedule")
        return settings

    def _skip(self, due: Due, skipped: Skipped, then: datetime | None) -> None:
        """Records that ticks are skipped, and goes on behind them."""
        log.warning("schedule.skipped", flow=due.flow, slot=due.slot.value, reason=skipped.reason.value)
        with self._as_read(due) as uow:
            if uow is not None:
                uow.schedules.put(due.flow, due.slot.value, next_at=then, since=due.since)
                uow.record(skip_event(due.flow, skipped))
                uow.commit(None)

    def _mend(self, all_of_them: Sequence[Due], now: datetime) -> None:
        """Corrects next ticks that are not right any more: the clock was far ahead, or a time zone's rules changed."""
        for due in all_of_them:
            right = mended(Running(rhythm_of(self._settings(due)), Next(due.tick, due.since)), now=now)
            if right is None:
                continue
            log.warning("schedule.mended", flow=due.flow, slot=due.slot.value, was=due.tick, next=right.at)
            with self._as_read(due) as uow:
                if uow is not None:
                    uow.schedules.put(due.flow, due.slot.value, next_at=right.at, since=right.since)
                    uow.commit(None)

    @contextmanager
    def _as_read(self, due: Due) -> Iterator[UnitOfWork | None]:
        """A unit of work in which no slot of the flow moves; None if the schedule is not any more as it was read."""
        with self._tools.store.begin(Call(SYSTEM)) as uow:
            try:
                uow.flows.get(uow.flows.by_id(due.flow).slug)  # locks it
            except NotFound:
                yield None
                return
            yield uow if uow.schedules.held(due.flow).get(due.slot) == Next(due.tick, due.since) else None


def _policy(settings: ScheduleTrigger) -> CatchUp:
    if isinstance(settings.catch_up, AllOf):
        return CatchUp(settings.catch_up.all)
    return CatchUp(1, late=ON_TIME if settings.catch_up == "skip" else None)


def _together(due: Sequence[Due]) -> Iterator[Sequence[Due]]:
    """The due ticks in their order, in groups that are carried out at once."""
    group: list[Due] = []
    size = 0
    for each in due:
        if group and size + each.registrations > AT_ONCE:
            yield group
            group, size = [], 0
        group.append(each)
        size += each.registrations
    if group:
        yield group
