"""Schedules: when the registrations of a flow's slot start next; two rows a flow at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from flowslot.base.clock import time_from, time_text
from flowslot.base.ids import FlowId
from flowslot.domain.schedule import Next
from flowslot.domain.slots import Slot
from flowslot.storage import tables
from flowslot.storage.dialect import insert
from flowslot.storage.work import Work

_table = tables.schedule


class SqlSchedules:
    """The Schedules port."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, flow: FlowId, slot: str) -> datetime | None:
        row = select(_table.c.next_at).where(_table.c.flow_id == flow, _table.c.slot == slot)
        moment = self._work.connection.execute(row).scalar()
        return None if moment is None else time_from(moment)

    def held(self, flow: FlowId) -> Mapping[Slot, Next]:
        rows = select(_table.c.slot, _table.c.next_at, _table.c.since).where(_table.c.flow_id == flow)
        found = self._work.connection.execute(rows.order_by(_table.c.slot).with_for_update())
        return {
            Slot(slot): Next(time_from(at), None if since is None else time_from(since)) for slot, at, since in found
        }

    def due(self, now: datetime) -> Sequence[tuple[FlowId, str]]:
        rows = select(_table.c.flow_id, _table.c.slot).where(_table.c.next_at <= time_text(now))
        return [(FlowId(flow), slot) for flow, slot in self._work.connection.execute(rows)]

    def put(self, flow: FlowId, slot: str, *, next_at: datetime | None, since: datetime | None = None) -> None:
        if next_at is None:
            self._work.connection.execute(delete(_table).where(_table.c.flow_id == flow, _table.c.slot == slot))
            return
        moments = {"next_at": time_text(next_at), "since": None if since is None else time_text(since)}
        row = insert(self._work.dialect, _table).values(flow_id=flow, slot=slot, **moments)
        place = [_table.c.flow_id, _table.c.slot]
        self._work.connection.execute(row.on_conflict_do_update(index_elements=place, set_=moments))
