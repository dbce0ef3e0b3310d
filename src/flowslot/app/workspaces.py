"""Workspaces: creating, looking at, changing and deleting them."""

from __future__ import annotations

from dataclasses import replace

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.ports import Call, Deps
from flowslot.app.refusals import refuse_invalid
from flowslot.app.showing import show_workspace
from flowslot.app.views import WorkspaceView
from flowslot.base.ids import WorkspaceId
from flowslot.domain.flow import Workspace, WorkspaceKind
from flowslot.domain.naming import name_problems, slug_problems


def create(
    deps: Deps,
    call: Call,
    *,
    slug: str,
    name: str,
    kind: WorkspaceKind = WorkspaceKind.STANDARD,
    customer: str | None = None,
) -> WorkspaceView:
    """Makes a workspace. Raises AlreadyExists when the slug is taken."""
    _may_administer(call)
    refuse_invalid(slug_problems(slug=slug), name_problems(name=name, customer=customer))
    made = Workspace(WorkspaceId(deps.ids.new("ws")), slug, name, kind, customer, deps.clock.now())
    with deps.store.begin(call) as uow:
        uow.workspaces.add(made)
        uow.record(event(Action.WORKSPACE_CREATED, workspace=made.id, about={"slug": slug, "kind": kind.value}))
        return uow.commit(show_workspace(made))


def get(deps: Deps, call: Call, *, slug: str) -> WorkspaceView:
    """A workspace. Raises NotFound, also for what is out of scope."""
    with deps.store.read(call.caller) as uow:
        return show_workspace(uow.workspaces.get(slug))


def change(
    deps: Deps,
    call: Call,
    *,
    slug: str,
    name: str | None = None,
    kind: WorkspaceKind | None = None,
    customer: str | None = None,
) -> WorkspaceView:
    """Changes what is given; an empty customer takes the customer away."""
    _may_administer(call)
    refuse_invalid(name_problems(name=name, customer=customer or None))
    given = {"name": name, "kind": kind, "customer": customer}
    with deps.store.begin(call) as uow:
        old = uow.workspaces.get(slug)
        new = replace(
            old,
            name=old.name if name is None else name,
            kind=kind or old.kind,
            customer=old.customer if customer is None else (customer or None),
        )
        if new != old:
            uow.workspaces.replace(new)
            said = {key: getattr(value, "value", value) for key, value in given.items() if value is not None}
            uow.record(event(Action.WORKSPACE_CHANGED, workspace=new.id, about=said))
        return uow.commit(show_workspace(new))


def delete(deps: Deps, call: Call, *, slug: str) -> None:
    """Deletes a workspace with its connections. Raises InUse while flows live in it or are registered to it."""
    _may_administer(call)
    with deps.store.begin(call) as uow:
        workspace = uow.workspaces.get(slug)
        uow.workspaces.remove(workspace.id)
        uow.record(event(Action.WORKSPACE_DELETED, workspace=workspace.id, about={"slug": slug}))
        uow.commit(None)


def _may_administer(call: Call) -> None:
    call.caller.needs(Role.ADMIN)
    call.caller.scope.needs_account()
