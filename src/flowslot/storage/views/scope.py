"""What a caller may see: one workspace or flow in scope, and conditions for lists; the rest is never read."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, select, true

from flowslot.app.callers import Scope
from flowslot.base.errors import NotFound
from flowslot.storage.sight import Sight
from flowslot.storage.tables import flow, workspace
from flowslot.storage.views.rows import AnyRow


def sees(scope: Scope, slug: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the workspace with this slug is in scope."""
    if scope.workspaces is None:
        return true()
    return slug.in_(sorted(scope.workspaces))


def sees_flow(scope: Scope) -> ColumnElement[bool]:
    """Whether a flow lives in a workspace in scope, or is registered in one."""
    return Sight(scope).flow(flow.c.id)


def workspace_row(connection: Connection, scope: Scope, slug: str) -> AnyRow:
    """The row of a workspace in scope. Raises NotFound."""
    found = connection.execute(select(workspace).where(workspace.c.slug == slug, sees(scope, workspace.c.slug))).first()
    if found is None:
        raise NotFound(f"There is no workspace {slug!r} here.")
    return found


def flow_row(connection: Connection, scope: Scope, slug: str) -> AnyRow:
    """The row of a flow in scope. Raises NotFound."""
    found = connection.execute(select(flow).where(flow.c.slug == slug, sees_flow(scope))).first()
    if found is None:
        raise NotFound(f"There is no flow {slug!r} here.")
    return found


def workspace_ids(connection: Connection, scope: Scope) -> list[str] | None:
    """The ids of the workspaces in scope; None for the whole account."""
    if scope.workspaces is None:
        return None
    return list(connection.scalars(select(workspace.c.id).where(sees(scope, workspace.c.slug))))
