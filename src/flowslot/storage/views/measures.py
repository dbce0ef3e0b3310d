"""What the metrics show of the database: open runs, late schedules, size."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from flowslot.app.views import Measures
from flowslot.base.clock import time_from, time_text
from flowslot.storage.sizes import sizes
from flowslot.storage.tables import schedule
from flowslot.storage.views.runs import count_open

SLACK = timedelta(seconds=2)
"""How long after its time a tick may fire without being late."""


def measures(connection: Connection, *, now: datetime) -> Measures:
    late = select(func.count().label("many"), func.min(schedule.c.next_at).label("first"))
    row = connection.execute(late.where(schedule.c.next_at < time_text(now - SLACK))).one()
    lateness = 0.0 if row.first is None else (now - time_from(row.first)).total_seconds()
    return Measures(count_open(connection), row.many, lateness, sizes(connection))
