"""Registrations: one flow in one workspace. Each change grows `revision`, which tells that a cached route is stale."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update

from flowslot.base.clock import time_from, time_text
from flowslot.base.errors import AlreadyRegistered, NotFound
from flowslot.base.ids import FlowId, RegistrationId, WorkspaceId
from flowslot.base.json_text import dump, stored
from flowslot.domain.flow import Flow, Registration
from flowslot.storage import tables
from flowslot.storage.removing import refuse_while_open
from flowslot.storage.work import Work, duplicate_is

_table = tables.registration


class SqlRegistrations:
    """The Registrations port; adding and removing counts in the flow's row."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, registration: Registration) -> None:
        row = {"id": registration.id, "flow_id": registration.flow, "workspace_id": registration.workspace}
        with duplicate_is(AlreadyRegistered()):
            self._work.connection.execute(insert(_table).values(**row, revision=1, **_values(registration)))
        self._count(registration.flow, 1)

    def get(self, flow: FlowId, workspace: WorkspaceId) -> Registration:
        found = self.find(flow, workspace)
        if found is None:
            raise NotFound("The flow is not registered in this workspace.")
        return found

    def find(self, flow: FlowId, workspace: WorkspaceId) -> Registration | None:
        here = select(_table).where(_table.c.flow_id == flow, _table.c.workspace_id == workspace, self._seen)
        row = self._work.connection.execute(here).one_or_none()
        return None if row is None else registration_from(row)

    def replace(self, registration: Registration) -> None:
        self._change(registration.id, **_values(registration))

    def remove(self, registration: RegistrationId) -> None:
        gone = delete(_table).where(_table.c.id == registration, self._seen).returning(_table.c.flow_id)
        flow = self._work.connection.execute(gone).scalar()
        if flow is None:
            raise NotFound("There is no such registration.")
        open_runs = (tables.run.c.flow_id == flow) & (tables.run.c.registration_id == registration)
        refuse_while_open(self._work.connection, open_runs)
        self._count(flow, -1)

    def on_staging(self, flow: Flow) -> Sequence[Registration]:
        return self._ordered(_of(flow.id).where(_table.c.staging_epoch == flow.slot_epoch, self._seen))

    def all_of(self, flow: FlowId) -> Sequence[Registration]:
        return self._ordered(_of(flow).where(self._seen))

    def among(self, flows: Collection[FlowId], workspaces: Collection[WorkspaceId]) -> Sequence[Registration]:
        named = select(_table).where(_table.c.flow_id.in_(sorted(flows)), self._seen)
        here = named.where(_table.c.workspace_id.in_(sorted(workspaces))).order_by(_table.c.id)
        return [registration_from(row) for row in self._work.connection.execute(here)]

    def flows_bound_to(self, workspace: WorkspaceId, connection: str) -> Sequence[FlowId]:
        here = select(_table.c.flow_id, _table.c.connections).where(_table.c.workspace_id == workspace, self._seen)
        rows = self._work.connection.execute(here.order_by(_table.c.flow_id))
        return [FlowId(row.flow_id) for row in rows if connection in stored(row.connections).values()]

    def set_webhook_secret(self, registration: RegistrationId, sealed: bytes, *, previous: bytes | None) -> None:
        self._change(registration, webhook_secret=sealed, webhook_secret_previous=previous)

    def webhook_secrets(self, registration: RegistrationId) -> Sequence[bytes]:
        both = select(_table.c.webhook_secret, _table.c.webhook_secret_previous)
        row = self._work.connection.execute(both.where(_table.c.id == registration, self._seen)).one_or_none()
        return [secret for secret in row or () if secret is not None]

    @property
    def _seen(self) -> Any:  # Any: a condition; SQLAlchemy's own type of it is of no use to a reader
        return self._work.sight.workspace(_table.c.workspace_id)

    def _ordered(self, query: Select[Any]) -> list[Registration]:
        rows = self._work.connection.execute(query.order_by(tables.workspace.c.slug))
        return [registration_from(row) for row in rows]

    def _change(self, registration: RegistrationId, **values: object) -> None:
        change = update(_table).where(_table.c.id == registration, self._seen)
        if self._work.connection.execute(change.values(revision=_table.c.revision + 1, **values)).rowcount == 0:
            raise NotFound("There is no such registration.")

    def _count(self, flow: str, difference: int) -> None:
        counter = tables.flow.c.registrations
        count = update(tables.flow).where(tables.flow.c.id == flow)
        self._work.connection.execute(count.values(registrations=counter + difference))


def registration_from(row: Row[Any]) -> Registration:
    """The registration that a row of the table is."""
    return Registration(
        id=RegistrationId(row.id),
        flow=FlowId(row.flow_id),
        workspace=WorkspaceId(row.workspace_id),
        active=row.active,
        staging_epoch=row.staging_epoch,
        config=stored(row.config),
        connections=stored(row.connections),
        hook_main=row.hook_main,
        hook_staging=row.hook_staging,
        since=time_from(row.since),
    )


def _of(flow: FlowId) -> Select[Any]:
    return select(_table).join(tables.workspace).where(_table.c.flow_id == flow)


def _values(registration: Registration) -> dict[str, object]:
    return {
        "active": registration.active,
        "staging_epoch": registration.staging_epoch,
        "config": dump(registration.config),
        "connections": dump(dict(registration.connections)),
        "hook_main": registration.hook_main,
        "hook_staging": registration.hook_staging,
        "since": time_text(registration.since),
    }
