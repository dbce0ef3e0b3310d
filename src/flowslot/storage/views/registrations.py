"""The Registrations tab: every workspace that has a flow, its slot, version, configuration and activity (R6, R8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, func, select

from flowslot.app.callers import Scope
from flowslot.app.lists import RegistrationFilter
from flowslot.app.views import Page, PageAsk, RegistrationRow, RegistrationView
from flowslot.base.errors import NotFound
from flowslot.domain.flow import Flow
from flowslot.domain.resolve import EmptyMain, Resolution, version_to_run
from flowslot.domain.slots import slot_of
from flowslot.storage.tables import registration, schedule, workspace
from flowslot.storage.views import activity, tallies
from flowslot.storage.views.now import Now
from flowslot.storage.views.registration_search import found_registrations, registrations_of
from flowslot.storage.views.rows import AnyRow, cut, flow_of, registration_of
from flowslot.storage.views.scope import flow_row
from flowslot.storage.views.versions import rows_of


def list_registrations(
    connection: Connection, scope: Scope, slug: str, *, only: RegistrationFilter, page: PageAsk, now: Now
) -> Page[RegistrationRow]:
    flow = flow_of(flow_row(connection, scope, slug))
    query = registrations_of(flow, scope, only)
    if only.text or only.complete is not None or only.order.by:
        part = found_registrations(connection, flow, query, only=only, page=page, now=now)
        rows = {row.workspace_slug: row for row in connection.execute(query.where(workspace.c.slug.in_(part.items)))}
        found = Page([rows[each] for each in part.items], part.next, part.total)
    else:
        total = connection.scalar(select(func.count()).select_from(query.subquery()))
        query = query.order_by(workspace.c.slug).limit(page.limit + 1)
        if page.after is not None:
            query = query.where(workspace.c.slug > str(page.after))
        found = replace(cut(list(connection.execute(query)), page, key="workspace_slug"), total=total)
    return Page(_shown(connection, scope, flow, found.items, now), found.next, found.total)


def show_registration(connection: Connection, scope: Scope, slug: str, *, of: str, now: Now) -> RegistrationRow:
    flow = flow_of(flow_row(connection, scope, slug))
    found = connection.execute(
        registrations_of(flow, scope, RegistrationFilter()).where(workspace.c.slug == of)
    ).first()
    if found is None:
        raise NotFound(f"The flow {slug!r} is not registered in a workspace {of!r} here.")
    return _shown(connection, scope, flow, [found], now)[0]


def next_ticks(connection: Connection, flow: Flow) -> Mapping[str, str]:
    """When a flow's registrations start next by schedule, by slot."""
    query = select(schedule.c.slot, schedule.c.next_at).where(schedule.c.flow_id == flow.id)
    return {row.slot: row.next_at for row in connection.execute(query)}


def _shown(
    connection: Connection, scope: Scope, flow: Flow, rows: Sequence[AnyRow], now: Now
) -> Sequence[RegistrationRow]:
    ids = [row.id for row in rows]
    versions = [row for row in rows_of(connection, scope, [flow]).values() if row.number in _in_slots(flow)]
    webhooks = "webhook" in now.kinds.of(connection, versions).values()
    ticks = next_ticks(connection, flow)
    which = tallies.of_registrations(registration.c.id.in_(ids))
    counted = tallies.tallied(connection, which, [now.moment - activity.HOURS * tallies.HOUR])
    last = activity.last_of_registrations(connection, ids)
    missing = now.completeness.of_rows(connection, [flow], rows)
    return [
        RegistrationRow(
            _view(flow, row, empty_main=now.empty_main, ticks=ticks, webhooks=webhooks),
            row.workspace_name,
            missing.get(row.id, ()),
            activity.counts_of(counted.of(row.id)),
            last.get(row.id),
        )
        for row in rows
    ]


def _in_slots(flow: Flow) -> tuple[int | None, ...]:
    return flow.main_version, flow.staging_version


def _view(
    flow: Flow, row: AnyRow, *, empty_main: EmptyMain, ticks: Mapping[str, str], webhooks: bool
) -> RegistrationView:
    here = registration_of(row)
    resolved = version_to_run(flow, here, empty_main=empty_main)
    return RegistrationView(
        flow=flow.slug,
        workspace=row.workspace_slug,
        customer=row.customer,
        slot=slot_of(flow, here),
        fallback=resolved.fallback,
        resolved_version=resolved.version,
        active=here.active,
        config=here.config,
        connections=here.connections,
        takes_webhooks=webhooks,
        hook_main=here.hook_main,
        hook_staging=here.hook_staging,
        webhook_secret_set=row.webhook_secret is not None,
        next_tick=_next_tick(resolved, ticks) if here.active else None,
        since=row.since,
    )


def _next_tick(resolved: Resolution, ticks: Mapping[str, str]) -> str | None:
    return None if resolved.running_on is None else ticks.get(resolved.slot.value)
