"""What a caller may see, as conditions for queries: what is outside their workspaces does not exist for them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select, true

from flowslot.app.callers import Scope
from flowslot.storage.tables import flow, registration, workspace

Condition = ColumnElement[bool]


class Sight:
    """The conditions of one caller's scope. A scope of the whole account adds nothing to a query."""

    def __init__(self, scope: Scope) -> None:
        self._slugs = None if scope.workspaces is None else sorted(scope.workspaces)

    def workspace(self, column: ColumnElement[str]) -> Condition:
        """Holds for the workspaces in scope; `column` is a workspace id."""
        if self._slugs is None:
            return true()
        return column.in_(select(workspace.c.id).where(workspace.c.slug.in_(self._slugs)))

    def flow(self, column: ColumnElement[str]) -> Condition:
        """Holds for the flows at home in a workspace in scope, or registered to one; `column` is a flow id."""
        if self._slugs is None:
            return true()
        at_home = select(flow.c.id).where(self.workspace(flow.c.home_workspace_id))
        registered = select(registration.c.flow_id).where(self.workspace(registration.c.workspace_id))
        return or_(column.in_(at_home), column.in_(registered))
