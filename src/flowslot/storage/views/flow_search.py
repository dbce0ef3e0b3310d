"""Flows searched for and sorted: which ones a part of the flow list shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, and_, func, select

from flowslot.app.callers import Scope
from flowslot.app.lists import MOST_SORTED, FlowFilter, RunningOn
from flowslot.app.views import Page, PageAsk
from flowslot.domain.resolve import version_to_run
from flowslot.storage.tables import flow, registration, run, version, workspace
from flowslot.storage.views import activity, tallies
from flowslot.storage.views.now import Now
from flowslot.storage.views.rows import AnyRow, AnySelect, flow_of, registration_of
from flowslot.storage.views.scope import sees
from flowslot.storage.views.sorting import Line, Value, holds, refuse_too_many, sorted_part, text_value


def found_flows(
    connection: Connection,
    scope: Scope,
    query: AnySelect,
    *,
    only: FlowFilter,
    here: str | None,
    page: PageAsk,
    now: Now,
) -> Page[str]:
    """The slugs of a part of the flows in `query` that the filter finds, in its order."""
    rows = connection.execute(query.limit(MOST_SORTED + 1)).all()
    refuse_too_many(rows)
    if only.text:
        rows = [row for row in rows if holds(only.text, row.slug, row.name)]
    if only.running_on is not None:
        where = _running_on(connection, scope, here, now)
        rows = [row for row in rows if where(row) is only.running_on]
    of = _VALUES[only.order.by](connection, scope, rows, here, now)
    lines = [Line(row.slug, of.get(row.id)) for row in rows]
    return sorted_part(lines, page, descending=only.order.descending)


def _running_on(connection: Connection, scope: Scope, here: str | None, now: Now) -> Callable[[AnyRow], RunningOn]:
    registered = {row.flow_id: row for row in connection.execute(_registrations(scope, here))}

    def where(row: AnyRow) -> RunningOn:
        if row.id not in registered:
            return RunningOn.NONE
        resolved = version_to_run(flow_of(row), registration_of(registered[row.id]), empty_main=now.empty_main)
        return RunningOn.NONE if resolved.running_on is None else RunningOn(resolved.running_on.value)

    return where


def _registrations(scope: Scope, here: str | None) -> AnySelect:
    """The registrations that the lines speak of: in the workspace asked for, or else in the flow's home."""
    place = flow.c.home_workspace_id if here is None else here
    return (
        select(registration)
        .join(workspace, workspace.c.id == registration.c.workspace_id)
        .join(flow, and_(flow.c.id == registration.c.flow_id, registration.c.workspace_id == place))
        .where(sees(scope, workspace.c.slug))
    )


Values = Mapping[str, Value]
_Reading = Callable[[Connection, Scope, Sequence[AnyRow], str | None, Now], Values]


def _names(connection: Connection, scope: Scope, rows: Sequence[AnyRow], here: str | None, now: Now) -> Values:
    return {row.id: text_value(row.name) for row in rows}


def _saved(connection: Connection, scope: Scope, rows: Sequence[AnyRow], here: str | None, now: Now) -> Values:
    """When the newest version was saved."""
    latest = and_(version.c.flow_id == flow.c.id, version.c.number == flow.c.latest_version)
    return _by_id(connection, select(flow.c.id, version.c.at.label("value")).outerjoin(version, latest))


def _last_runs(connection: Connection, scope: Scope, rows: Sequence[AnyRow], here: str | None, now: Now) -> Values:
    if here is None and scope.workspaces is None:
        newest = select(func.max(run.c.id)).where(run.c.flow_id == flow.c.id).scalar_subquery()
        return _by_id(connection, select(flow.c.id, newest.label("value")))
    theirs = _registrations(scope, here).subquery()
    newest = select(func.max(run.c.id)).where(run.c.registration_id == theirs.c.id).scalar_subquery()
    return _by_id(connection, select(theirs.c.flow_id.label("id"), newest.label("value")))


def _failed(connection: Connection, scope: Scope, rows: Sequence[AnyRow], here: str | None, now: Now) -> Values:
    """Failed runs of 24 hours."""
    day = [now.moment - activity.HOURS * tallies.HOUR]
    if here is None and scope.workspaces is None:
        counted = tallies.tallied(connection, tallies.of_flows(flow.c.id.is_not(None)), day)
        return {row.id: activity.counts_of(counted.of(row.id)).failed for row in rows}
    theirs = {row.id: row.flow_id for row in connection.execute(_registrations(scope, here))}
    which = registration.c.id.in_(select(_registrations(scope, here).subquery().c.id))
    counted = tallies.tallied(connection, tallies.of_registrations(which), day)
    return {its: activity.counts_of(counted.of(each)).failed for each, its in theirs.items()}


def _nothing(connection: Connection, scope: Scope, rows: Sequence[AnyRow], here: str | None, now: Now) -> Values:
    return {row.id: row.slug for row in rows}


def _by_id(connection: Connection, query: AnySelect) -> Values:
    return {row.id: row.value for row in connection.execute(query).all()}


_VALUES: Mapping[str, _Reading] = {
    "": _nothing,
    "slug": _nothing,
    "name": _names,
    "saved": _saved,
    "last_run": _last_runs,
    "failed": _failed,
}
