"""Operations on workspaces."""

from __future__ import annotations

from flowslot.api.answers.workspaces import WorkspaceAnswer, workspace_answer
from flowslot.api.ask import Ask
from flowslot.api.paging import PageAnswer, PageQuery
from flowslot.api.requests.workspaces import NewWorkspace, WorkspaceChange
from flowslot.api.routing import Routes
from flowslot.app import workspaces
from flowslot.app.callers import Role
from flowslot.base.errors import AlreadyExists, InUse

routes = Routes("workspaces")


@routes.post("/workspaces", Role.ADMIN, status=201, location="/workspaces/{slug}", errors=[AlreadyExists])
def create_workspace(ask: Ask, *, body: NewWorkspace) -> WorkspaceAnswer:
    """Create a workspace."""
    made = workspaces.create(
        ask.deps,
        ask.call(workspace_answer),
        slug=body.slug,
        name=body.name,
        kind=body.kind,
        customer=body.customer,
    )
    return workspace_answer(made)


@routes.get("/workspaces", Role.VIEWER)
def list_workspaces(ask: Ask, *, query: PageQuery) -> PageAnswer[WorkspaceAnswer]:
    """List workspaces, by slug."""
    return ask.paged(ask.views.workspaces(ask.scope, page=ask.page(query)), workspace_answer)


@routes.get("/workspaces/{ws}", Role.VIEWER)
def show_workspace(ask: Ask, *, ws: str) -> WorkspaceAnswer:
    """Show a workspace."""
    return workspace_answer(ask.views.workspace(ask.scope, ws))


@routes.patch("/workspaces/{ws}", Role.ADMIN)
def change_workspace(ask: Ask, *, ws: str, body: WorkspaceChange) -> WorkspaceAnswer:
    """Change a workspace's name, kind or customer."""
    customer = body.customer or "" if "customer" in body.model_fields_set else None
    changed = workspaces.change(ask.deps, ask.call(), slug=ws, name=body.name, kind=body.kind, customer=customer)
    return workspace_answer(changed)


@routes.delete("/workspaces/{ws}", Role.ADMIN, errors=[InUse])
def delete_workspace(ask: Ask, *, ws: str) -> None:
    """Delete a workspace with its connections.

    Refused while a flow lives in it or is registered to it.
    """
    workspaces.delete(ask.deps, ask.call(), slug=ws)
