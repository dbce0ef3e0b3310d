"""What registrations and flows did lately: runs of 24 hours counted, and the last run of each.

Counting is bounded (tallies.py), so that a busy account cannot make a list slow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from flowslot.app.views import LastRun, RunCounts
from flowslot.domain.runs import RunStatus
from flowslot.storage.tables import flow, registration, run
from flowslot.storage.views.tallies import Tallies, Tally

HOURS = 24


def counts_of(tally: Tally) -> RunCounts:
    return RunCounts(success=tally.success, failed=tally.failed + tally.exception)


def hours_of(tallies: Tallies, owner: str) -> tuple[RunCounts, ...]:
    """The last 24 hours of a flow or registration, the oldest first."""
    return tuple(map(counts_of, tallies.by_period(owner, many=HOURS)))


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
