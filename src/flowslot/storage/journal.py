"""The journal: durable memory of runs, written by one thread in group commits, read by another (the Journal port)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime
from functools import partial
from typing import TypeVar

from flowslot.app.journal import Accepted, Due, Ending, Entry, Loaded, Order, Route, Target, Wait
from flowslot.base.clock import time_from, time_text
from flowslot.base.ids import FlowId, RunId, WorkspaceId
from flowslot.base.json_text import Json
from flowslot.base.meters import Meters
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.runs import RunStatus, StepRecord, Trigger, TriggerKind
from flowslot.storage.accepting import Accepting, Ready
from flowslot.storage.canceling import CalledRuns
from flowslot.storage.database import Database
from flowslot.storage.drivers import RawCursor
from flowslot.storage.fencing import Claim, Fenced, Fencing
from flowslot.storage.held_journal import HeldJournal
from flowslot.storage.lanes import Kind, Lane
from flowslot.storage.loading import Loading, Routing
from flowslot.storage.measuring import note_ending, note_group
from flowslot.storage.owning import Adopt, Owning
from flowslot.storage.parents import Parents
from flowslot.storage.parking import Park, Parking, Signal
from flowslot.storage.recording import End, Recording, Refused
from flowslot.storage.spare import Spares
from flowslot.storage.statements import Given
from flowslot.storage.ticking import Tick, Ticking

T = TypeVar("T")

FIRST = "p1"
"""Name of the process that is there when there is only one."""


class SqlJournal:
    """The Journal port. `start` before the first use, `close` after the last."""

    def __init__(
        self,
        database: Database,
        empty_main: EmptyMain,
        *,
        owner: str | None = FIRST,
        claims_as: str | None = None,
        meters: Meters | None = None,
    ) -> None:
        """`owner` is the name of this process: its runs are those looked for; None: those that nobody works on.

        `claims_as` is the name under which it claims runs, where that differs: in a cluster, new runs are nobody's.
        """
        backend = database.backend
        self._meters = meters or Meters()
        self._writer = Lane("journal", backend, begin=backend.begin_write, turn=database.turn)
        self._writer.watch = partial(note_group, self._meters)
        self._reader = Lane("journal_reader", backend, begin=backend.begin_read, turn=nullcontext)
        self._spares = Spares(backend)
        self._routing = Routing(backend, empty_main)
        self._loading = Loading(backend, owner=owner)
        self._ticking = Ticking(backend, empty_main, owner=owner)
        parents = Parents(backend)
        recording, parking = Recording(backend, parents), Parking(backend, parents, owner=owner)
        self._kinds = _Kinds(
            Accepting(backend, empty_main, parents, owner=owner), self._ticking, recording, parking, self._loading
        )
        self._kinds.canceled_below = Kind(4, _as_it_is, CalledRuns(backend).canceled_below)
        self._owners = OwnerKinds(
            Owning(backend, owner=owner),
            Fencing(backend, owner=claims_as or owner, loading=self._loading, recording=recording, parking=parking),
        )

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins to work for callers on this loop."""
        self._writer.start(loop)
        self._reader.start(loop)

    def when_unsure(self, look: Callable[[], None]) -> None:
        """Has `look` called, in the loop, when a write may have been carried out and its answer was lost."""
        self._writer.unsure = look

    def close(self) -> None:
        """Writes what waits to be written, then ends; what is asked later is refused. Blocking."""
        self._writer.close()
        self._reader.close()
        self._spares.close()

    # ------------------------------------------------------------ blocking and quick

    def route_of_hook(self, token: str) -> Route | None:
        if not token.isascii() or not token.isalnum():
            return None
        return self._spares.read(lambda cursor: self._routing.of_hook(cursor, token))

    def route_of(self, flow: FlowId, workspace: WorkspaceId, target: Target) -> Route | None:
        return self._spares.read(lambda cursor: self._routing.of(cursor, flow, workspace, target))

    def definition(self, content_hash: str) -> Json:
        return self._spares.read(lambda cursor: self._routing.definition(cursor, content_hash))

    # ------------------------------------------------------------ durable when they return

    async def accept(self, order: Order) -> Accepted | None:
        accepted = await self._writer.submit(self._kinds.accept, order)
        if accepted is not None and accepted.fresh:
            self._meters.accepted.add(order.trigger.kind.value)
            if order.ending is not None:
                note_ending(self._meters, order.ending)
        return accepted

    async def refuse(self, route: Route, trigger: Trigger, code: str, at: datetime) -> None:
        await self._writer.submit(self._kinds.refuse, Refused(route, trigger, code, at))

    async def started(self, run: RunId, at: datetime) -> None:
        await self._writer.submit(self._kinds.started, (run, at))

    async def record(self, entry: Entry) -> None:
        """Raises Conflict when the effect has been recorded already."""
        await self._writer.submit(self._kinds.record, entry)

    async def park(self, run: RunId, wait: Wait, steps: Sequence[StepRecord]) -> bool:
        return await self._writer.submit(self._kinds.park, (run, wait, steps))

    async def end(self, ending: Ending) -> RunId | None:
        parent = await self._writer.submit(self._kinds.end, ending)
        note_ending(self._meters, ending)
        return parent

    async def signal(self, run: RunId, step: str, payload: Json, at: datetime) -> bool:
        return await self._writer.submit(self._kinds.signal, Signal(run, step, payload, at))

    async def cancel(self, run: RunId, at: datetime) -> RunStatus:
        status = await self._writer.submit(self._kinds.cancel, (run, at))
        if status is RunStatus.CANCELED:
            self._meters.ended.add(status.value)
        return status

    async def wake(self, now: datetime) -> Sequence[RunId]:
        return await self._writer.submit(self._kinds.wake, now)

    async def tick(self, due: Due, *, next_at: datetime | None, queued_at: datetime) -> Sequence[RunId]:
        begun = await self._writer.submit(self._kinds.tick, Tick(due, next_at, queued_at))
        self._meters.accepted.add(TriggerKind.SCHEDULE.value, many=len(begun))
        return begun

    # ------------------------------------------------------------ owners

    async def adopt(self, *, beside: Sequence[str]) -> int:
        """Makes the open runs of nobody, and of processes not named, this one's; how many. With no owner: nobody's."""
        return await self._writer.submit(self._owners.adopt, Adopt(tuple(beside)))

    async def claim(self, runs: Sequence[RunId], *, from_anyone: bool = False) -> Sequence[Loaded | None]:
        """Makes runs this process's, each with a new fence, and loads them; None: nothing to do here on that run.

        `from_anyone`: also runs that another process works on, whose writes about them are refused from now on.
        """
        kind, asked = self._owners.claim, [Claim(run, from_anyone) for run in runs]
        return await asyncio.gather(*(self._writer.submit(kind, each) for each in asked))

    def holding(self, fence: int) -> HeldJournal:
        """The journal, as the claim with that fence may write it."""
        return HeldJournal(self, fence)

    async def started_held(self, fence: int, run: RunId, at: datetime) -> None:
        await self._writer.submit(self._owners.started, (fence, run, at))

    async def record_held(self, fence: int, entry: Entry) -> None:
        await self._writer.submit(self._owners.record, (fence, entry))

    async def park_held(self, fence: int, run: RunId, wait: Wait, steps: Sequence[StepRecord]) -> bool:
        return await self._writer.submit(self._owners.park, (fence, run, wait, steps))

    async def end_held(self, fence: int, ending: Ending) -> RunId | None:
        parent = await self._writer.submit(self._owners.end, (fence, ending))
        note_ending(self._meters, ending)
        return parent

    # ------------------------------------------------------------ reading

    async def canceled_below(self, run: RunId) -> Sequence[RunId]:
        return await self._reader.submit(self._kinds.canceled_below, run)

    async def load(self, run: RunId) -> Loaded:
        return await self._reader.submit(self._kinds.load, run)

    async def open_runs(self) -> Sequence[RunId]:
        return await self._reader.submit(self._kinds.open_runs, None)

    async def next_wake(self) -> datetime | None:
        return await self._reader.submit(self._kinds.next_wake, None)

    async def due(self, now: datetime) -> Sequence[Due]:
        return await self._reader.submit(self._kinds.due, now)


class _Kinds:
    """The kinds of operation, in the order they have in a transaction: what may end a wait comes before a wait."""

    def __init__(
        self, accepting: Accepting, ticking: Ticking, recording: Recording, parking: Parking, loading: Loading
    ) -> None:
        def open_runs(cursor: RawCursor, many: Sequence[None]) -> list[list[RunId]]:
            return [loading.open_runs(cursor) for _ in many]

        def next_wake(cursor: RawCursor, many: Sequence[None]) -> list[datetime | None]:
            moments = (loading.next_wake(cursor), ticking.next_at(cursor))
            first = min((moment for moment in moments if moment is not None), default=None)
            return [None if first is None else time_from(first)] * len(many)

        self.accept: Kind[Order, Ready, Accepted | None] = Kind(0, accepting.prepare, accepting.accept)
        self.tick: Kind[Tick, Tick, list[RunId]] = Kind(1, _as_it_is, ticking.tick)
        self.refuse: Kind[Refused, Given, None] = Kind(2, recording.prepare_refused, recording.refuse)
        self.started: Kind[tuple[RunId, datetime], tuple[RunId, datetime], None] = Kind(3, _as_it_is, recording.started)
        self.record: Kind[Entry, Given, None] = Kind(4, recording.prepare_entry, recording.record)
        self.signal: Kind[Signal, Signal, bool] = Kind(5, _as_it_is, parking.signal)
        self.cancel: Kind[tuple[RunId, datetime], tuple[RunId, datetime], RunStatus] = Kind(
            6, _as_it_is, parking.cancel
        )
        self.end: Kind[Ending, End, RunId | None] = Kind(7, recording.prepare_end, recording.end)
        self.park: Kind[tuple[RunId, Wait, Sequence[StepRecord]], Park, bool] = Kind(
            8, parking.prepare_park, parking.park
        )
        self.wake: Kind[datetime, str, list[RunId]] = Kind(9, time_text, parking.wake)
        self.load: Kind[RunId, RunId, Loaded] = Kind(0, _as_it_is, loading.load)
        self.open_runs: Kind[None, None, list[RunId]] = Kind(1, _as_it_is, open_runs)
        self.next_wake: Kind[None, None, datetime | None] = Kind(2, _as_it_is, next_wake)
        self.canceled_below: Kind[RunId, RunId, list[RunId]]
        self.due: Kind[datetime, str, list[Due]] = Kind(3, time_text, ticking.due)


class OwnerKinds:
    """The kinds of operation of processes that share runs; ranked as those without a claim."""

    def __init__(self, owning: Owning, fencing: Fencing) -> None:
        self.adopt: Kind[Adopt, Adopt, int] = Kind(0, _as_it_is, owning.adopt)
        self.claim: Kind[Claim, Claim, Loaded | None] = Kind(2, _as_it_is, fencing.claim)
        self.started: Kind[tuple[int, RunId, datetime], Fenced, None] = Kind(
            3, fencing.prepare_started, fencing.started
        )
        self.record: Kind[tuple[int, Entry], Fenced, None] = Kind(4, fencing.prepare_entry, fencing.record)
        self.end: Kind[tuple[int, Ending], Fenced, RunId | None] = Kind(7, fencing.prepare_end, fencing.end)
        self.park: Kind[tuple[int, RunId, Wait, Sequence[StepRecord]], Fenced, bool] = Kind(
            8, fencing.prepare_park, fencing.park
        )


def _as_it_is(argument: T) -> T:
    return argument
