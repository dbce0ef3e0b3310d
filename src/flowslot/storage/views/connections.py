"""The connections of a workspace, without their secrets."""

from __future__ import annotations

from sqlalchemy import Connection, select

from flowslot.app.callers import Scope
from flowslot.app.views import ConnectionView, Page, PageAsk
from flowslot.base.errors import NotFound
from flowslot.storage.tables import connection as table
from flowslot.storage.views.rows import AnyRow, AnySelect, cut, document
from flowslot.storage.views.scope import workspace_row


def list_connections(connection: Connection, scope: Scope, slug: str, *, page: PageAsk) -> Page[ConnectionView]:
    here = workspace_row(connection, scope, slug)
    query = _connections(here).order_by(table.c.slug).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(table.c.slug > str(page.after))
    found = cut(list(connection.execute(query)), page, key="slug")
    return Page([_view(row, here) for row in found.items], found.next)


def show_connection(connection: Connection, scope: Scope, slug: str, *, named: str) -> ConnectionView:
    here = workspace_row(connection, scope, slug)
    found = connection.execute(_connections(here).where(table.c.slug == named)).first()
    if found is None:
        raise NotFound(f"The workspace {slug!r} has no connection {named!r}.")
    return _view(found, here)


def _connections(workspace: AnyRow) -> AnySelect:
    shown = [column for column in table.c if column.name != "sealed"]
    return select(*shown).where(table.c.workspace_id == workspace.id)


def _view(row: AnyRow, workspace: AnyRow) -> ConnectionView:
    return ConnectionView(
        id=row.id,
        workspace=workspace.slug,
        slug=row.slug,
        connector=row.connector,
        settings=document(row.settings),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
