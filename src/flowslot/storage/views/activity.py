"""What registrations and flows did lately: runs of 24 hours counted, and the last run of each.

Counting looks at no more than `MOST` runs at a time, so that a busy flow cannot make a list slow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, false, func, select

from flowslot.app.views import LastRun, RunCounts
from flowslot.domain.runs import RunStatus
from flowslot.storage.tables import flow, registration, run

MOST = 50_000
_FAILED = (RunStatus.FAILED.value, RunStatus.EXCEPTION.value)


def counts(
    connection: Connection, column: ColumnElement[str], ids: Sequence[str], *, since: str
) -> Mapping[str, RunCounts]:
    """Runs since an id, by the value of a column of `run` that is among `ids`; test runs are not counted."""
    recent = select(column.label("id"), run.c.status.label("status")).where(
        column.in_(ids), run.c.id >= since, run.c.test == false()
    )
    seen = recent.limit(MOST).subquery()
    query = select(seen.c.id, seen.c.status, func.count().label("many")).group_by(seen.c.id, seen.c.status)
    by_id: dict[str, dict[str, int]] = {}
    for row in connection.execute(query):
        by_id.setdefault(row.id, {})[row.status] = row.many
    return {each: _counts(by_status) for each, by_status in by_id.items()}


def last_of_registrations(connection: Connection, ids: Sequence[str]) -> Mapping[str, LastRun]:
    """The newest run of each registration."""
    newest = select(func.max(run.c.id)).where(run.c.registration_id == registration.c.id).scalar_subquery()
    query = select(registration.c.id, newest.label("run")).where(registration.c.id.in_(ids))
    return _last(connection, {row.id: row.run for row in connection.execute(query) if row.run})


def last_of_flows(connection: Connection, ids: Sequence[str]) -> Mapping[str, LastRun]:
    """The newest run of each flow, in any workspace."""
    newest = select(func.max(run.c.id)).where(run.c.flow_id == flow.c.id).scalar_subquery()
    query = select(flow.c.id, newest.label("run")).where(flow.c.id.in_(ids))
    return _last(connection, {row.id: row.run for row in connection.execute(query) if row.run})


def _last(connection: Connection, runs: Mapping[str, str]) -> Mapping[str, LastRun]:
    query = select(run.c.id, run.c.status, run.c.queued_at).where(run.c.id.in_(list(runs.values())))
    found = {row.id: LastRun(row.id, RunStatus(row.status), row.queued_at) for row in connection.execute(query)}
    return {each: found[newest] for each, newest in runs.items() if newest in found}


def _counts(by_status: Mapping[str, int]) -> RunCounts:
    return RunCounts(
        success=by_status.get(RunStatus.SUCCESS.value, 0), failed=sum(by_status.get(each, 0) for each in _FAILED)
    )
