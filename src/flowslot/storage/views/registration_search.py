"""Registrations of a flow searched for and sorted: which ones a part of the Registrations tab shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection, func, or_, select

from flowslot.app.callers import Scope
from flowslot.app.lists import MOST_SORTED, RegistrationFilter
from flowslot.app.views import Page, PageAsk
from flowslot.domain.flow import Flow
from flowslot.domain.resolve import falls_back
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot
from flowslot.storage.tables import registration, run, workspace
from flowslot.storage.views import activity, tallies
from flowslot.storage.views.now import Now
from flowslot.storage.views.rows import AnyRow, AnySelect
from flowslot.storage.views.scope import sees
from flowslot.storage.views.sorting import Line, Value, holds, refuse_too_many, sorted_part, text_value

_LIGHT = (
    registration.c.id,
    registration.c.workspace_id,
    registration.c.staging_epoch,
    registration.c.since,
    workspace.c.slug.label("workspace_slug"),
    workspace.c.name.label("workspace_name"),
    workspace.c.customer,
)
"""What is looked at of every registration."""


def registrations_of(flow: Flow, scope: Scope, only: RegistrationFilter) -> AnySelect:
    """The registrations of a flow, as far as conditions on their rows find them."""
    query = (
        select(
            registration,
            workspace.c.slug.label("workspace_slug"),
            workspace.c.name.label("workspace_name"),
            workspace.c.customer,
        )
        .join(workspace, workspace.c.id == registration.c.workspace_id)
        .where(registration.c.flow_id == flow.id, sees(scope, workspace.c.slug))
    )
    if only.active is not None:
        query = query.where(registration.c.active == only.active)
    epoch = registration.c.staging_epoch
    if only.slot is Slot.STAGING:
        query = query.where(epoch == _epoch(flow))
    elif only.slot is Slot.MAIN:
        query = query.where(or_(epoch.is_(None), epoch != _epoch(flow)))
    return query


def _epoch(flow: Flow) -> int:
    """The epoch of the registrations on staging, as domain.slots says: there are none while nothing is staged."""
    return -1 if flow.staging_version is None else flow.slot_epoch


def found_registrations(
    connection: Connection, flow: Flow, query: AnySelect, *, only: RegistrationFilter, page: PageAsk, now: Now
) -> Page[str]:
    """The workspaces' slugs of a part of the registrations in `query` that the filter finds, in its order."""
    rows = connection.execute(query.with_only_columns(*_LIGHT).limit(MOST_SORTED + 1)).all()
    refuse_too_many(rows)
    if only.text:
        rows = [row for row in rows if holds(only.text, row.workspace_slug, row.workspace_name, row.customer)]
    if only.complete is not None:
        missing = now.completeness.of_flow(connection, flow)
        rows = [row for row in rows if (row.id not in missing) is only.complete]
    of = _VALUES[only.order.by](connection, flow, rows, now)
    lines = [Line(row.workspace_slug, of(row)) for row in rows]
    return sorted_part(lines, page, descending=only.order.descending)


_Of = Callable[[AnyRow], Value]
_Reading = Callable[[Connection, Flow, Sequence[AnyRow], Now], _Of]


def _workspaces(connection: Connection, flow: Flow, rows: Sequence[AnyRow], now: Now) -> _Of:
    return lambda row: str(row.workspace_slug)


def _customers(connection: Connection, flow: Flow, rows: Sequence[AnyRow], now: Now) -> _Of:
    return lambda row: text_value(row.customer)


def _since(connection: Connection, flow: Flow, rows: Sequence[AnyRow], now: Now) -> _Of:
    return lambda row: str(row.since)


def _versions(connection: Connection, flow: Flow, rows: Sequence[AnyRow], now: Now) -> _Of:
    """The version that each runs."""
    on_main = flow.staging_version if falls_back(flow, empty_main=now.empty_main) else flow.main_version
    return lambda row: flow.staging_version if row.staging_epoch == _epoch(flow) else on_main


def _last_runs(connection: Connection, flow: Flow, rows: Sequence[AnyRow], now: Now) -> _Of:
    newest = select(func.max(run.c.id)).where(run.c.registration_id == registration.c.id).scalar_subquery()
    query = select(registration.c.id, newest.label("run")).where(registration.c.flow_id == flow.id)
    found = dict(map(tuple, connection.execute(query).all()))
    return lambda row: found.get(row.id)


def _failed(connection: Connection, flow: Flow, rows: Sequence[AnyRow], now: Now) -> _Of:
    return _counted(connection, flow, now, RunStatus.FAILED, RunStatus.EXCEPTION)


def _succeeded(connection: Connection, flow: Flow, rows: Sequence[AnyRow], now: Now) -> _Of:
    return _counted(connection, flow, now, RunStatus.SUCCESS)


def _counted(connection: Connection, flow: Flow, now: Now, *statuses: RunStatus) -> _Of:
    """Runs of 24 hours that ended so."""
    since = now.moment - activity.HOURS * tallies.HOUR
    found = tallies.by_workspace(connection, flow.id, statuses=statuses, since=since)
    return lambda row: found.get(row.workspace_id, 0)


_VALUES: Mapping[str, _Reading] = {
    "": _workspaces,
    "workspace": _workspaces,
    "customer": _customers,
    "version": _versions,
    "since": _since,
    "last_run": _last_runs,
    "failed": _failed,
    "success": _succeeded,
}
