"""The flow list, of a workspace or of the account, and the head of one flow (R8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, or_, select

from flowslot.app.callers import Scope
from flowslot.app.lists import FlowFilter
from flowslot.app.showing import flow_view
from flowslot.app.views import FlowRow, FlowView, LastRun, Page, PageAsk, RunCounts, VersionView
from flowslot.domain.flow import Flow
from flowslot.domain.resolve import version_to_run
from flowslot.domain.slots import slot_of
from flowslot.storage.tables import flow, registration, workspace
from flowslot.storage.views import activity, tallies
from flowslot.storage.views.flow_search import found_flows
from flowslot.storage.views.now import Now
from flowslot.storage.views.rows import AnyRow, AnySelect, cut, flow_of, registration_of, version_of
from flowslot.storage.views.scope import flow_row, sees, sees_flow, workspace_row
from flowslot.storage.views.versions import rows_of

Versions = Mapping[tuple[str, int], AnyRow]


@dataclass(frozen=True, slots=True)
class _Activity:
    """Runs of each flow on a page: counts of 24 hours, and the last one."""

    hours: Mapping[str, tuple[RunCounts, ...]]
    last: Mapping[str, LastRun]


def list_flows(connection: Connection, scope: Scope, *, only: FlowFilter, page: PageAsk, now: Now) -> Page[FlowRow]:
    here = None if only.workspace is None else str(workspace_row(connection, scope, only.workspace).id)
    query = flows_of(scope, here)
    if only.text or only.running_on or only.order.by:
        part = found_flows(connection, scope, query, only=only, here=here, page=page, now=now)
        query = query.where(flow.c.slug.in_(part.items))
        rows = {row.slug: row for row in connection.execute(query)}
        found = Page([rows[slug] for slug in part.items], part.next)
    else:
        query = query.order_by(flow.c.slug).limit(page.limit + 1)
        if page.after is not None:
            query = query.where(flow.c.slug > str(page.after))
        found = cut(list(connection.execute(query)), page, key="slug")
    return Page(_shown(connection, scope, [flow_of(row) for row in found.items], here, now), found.next)


def show_flow(connection: Connection, scope: Scope, slug: str) -> FlowView:
    found = flow_of(flow_row(connection, scope, slug))
    versions = rows_of(connection, scope, [found])
    homes = _slugs(connection, scope, [found])
    return _view(found, versions, homes, _registered(connection, scope, [found]))


def flows_of(scope: Scope, here: str | None) -> AnySelect:
    """The flows in scope; with a workspace, those at home or registered there."""
    query = select(flow).where(sees_flow(scope))
    if here is None:
        return query
    registered = select(registration.c.flow_id).where(registration.c.workspace_id == here)
    return query.where(or_(flow.c.home_workspace_id == here, flow.c.id.in_(registered)))


def _shown(
    connection: Connection, scope: Scope, flows: Sequence[Flow], here: str | None, now: Now
) -> Sequence[FlowRow]:
    versions = rows_of(connection, scope, flows)
    homes = _slugs(connection, scope, flows)
    registered = _registered(connection, scope, flows)
    registrations = _registrations(connection, scope, flows, here)
    kinds = now.kinds.of(connection, versions.values())
    did = _activity(connection, scope, flows, here, registrations, now)
    return [
        _row(each, _view(each, versions, homes, registered), registrations.get(each.id), versions, kinds, did, now)
        for each in flows
    ]


def _row(
    each: Flow,
    shown: FlowView,
    here: AnyRow | None,
    versions: Versions,
    kinds: Mapping[str, str],
    did: _Activity,
    now: Now,
) -> FlowRow:
    registered = None if here is None else registration_of(here)
    resolved = None if registered is None else version_to_run(each, registered, empty_main=now.empty_main)
    candidates = (resolved and resolved.version, each.staging_version, each.main_version, each.latest_version)
    hours = did.hours[each.id]
    told = next((versions[each.id, number] for number in candidates if number and (each.id, number) in versions), None)
    return FlowRow(
        flow=shown,
        workspace=None if here is None else here.workspace_slug,
        running_on=None if resolved is None else resolved.running_on,
        slot=None if registered is None else slot_of(each, registered),
        active=registered is not None and registered.active,
        fallback=resolved is not None and resolved.fallback,
        trigger_kind=None if told is None else kinds.get(told.hash),
        runs_24h=RunCounts(sum(hour.success for hour in hours), sum(hour.failed for hour in hours)),
        hours=hours,
        last_run=did.last.get(each.id),
    )


def _view(each: Flow, versions: Versions, homes: Mapping[str, str], registered: Mapping[str, int]) -> FlowView:
    def shown(number: int | None) -> VersionView | None:
        row = versions.get((each.id, number or 0))
        return None if row is None else version_of(row, each)

    return flow_view(each, shown, home=homes.get(each.home_workspace), registrations=registered.get(each.id, 0))


def _slugs(connection: Connection, scope: Scope, flows: Sequence[Flow]) -> Mapping[str, str]:
    homes = {each.home_workspace for each in flows}
    query = select(workspace.c.id, workspace.c.slug).where(workspace.c.id.in_(homes), sees(scope, workspace.c.slug))
    return {row.id: row.slug for row in connection.execute(query)}


def _registered(connection: Connection, scope: Scope, flows: Sequence[Flow]) -> Mapping[str, int]:
    """How many workspaces in scope have each flow."""
    if scope.workspaces is None:
        return {each.id: each.registrations for each in flows}
    query = (
        select(registration.c.flow_id, func.count().label("many"))
        .join(workspace, workspace.c.id == registration.c.workspace_id)
        .where(registration.c.flow_id.in_([each.id for each in flows]), sees(scope, workspace.c.slug))
        .group_by(registration.c.flow_id)
    )
    return {row.flow_id: row.many for row in connection.execute(query)}


def _registrations(
    connection: Connection, scope: Scope, flows: Sequence[Flow], here: str | None
) -> Mapping[str, AnyRow]:
    """The registration a line speaks of: the one in the workspace asked for, or else in the flow's home."""
    query = (
        select(registration, workspace.c.slug.label("workspace_slug"))
        .join(workspace, workspace.c.id == registration.c.workspace_id)
        .join(flow, flow.c.id == registration.c.flow_id)
        .where(registration.c.flow_id.in_([each.id for each in flows]), sees(scope, workspace.c.slug))
        .where(registration.c.workspace_id == (flow.c.home_workspace_id if here is None else here))
    )
    return {row.flow_id: row for row in connection.execute(query)}


def _activity(
    connection: Connection,
    scope: Scope,
    flows: Sequence[Flow],
    here: str | None,
    registrations: Mapping[str, AnyRow],
    now: Now,
) -> _Activity:
    starts = tallies.hours_before(now.moment, activity.HOURS)
    if here is None and scope.workspaces is None:
        ids = [str(each.id) for each in flows]
        counted = tallies.tallied(connection, tallies.of_flows(flow.c.id.in_(ids)), starts)
        return _Activity(
            {each: activity.hours_of(counted, each) for each in ids}, activity.last_of_flows(connection, ids)
        )
    ids_by_flow = {str(each.id): registrations[each.id].id if each.id in registrations else "" for each in flows}
    ids = [each for each in ids_by_flow.values() if each]
    counted = tallies.tallied(connection, tallies.of_registrations(registration.c.id.in_(ids)), starts)
    last = activity.last_of_registrations(connection, ids)
    return _Activity(
        {each: activity.hours_of(counted, its) for each, its in ids_by_flow.items()},
        {each: last[its] for each, its in ids_by_flow.items() if its in last},
    )
