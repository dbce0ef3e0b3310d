"""Connections: a workspace's credentials for outside systems. Secrets go in and never come out."""

from __future__ import annotations

from dataclasses import replace

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.connection_settings import (
    CONNECTORS,
    ConnectionSettings,
    merged,
    opened,
    packed,
    secret_place,
    settings_from,
    split,
    unpacked,
)
from flowslot.app.ports import Call, Connection, Deps
from flowslot.app.refusals import refuse_invalid
from flowslot.app.showing import show_connection
from flowslot.app.views import ConnectionView
from flowslot.base.errors import InUse, Problem
from flowslot.base.ids import ConnectionId, WorkspaceId
from flowslot.base.json_text import Json
from flowslot.domain.naming import slug_problems


def create(deps: Deps, call: Call, *, workspace: str, slug: str, connector: str, settings: Json) -> ConnectionView:
    """Adds a connection to a workspace. Raises Invalid, and AlreadyExists when the slug is taken there."""
    call.caller.needs(Role.AUTHOR)
    unknown = f"There is no connector {connector[:63]!r}; there is: {', '.join(CONNECTORS)}."
    refuse_invalid(
        slug_problems(slug=slug), [] if connector in CONNECTORS else [Problem("/connector", "unknown", unknown)]
    )
    read = settings_from(settings)
    with deps.store.begin(call) as uow:
        here = uow.workspaces.get(workspace)
        new, now = ConnectionId(deps.ids.new("con")), deps.clock.now()
        public, sealed = _sealed(deps, here.id, new, settings=read)
        made = Connection(new, here.id, slug, connector, public, sealed, created_at=now, updated_at=now)
        uow.connections.add(made)
        uow.record(
            event(Action.CONNECTION_CREATED, workspace=here.id, about={"connection": slug, "connector": connector})
        )
        return uow.commit(show_connection(made, workspace=here))


def change(deps: Deps, call: Call, *, workspace: str, slug: str, settings: Json) -> ConnectionView:
    """Changes the settings given; a secret given as "set" is kept. The flows bound to it are validated anew (R3)."""
    call.caller.needs(Role.AUTHOR)
    with deps.store.begin(call) as uow:
        here = uow.workspaces.get(workspace)
        old = uow.connections.get(here.id, slug)
        before = _opened(deps, old)
        after = merged(before, settings)
        if after == before:
            return uow.commit(show_connection(old, workspace=here))
        public, sealed = _sealed(deps, here.id, old.id, settings=after)
        new = replace(old, settings=public, sealed=sealed, updated_at=deps.clock.now())
        uow.connections.replace(new)
        uow.flows.fleet_changed(uow.registrations.flows_bound_to(here.id, slug))
        uow.record(event(Action.CONNECTION_CHANGED, workspace=here.id, about={"connection": slug}))
        return uow.commit(show_connection(new, workspace=here))


def delete(deps: Deps, call: Call, *, workspace: str, slug: str) -> None:
    """Deletes a connection. InUse while a registration binds it."""
    call.caller.needs(Role.AUTHOR)
    with deps.store.begin(call) as uow:
        here = uow.workspaces.get(workspace)
        old = uow.connections.get(here.id, slug)
        if bound := uow.registrations.flows_bound_to(here.id, slug):
            first = uow.flows.by_id(bound[0]).slug
            raise InUse(f"Flows ({len(bound)}, {first!r} among them) use this connection here; bind another one first.")
        uow.connections.remove(old.id)
        uow.record(event(Action.CONNECTION_DELETED, workspace=here.id, about={"connection": slug}))
        uow.commit(None)


def _sealed(
    deps: Deps, workspace: WorkspaceId, connection: ConnectionId, *, settings: ConnectionSettings
) -> tuple[Json, bytes]:
    public, secrets = split(settings)
    return public, deps.vault.seal(packed(secrets), place=secret_place(workspace, connection))


def _opened(deps: Deps, connection: Connection) -> ConnectionSettings:
    place = secret_place(connection.workspace, connection.id)
    return opened(connection.settings, unpacked(deps.vault.open(connection.sealed, place=place)))
