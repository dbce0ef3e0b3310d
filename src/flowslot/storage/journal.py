"""The journal: durable memory of runs, written by one thread in group commits, read by another (the Journal port)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import TypeVar

from flowslot.app.journal import Accepted, Due, Ending, Entry, Loaded, Order, Route, Target, Wait
from flowslot.base.clock import time_from, time_text
from flowslot.base.ids import FlowId, RunId, WorkspaceId
from flowslot.base.json_text import Json
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.runs import RunStatus, StepRecord, Trigger
from flowslot.storage.accepting import Accepting, Ready
from flowslot.storage.database import Database
from flowslot.storage.drivers import RawCursor
from flowslot.storage.lanes import Kind, Lane
from flowslot.storage.loading import Loading, Routing
from flowslot.storage.parents import Parents
from flowslot.storage.parking import Park, Parking, Signal
from flowslot.storage.recording import End, Recording, Refused
from flowslot.storage.spare import Spares
from flowslot.storage.statements import Given
from flowslot.storage.ticking import Tick, Ticking

T = TypeVar("T")


class SqlJournal:
    """The Journal port. `start` before the first use, `close` after the last."""

    def __init__(self, database: Database, empty_main: EmptyMain) -> None:
        backend = database.backend
        self._writer = Lane("journal", backend, begin=backend.begin_write, turn=database.turn)
        self._reader = Lane("journal_reader", backend, begin=backend.begin_read, turn=nullcontext)
        self._spares = Spares(backend)
        self._routing = Routing(backend, empty_main)
        self._loading = Loading(backend)
        self._ticking = Ticking(backend, empty_main)
        parents = Parents(backend)
        self._kinds = _Kinds(
            Accepting(backend, empty_main),
            self._ticking,
            Recording(backend, parents),
            Parking(backend, parents),
            self._loading,
        )

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins to work for callers on this loop."""
        self._writer.start(loop)
        self._reader.start(loop)

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
        return await self._writer.submit(self._kinds.accept, order)

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
        return await self._writer.submit(self._kinds.end, ending)

    async def signal(self, run: RunId, step: str, payload: Json, at: datetime) -> bool:
        return await self._writer.submit(self._kinds.signal, Signal(run, step, payload, at))

    async def cancel(self, run: RunId, at: datetime) -> RunStatus:
        return await self._writer.submit(self._kinds.cancel, (run, at))

    async def wake(self, now: datetime) -> Sequence[RunId]:
        return await self._writer.submit(self._kinds.wake, now)

    async def tick(self, due: Due, *, next_at: datetime | None, queued_at: datetime) -> Sequence[RunId]:
        return await self._writer.submit(self._kinds.tick, Tick(due, next_at, queued_at))

    # ------------------------------------------------------------ reading

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
        self.due: Kind[datetime, str, list[Due]] = Kind(3, time_text, ticking.due)


def _as_it_is(argument: T) -> T:
    return argument
