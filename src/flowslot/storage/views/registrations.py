"""The Registrations tab: every workspace that has a flow, its slot, version, configuration and activity (R6, R8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from flowslot.app.callers import Scope
from flowslot.app.views import Page, PageAsk, RegistrationRow, RegistrationView, RunCounts
from flowslot.base.errors import NotFound
from flowslot.base.ids import earliest_id
from flowslot.domain.flow import Flow
from flowslot.domain.resolve import EmptyMain, Resolution, version_to_run
from flowslot.domain.slots import slot_of
from flowslot.storage.tables import registration, run, schedule, workspace
from flowslot.storage.views import activity
from flowslot.storage.views.rows import AnyRow, AnySelect, cut, flow_of, registration_of
from flowslot.storage.views.scope import flow_row, sees
from flowslot.storage.views.trigger_kinds import TriggerKinds
from flowslot.storage.views.versions import rows_of

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Now:
    """What a reading depends on beside the database."""

    moment: datetime
    empty_main: EmptyMain
    kinds: TriggerKinds


def list_registrations(
    connection: Connection, scope: Scope, slug: str, *, page: PageAsk, now: Now
) -> Page[RegistrationRow]:
    flow = flow_of(flow_row(connection, scope, slug))
    query = _registrations(flow, scope).order_by(workspace.c.slug).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(workspace.c.slug > str(page.after))
    found = cut(list(connection.execute(query)), page, key="workspace_slug")
    return Page(_shown(connection, scope, flow, found.items, now), found.next)


def show_registration(connection: Connection, scope: Scope, slug: str, *, of: str, now: Now) -> RegistrationRow:
    flow = flow_of(flow_row(connection, scope, slug))
    found = connection.execute(_registrations(flow, scope).where(workspace.c.slug == of)).first()
    if found is None:
        raise NotFound(f"The flow {slug!r} is not registered in a workspace {of!r} here.")
    return _shown(connection, scope, flow, [found], now)[0]


def next_ticks(connection: Connection, flow: Flow) -> Mapping[str, str]:
    """When a flow's registrations start next by schedule, by slot."""
    query = select(schedule.c.slot, schedule.c.next_at).where(schedule.c.flow_id == flow.id)
    return {row.slot: row.next_at for row in connection.execute(query)}


def _registrations(flow: Flow, scope: Scope) -> AnySelect:
    return (
        select(registration, workspace.c.slug.label("workspace_slug"), workspace.c.customer)
        .join(workspace, workspace.c.id == registration.c.workspace_id)
        .where(registration.c.flow_id == flow.id, sees(scope, workspace.c.slug))
    )


def _shown(
    connection: Connection, scope: Scope, flow: Flow, rows: Sequence[AnyRow], now: Now
) -> Sequence[RegistrationRow]:
    ids = [row.id for row in rows]
    versions = [row for row in rows_of(connection, scope, [flow]).values() if row.number in _in_slots(flow)]
    webhooks = "webhook" in now.kinds.of(connection, versions).values()
    ticks = next_ticks(connection, flow)
    counted = activity.counts(connection, run.c.registration_id, ids, since=earliest_id("run", now.moment - DAY))
    last = activity.last_of_registrations(connection, ids)
    return [
        RegistrationRow(
            _view(flow, row, empty_main=now.empty_main, ticks=ticks, webhooks=webhooks),
            counted.get(row.id, RunCounts()),
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
