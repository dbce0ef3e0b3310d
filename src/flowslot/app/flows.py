"""Flows: creating, looking at, changing and deleting them."""

from __future__ import annotations

from dataclasses import replace

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.ports import Call, Deps, UnitOfWork
from flowslot.app.refusals import refuse_invalid
from flowslot.app.showing import show_flow
from flowslot.app.views import FlowView
from flowslot.base.errors import InUse
from flowslot.base.ids import FlowId, RegistrationId
from flowslot.base.json_text import Json
from flowslot.domain.flow import Flow, Registration, Visibility, Workspace
from flowslot.domain.naming import name_problems, slug_problems
from flowslot.domain.registering import may_become, new_flow, with_one_more
from flowslot.domain.saving import is_stale


def create(
    deps: Deps, call: Call, *, slug: str, name: str, workspace: str, visibility: Visibility = Visibility.SHARED
) -> FlowView:
    """Makes a flow and registers it to its own workspace: active, on main, which is empty yet (R7)."""
    call.caller.needs(Role.AUTHOR)
    refuse_invalid(slug_problems(slug=slug), name_problems(name=name))
    with deps.store.begin(call) as uow:
        home = uow.workspaces.get(workspace)
        flow = new_flow(FlowId(deps.ids.new("flow")), slug=slug, name=name, visibility=visibility, home=home.id)
        uow.flows.add(with_one_more(flow))
        uow.registrations.add(new_registration(deps, flow, home))
        about: dict[str, Json] = {"slug": slug, "visibility": visibility.value}
        uow.record(event(Action.FLOW_CREATED, flow=flow.id, workspace=home.id, revision=flow.revision, about=about))
        uow.record(event(Action.REGISTRATION_ADDED, flow=flow.id, workspace=home.id))
        return uow.commit(show_flow(uow, with_one_more(flow), scope=call.caller.scope))


def get(deps: Deps, call: Call, *, slug: str) -> FlowView:
    """A flow as it stands. Raises NotFound, also for what is out of scope."""
    with deps.store.read(call.caller) as uow:
        return show_flow(uow, uow.flows.get(slug), scope=call.caller.scope)


def change(
    deps: Deps, call: Call, *, slug: str, name: str | None = None, visibility: Visibility | None = None
) -> FlowView:
    """Changes what is given. A flow that other workspaces have stays shared (R15): InUse.

    Where that leaves all as it was, nothing is on record.
    """
    call.caller.needs(Role.AUTHOR)
    call.caller.scope.needs_account()
    refuse_invalid(name_problems(name=name))
    with deps.store.begin(call) as uow:
        old = uow.flows.get(slug)
        new = replace(old, name=old.name if name is None else name, visibility=visibility or old.visibility)
        _refuse_private_elsewhere(uow, old, new.visibility)
        if new != old:
            uow.flows.replace(new, seen_revision=old.revision)
            said: dict[str, Json] = {"name": new.name, "visibility": new.visibility.value}
            uow.record(event(Action.FLOW_CHANGED, flow=new.id, about=said))
        return uow.commit(show_flow(uow, new, scope=call.caller.scope))


def delete(deps: Deps, call: Call, *, slug: str) -> None:
    """Deletes a flow with its versions and ended runs. InUse while other workspaces have it or runs have not ended."""
    call.caller.needs(Role.PROMOTER)
    call.caller.scope.needs_account()
    with deps.store.begin(call) as uow:
        flow = uow.flows.get(slug)
        if elsewhere := _registered_elsewhere(uow, flow):
            raise InUse(f"Other workspaces ({elsewhere}) have the flow too; take it out of them first.")
        if open_runs := sum(uow.runs.in_flight(flow.id).values()):
            raise InUse(f"Runs of the flow ({open_runs}) have not ended; cancel them or let them end.")
        uow.flows.remove(flow.id)
        uow.record(event(Action.FLOW_DELETED, flow=flow.id, about={"slug": slug, "name": flow.name}))
        uow.commit(None)


def seen_flow(uow: UnitOfWork, slug: str, *, expected_revision: int) -> Flow:
    """The flow, if it is as the caller saw it; RevisionConflict with what changed meanwhile otherwise (R18)."""
    flow = uow.flows.get(slug)
    if is_stale(flow, expected_revision):
        raise uow.flows.conflict(flow, seen_revision=expected_revision)
    return flow


def new_registration(deps: Deps, flow: Flow, workspace: Workspace) -> Registration:
    """A registration as it begins: active, looking to main (R7), nothing filled in, with addresses of its own."""
    return Registration(
        id=RegistrationId(deps.ids.new("reg")),
        flow=flow.id,
        workspace=workspace.id,
        active=True,
        staging_epoch=None,
        config={},
        connections={},
        hook_main=deps.ids.secret(),
        hook_staging=deps.ids.secret(),
        since=deps.clock.now(),
    )


def _registered_elsewhere(uow: UnitOfWork, flow: Flow) -> int:
    at_home = uow.registrations.find(flow.id, flow.home_workspace)
    return flow.registrations - (1 if at_home else 0)


def _refuse_private_elsewhere(uow: UnitOfWork, flow: Flow, visibility: Visibility) -> None:
    elsewhere = _registered_elsewhere(uow, flow)
    if not may_become(flow, visibility, elsewhere=elsewhere):
        raise InUse(f"Other workspaces ({elsewhere}) have the flow too; take it out of them before making it private.")
