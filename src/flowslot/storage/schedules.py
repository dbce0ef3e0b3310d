"""Schedules: when the registrations of a flow's slot start next; two rows a flow at most."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from flowslot.base.clock import time_from, time_text
from flowslot.base.ids import FlowId
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

    def put(self, flow: FlowId, slot: str, *, next_at: datetime | None) -> None:
        if next_at is None:
            self._work.connection.execute(delete(_table).where(_table.c.flow_id == flow, _table.c.slot == slot))
            return
        moment = time_text(next_at)
        row = insert(self._work.dialect, _table).values(flow_id=flow, slot=slot, next_at=moment)
        place = [_table.c.flow_id, _table.c.slot]
        self._work.connection.execute(row.on_conflict_do_update(index_elements=place, set_={"next_at": moment}))
