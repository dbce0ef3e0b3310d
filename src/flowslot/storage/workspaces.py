"""Workspaces: where flows run for one customer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from flowslot.base.clock import time_from, time_text
from flowslot.base.errors import AlreadyExists, InUse, NotFound
from flowslot.base.ids import FlowId, WorkspaceId
from flowslot.domain.flow import Workspace, WorkspaceKind
from flowslot.storage import tables
from flowslot.storage.removing import remove_runs
from flowslot.storage.work import Work, duplicate_is, reference_is

_table = tables.workspace


class SqlWorkspaces:
    """The Workspaces port."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, workspace: Workspace) -> None:
        with duplicate_is(AlreadyExists(f"There is a workspace {workspace.slug!r} already; choose another slug.")):
            self._work.connection.execute(insert(_table).values(id=workspace.id, **_values(workspace)))
        self._work.slugs[workspace.id] = workspace.slug

    def get(self, slug: str) -> Workspace:
        return self._one(_table.c.slug == slug, f"There is no workspace {slug!r}.")

    def by_id(self, workspace: WorkspaceId) -> Workspace:
        return self._one(_table.c.id == workspace, "There is no such workspace.")

    def of_flow(self, flow: FlowId) -> Mapping[WorkspaceId, Workspace]:
        registered = select(_table).join(tables.registration).where(tables.registration.c.flow_id == flow, self._seen)
        rows = self._work.connection.execute(registered.order_by(_table.c.slug))
        return {WorkspaceId(row.id): workspace_from(row) for row in rows}

    def slugs(self, workspaces: Collection[WorkspaceId]) -> Mapping[WorkspaceId, str]:
        named = select(_table.c.id, _table.c.slug).where(_table.c.id.in_(sorted(workspaces)), self._seen)
        return {WorkspaceId(row.id): row.slug for row in self._work.connection.execute(named)}

    def replace(self, workspace: Workspace) -> None:
        change = update(_table).where(_table.c.id == workspace.id, self._seen).values(**_values(workspace))
        with duplicate_is(AlreadyExists(f"There is a workspace {workspace.slug!r} already; choose another slug.")):
            if self._work.connection.execute(change).rowcount == 0:
                raise NotFound("There is no such workspace.")

    def remove(self, workspace: WorkspaceId) -> None:
        found = self.by_id(workspace)
        self._refuse_while_in_use(found)
        connection = self._work.connection
        remove_runs(connection, tables.run.c.workspace_id == workspace)
        connection.execute(delete(tables.connection).where(tables.connection.c.workspace_id == workspace))
        with reference_is(InUse(f"Flows live in the workspace {found.slug!r} or are registered to it.")):
            connection.execute(delete(_table).where(_table.c.id == workspace))

    @property
    def _seen(self) -> Any:  # Any: a condition; SQLAlchemy's own type of it is of no use to a reader
        return self._work.sight.workspace(_table.c.id)

    def _one(self, condition: Any, missing: str) -> Workspace:
        row = self._work.connection.execute(select(_table).where(condition, self._seen)).one_or_none()
        if row is None:
            raise NotFound(missing)
        self._work.slugs[row.id] = row.slug
        return workspace_from(row)

    def _refuse_while_in_use(self, workspace: Workspace) -> None:
        connection, flow, registration = self._work.connection, tables.flow, tables.registration
        registered = select(flow.c.slug).join(registration).where(registration.c.workspace_id == workspace.id)
        at_home = select(flow.c.slug).where(flow.c.home_workspace_id == workspace.id)
        flows = connection.execute(at_home.union(registered).order_by("slug").limit(5)).scalars().all()
        if flows:
            raise InUse(f"Flows live in the workspace {workspace.slug!r} or are registered to it: {', '.join(flows)}.")


def workspace_from(row: Row[Any]) -> Workspace:
    """The workspace that a row of the table is."""
    return Workspace(
        id=WorkspaceId(row.id),
        slug=row.slug,
        name=row.name,
        kind=WorkspaceKind(row.kind),
        customer=row.customer,
        created_at=time_from(row.created_at),
    )


def _values(workspace: Workspace) -> dict[str, object]:
    return {
        "slug": workspace.slug,
        "name": workspace.name,
        "kind": workspace.kind.value,
        "customer": workspace.customer,
        "created_at": time_text(workspace.created_at),
    }
