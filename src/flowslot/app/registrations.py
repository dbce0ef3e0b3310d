"""Registrations: adding a flow to a workspace, filling it in, switching it on and off, taking it out (R7, R15, R20).

What an active registration is given must fit the version it runs: values their schema, connections their connector.
What is missing may come later (validation and the promotion plan show it), values that only another version knows may
stand beside, and an inactive registration may hold anything: so it can be made ready for a coming version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.flows import new_registration
from flowslot.app.ports import Call, Deps, UnitOfWork
from flowslot.app.refusals import refuse_invalid
from flowslot.app.showing import show_registration
from flowslot.app.validation import stored_definition
from flowslot.app.views import RegistrationView
from flowslot.base.errors import AlreadyRegistered, InUse, PrivateFlow, Problem
from flowslot.base.json_text import Json
from flowslot.domain.flow import Flow, Registration
from flowslot.domain.registering import (
    may_leave,
    may_register,
    missing_connections,
    unfit_values,
    with_changed_fleet,
    with_one_less,
    with_one_more,
)
from flowslot.domain.resolve import version_to_run


def get(deps: Deps, call: Call, *, flow: str, workspace: str) -> RegistrationView:
    """A registration as it stands. Raises NotFound."""
    with deps.store.read(call.caller) as uow:
        row, here = uow.flows.get(flow), uow.workspaces.get(workspace)
        registration = uow.registrations.get(row.id, here.id)
        return show_registration(deps, uow, flow=row, workspace=here, registration=registration)


def register(
    deps: Deps,
    call: Call,
    *,
    flow: str,
    workspace: str,
    config: Json | None = None,
    connections: Mapping[str, str] | None = None,
    active: bool = True,
) -> RegistrationView:
    """Adds a flow to a workspace; it looks to main there, also while main is empty (R7).

    Refused: PrivateFlow (R15), AlreadyRegistered, Invalid for values that do not fit.
    """
    call.caller.needs(Role.AUTHOR)
    with deps.store.begin(call) as uow:
        old, here = uow.flows.get(flow), uow.workspaces.get(workspace)
        if not may_register(old, here.id):
            raise PrivateFlow
        if uow.registrations.find(old.id, here.id) is not None:
            raise AlreadyRegistered
        given = {"config": {} if config is None else config, "connections": dict(connections or {})}
        made = replace(new_registration(deps, old, here), active=active, **given)
        _refuse_unfit(deps, uow, old, made)
        new = with_one_more(old)
        uow.registrations.add(made)
        uow.flows.replace(new, seen_revision=old.revision)
        uow.record(event(Action.REGISTRATION_ADDED, flow=new.id, workspace=here.id, about={"active": active}))
        return uow.commit(show_registration(deps, uow, flow=new, workspace=here, registration=made))


def change(
    deps: Deps,
    call: Call,
    *,
    flow: str,
    workspace: str,
    config: Json | None = None,
    connections: Mapping[str, str] | None = None,
    active: bool | None = None,
) -> RegistrationView:
    """Changes what is given; `config` and `connections` each replace the whole object. Raises Invalid."""
    call.caller.needs(Role.AUTHOR)
    with deps.store.begin(call) as uow:
        old, here = uow.flows.get(flow), uow.workspaces.get(workspace)
        before = uow.registrations.get(old.id, here.id)
        after = replace(
            before,
            config=before.config if config is None else config,
            connections=before.connections if connections is None else dict(connections),
            active=before.active if active is None else active,
        )
        new = old
        if after != before:
            _refuse_unfit(deps, uow, old, after)
            new = with_changed_fleet(old)
            uow.registrations.replace(after)
            uow.flows.replace(new, seen_revision=old.revision)
            _record_change(uow, before, after)
        return uow.commit(show_registration(deps, uow, flow=new, workspace=here, registration=after))


def remove(deps: Deps, call: Call, *, flow: str, workspace: str) -> None:
    """Takes a flow out of a workspace. InUse while runs have not ended there, and where a private flow is at home."""
    call.caller.needs(Role.AUTHOR)
    with deps.store.begin(call) as uow:
        old, here = uow.flows.get(flow), uow.workspaces.get(workspace)
        registration = uow.registrations.get(old.id, here.id)
        if not may_leave(old, here.id):
            raise InUse("A private flow has no other place than its own workspace; delete the flow instead.")
        if open_runs := uow.runs.open_of(registration.id):
            raise InUse(f"Runs ({open_runs}) have not ended here; cancel them or let them end.")
        uow.registrations.remove(registration.id)
        uow.flows.replace(with_one_less(old), seen_revision=old.revision)
        uow.record(event(Action.REGISTRATION_REMOVED, flow=old.id, workspace=here.id))
        uow.commit(None)


def _refuse_unfit(deps: Deps, uow: UnitOfWork, flow: Flow, registration: Registration) -> None:
    if not isinstance(registration.config, dict):
        refuse_invalid([Problem("/config", "type", "Configuration values are an object: one value for each name.")])
    connectors = uow.connections.connectors([registration.workspace]).get(registration.workspace, {})
    missing = missing_connections(registration.connections, connectors)
    runs = version_to_run(flow, registration, empty_main=deps.empty_main).version
    if runs is None:
        refuse_invalid(missing)
        return
    definition = stored_definition(deps, uow, flow, version=runs)
    unfit = unfit_values(definition, registration, connectors, schema_problems=deps.definitions.schema_problems)
    refuse_invalid(missing, unfit)


def _record_change(uow: UnitOfWork, before: Registration, after: Registration) -> None:
    """Says what changed without the values: they may be secrets."""
    if after.active != before.active:
        action = Action.REGISTRATION_ACTIVATED if after.active else Action.REGISTRATION_DEACTIVATED
        uow.record(event(action, flow=after.flow, workspace=after.workspace))
    about: dict[str, Json] = {}
    if after.config != before.config:
        about["config"] = _names_changed(before.config, after.config)
    if after.connections != before.connections:
        about["connections"] = dict(after.connections)
    if about:
        uow.record(event(Action.REGISTRATION_CHANGED, flow=after.flow, workspace=after.workspace, about=about))


def _names_changed(before: Mapping[str, Json], after: Mapping[str, Json]) -> list[str]:
    same = {name for name in before.keys() & after.keys() if before[name] == after[name]}
    return sorted((before.keys() | after.keys()) - same)
