"""Connections: a workspace's credentials for outside systems, their secrets sealed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from flowslot.app.ports import Connection
from flowslot.base.clock import time_from, time_text
from flowslot.base.errors import AlreadyExists, NotFound
from flowslot.base.ids import ConnectionId, WorkspaceId
from flowslot.base.json_text import dump, stored
from flowslot.storage import tables
from flowslot.storage.work import Work, duplicate_is

_table = tables.connection


class SqlConnections:
    """The Connections port."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, connection: Connection) -> None:
        with duplicate_is(_taken(connection)):
            self._work.connection.execute(insert(_table).values(id=connection.id, **_values(connection)))

    def get(self, workspace: WorkspaceId, slug: str) -> Connection:
        here = select(_table).where(_table.c.workspace_id == workspace, _table.c.slug == slug, self._seen)
        row = self._work.connection.execute(here).one_or_none()
        if row is None:
            raise NotFound(f"There is no connection {slug!r} in this workspace.")
        return connection_from(row)

    def of(self, workspace: WorkspaceId) -> Sequence[Connection]:
        here = select(_table).where(_table.c.workspace_id == workspace, self._seen).order_by(_table.c.slug)
        return [connection_from(row) for row in self._work.connection.execute(here)]

    def connectors(self, workspaces: Collection[WorkspaceId]) -> Mapping[WorkspaceId, Mapping[str, str]]:
        which = select(_table.c.workspace_id, _table.c.slug, _table.c.connector)
        here = which.where(_table.c.workspace_id.in_(sorted(workspaces)), self._seen)
        found: dict[WorkspaceId, dict[str, str]] = {workspace: {} for workspace in workspaces}
        for row in self._work.connection.execute(here):
            found[WorkspaceId(row.workspace_id)][row.slug] = row.connector
        return found

    def replace(self, connection: Connection) -> None:
        change = update(_table).where(_table.c.id == connection.id, self._seen).values(**_values(connection))
        with duplicate_is(_taken(connection)):
            if self._work.connection.execute(change).rowcount == 0:
                raise NotFound("There is no such connection.")

    def remove(self, connection: ConnectionId) -> None:
        gone = delete(_table).where(_table.c.id == connection, self._seen)
        if self._work.connection.execute(gone).rowcount == 0:
            raise NotFound("There is no such connection.")

    @property
    def _seen(self) -> Any:  # Any: a condition; SQLAlchemy's own type of it is of no use to a reader
        return self._work.sight.workspace(_table.c.workspace_id)


def connection_from(row: Row[Any]) -> Connection:
    """The connection that a row of the table is."""
    return Connection(
        id=ConnectionId(row.id),
        workspace=WorkspaceId(row.workspace_id),
        slug=row.slug,
        connector=row.connector,
        settings=stored(row.settings),
        sealed=row.sealed,
        created_at=time_from(row.created_at),
        updated_at=time_from(row.updated_at),
    )


def _taken(connection: Connection) -> AlreadyExists:
    return AlreadyExists(f"The workspace has a connection {connection.slug!r} already; choose another slug.")


def _values(connection: Connection) -> dict[str, object]:
    return {
        "workspace_id": connection.workspace,
        "slug": connection.slug,
        "connector": connection.connector,
        "settings": dump(connection.settings),
        "sealed": connection.sealed,
        "created_at": time_text(connection.created_at),
        "updated_at": time_text(connection.updated_at),
    }
