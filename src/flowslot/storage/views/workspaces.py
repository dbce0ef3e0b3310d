"""The list of workspaces, and one of them."""

from __future__ import annotations

from sqlalchemy import Connection, select

from flowslot.app.callers import Scope
from flowslot.app.views import Page, PageAsk, WorkspaceView
from flowslot.domain.flow import WorkspaceKind
from flowslot.storage.tables import workspace
from flowslot.storage.views.rows import AnyRow, cut
from flowslot.storage.views.scope import sees, workspace_row


def list_workspaces(connection: Connection, scope: Scope, *, page: PageAsk) -> Page[WorkspaceView]:
    query = select(workspace).where(sees(scope, workspace.c.slug)).order_by(workspace.c.slug).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(workspace.c.slug > str(page.after))
    found = cut(list(connection.execute(query)), page, key="slug")
    return Page([_view(row) for row in found.items], found.next)


def show_workspace(connection: Connection, scope: Scope, slug: str) -> WorkspaceView:
    return _view(workspace_row(connection, scope, slug))


def _view(row: AnyRow) -> WorkspaceView:
    return WorkspaceView(row.slug, row.name, WorkspaceKind(row.kind), row.customer, row.created_at)
