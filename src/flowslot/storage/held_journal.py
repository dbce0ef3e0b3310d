"""The journal as one claim of a run allows it to be written (the Journal port)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flowslot.app.journal import Accepted, Due, Ending, Entry, Loaded, Order, Route, Target, Wait
from flowslot.base.ids import FlowId, RunId, WorkspaceId
from flowslot.base.json_text import Json
from flowslot.domain.runs import RunStatus, StepRecord, Trigger

if TYPE_CHECKING:
    from flowslot.storage.journal import SqlJournal


@dataclass(frozen=True, slots=True)
class HeldJournal:
    """Raises OwnershipLost from `started`, `record`, `park` and `end` once another process has claimed the run."""

    _journal: SqlJournal
    fence: int

    async def started(self, run: RunId, at: datetime) -> None:
        await self._journal.started_held(self.fence, run, at)

    async def record(self, entry: Entry) -> None:
        await self._journal.record_held(self.fence, entry)

    async def park(self, run: RunId, wait: Wait, steps: Sequence[StepRecord]) -> bool:
        return await self._journal.park_held(self.fence, run, wait, steps)

    async def end(self, ending: Ending) -> RunId | None:
        return await self._journal.end_held(self.fence, ending)

    # ------------------------------------------------------------ as everybody else

    def route_of_hook(self, token: str) -> Route | None:
        return self._journal.route_of_hook(token)

    def route_of(self, flow: FlowId, workspace: WorkspaceId, target: Target) -> Route | None:
        return self._journal.route_of(flow, workspace, target)

    def definition(self, content_hash: str) -> Json:
        return self._journal.definition(content_hash)

    async def accept(self, order: Order) -> Accepted | None:
        return await self._journal.accept(order)

    async def refuse(self, route: Route, trigger: Trigger, code: str, at: datetime) -> None:
        await self._journal.refuse(route, trigger, code, at)

    async def signal(self, run: RunId, step: str, payload: Json, at: datetime) -> bool:
        return await self._journal.signal(run, step, payload, at)

    async def cancel(self, run: RunId, at: datetime) -> RunStatus:
        return await self._journal.cancel(run, at)

    async def canceled_below(self, run: RunId) -> Sequence[RunId]:
        return await self._journal.canceled_below(run)

    async def wake(self, now: datetime) -> Sequence[RunId]:
        return await self._journal.wake(now)

    async def tick(self, due: Due, *, next_at: datetime | None, queued_at: datetime) -> Sequence[RunId]:
        return await self._journal.tick(due, next_at=next_at, queued_at=queued_at)

    async def load(self, run: RunId) -> Loaded:
        return await self._journal.load(run)

    async def open_runs(self) -> Sequence[RunId]:
        return await self._journal.open_runs()

    async def next_wake(self) -> datetime | None:
        return await self._journal.next_wake()

    async def due(self, now: datetime) -> Sequence[Due]:
        return await self._journal.due(now)
