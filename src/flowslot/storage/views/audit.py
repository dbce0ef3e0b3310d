"""The record of who did what (R19), newest first."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from flowslot.app.callers import Scope
from flowslot.app.views import AuditFilter, AuditView, Page, PageAsk
from flowslot.base.clock import time_text
from flowslot.storage.tables import audit, flow, workspace
from flowslot.storage.views.rows import AnyRow, document
from flowslot.storage.views.scope import flow_row, sees, workspace_row
from flowslot.storage.views.windows import Search, search_page

MOST = 50_000
"""Entries looked through for one page."""
SLACK = timedelta(minutes=10)
"""How far the time of an entry may be from its place in the record."""

_NAMED = (flow.c.slug.label("flow"), workspace.c.slug.label("workspace"))
_WITH_NAMES = audit.outerjoin(flow, flow.c.id == audit.c.flow_id).outerjoin(
    workspace, workspace.c.id == audit.c.workspace_id
)


def list_audit(connection: Connection, scope: Scope, *, only: AuditFilter, page: PageAsk) -> Page[AuditView]:
    within: list[ColumnElement[bool]] = []
    matching: list[ColumnElement[bool]] = []
    if only.flow is not None:
        within.append(audit.c.flow_id == flow_row(connection, scope, only.flow).id)
    if only.workspace is not None:
        matching.append(audit.c.workspace_id == workspace_row(connection, scope, only.workspace).id)
    _times(connection, only, within, matching)
    if only.action is not None:
        matching.append(
            or_(audit.c.action == only.action, audit.c.action.startswith(f"{only.action}.", autoescape=True))
        )
    if only.actor is not None:
        matching.append(audit.c.actor == only.actor)
    if scope.workspaces is not None:
        here = select(workspace.c.id).where(sees(scope, workspace.c.slug))
        matching.append(and_(audit.c.workspace_id.is_not(None), audit.c.workspace_id.in_(here)))
    shown = (*audit.c, *_NAMED)
    found = search_page(connection, Search(shown, _WITH_NAMES, audit.c.seq, within, matching, MOST), page)
    return Page([_view(row) for row in found.items], found.next)


def seq_since(connection: Connection, moment: datetime) -> int | None:
    """From which entry on everything was recorded at a moment or later; None where nothing was."""
    return connection.scalar(select(audit.c.seq).where(audit.c.at >= time_text(moment)).order_by(audit.c.at).limit(1))


def _times(
    connection: Connection,
    only: AuditFilter,
    within: list[ColumnElement[bool]],
    matching: list[ColumnElement[bool]],
) -> None:
    """Conditions on when it was. Numbers grow as times do, but for what processes do at once: they bound the search."""
    if only.since is not None:
        first = seq_since(connection, only.since - SLACK)
        within.append(false() if first is None else audit.c.seq >= first)
        matching.append(audit.c.at >= time_text(only.since))
    if only.until is not None:
        after = seq_since(connection, only.until + SLACK)
        if after is not None:
            within.append(audit.c.seq < after)
        matching.append(audit.c.at < time_text(only.until))


def _view(row: AnyRow) -> AuditView:
    return AuditView(
        seq=row.seq,
        at=row.at,
        actor=row.actor,
        action=row.action,
        flow=row.flow,
        workspace=row.workspace,
        version=row.version,
        revision=row.revision,
        about=document(row.about),
    )
