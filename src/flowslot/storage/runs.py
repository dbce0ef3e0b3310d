"""What use cases need to know of runs; the journal accepts, records and ends them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, update

from flowslot.base.clock import time_text
from flowslot.base.ids import FlowId, RegistrationId
from flowslot.domain.runs import ENDED, RunStatus
from flowslot.storage import tables
from flowslot.storage.work import Work

_table = tables.run
_OPEN = _table.c.ended_at.is_(None)


class SqlRuns:
    """The Runs port."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def in_flight(self, flow: FlowId) -> Mapping[RunStatus, int]:
        counted = select(_table.c.status, func.count()).where(_table.c.flow_id == flow, _OPEN).group_by(_table.c.status)
        found = {RunStatus(status): count for status, count in self._work.connection.execute(counted)}
        return {status: found.get(status, 0) for status in RunStatus if status not in ENDED}

    def open_of(self, registration: RegistrationId) -> int:
        counted = select(func.count()).where(_table.c.registration_id == registration, _OPEN)
        return self._work.connection.execute(counted).scalar_one()

    def all_open(self) -> Mapping[RunStatus, int]:
        counted = select(_table.c.status, func.count()).where(_OPEN).group_by(_table.c.status)
        return {RunStatus(status): count for status, count in self._work.connection.execute(counted)}

    def cancel_all(self, at: datetime) -> int:
        canceled = {"status": RunStatus.CANCELED.value, "ended_at": time_text(at), "wait": None, "wake_at": None}
        return self._work.connection.execute(update(_table).where(_OPEN).values(**canceled)).rowcount
