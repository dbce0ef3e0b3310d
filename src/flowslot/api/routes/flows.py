"""Operations on flows."""

from __future__ import annotations

from flowslot.api.answers.flows import FlowAnswer, FlowRowAnswer, flow_answer, flow_row_answer
from flowslot.api.ask import Ask
from flowslot.api.paging import PageAnswer
from flowslot.api.requests.flows import FlowChange, FlowsQuery, NewFlow
from flowslot.api.routing import Routes
from flowslot.app import flows
from flowslot.app.callers import Role
from flowslot.app.lists import FlowFilter
from flowslot.base.errors import AlreadyExists, InUse

routes = Routes("flows")


@routes.post("/flows", Role.AUTHOR, status=201, location="/flows/{slug}", errors=[AlreadyExists])
def create_flow(ask: Ask, *, body: NewFlow) -> FlowAnswer:
    """Create a flow.

    It is registered to its workspace at once: active, on main, which is empty yet (R7).
    """
    made = flows.create(
        ask.deps,
        ask.call(flow_answer),
        slug=body.slug,
        name=body.name,
        workspace=body.workspace,
        visibility=body.visibility,
    )
    return flow_answer(made)


@routes.get("/flows", Role.VIEWER)
def list_flows(ask: Ask, *, query: FlowsQuery) -> PageAnswer[FlowRowAnswer]:
    """List flows: which version runs where (R8).

    With `workspace`: the flows of that workspace, as they stand there. Without: all flows, each as it stands in its
    home workspace, with the runs of all workspaces.
    """
    only = FlowFilter(query.workspace, query.text, query.slot, query.order)
    found = ask.views.flows(ask.scope, only=only, page=ask.page(query))
    return ask.paged(found, flow_row_answer, query=query)


@routes.get("/flows/{flow}", Role.VIEWER)
def show_flow(ask: Ask, *, flow: str) -> FlowAnswer:
    """Show a flow and its slots. Its `ETag` is its revision."""
    return flow_answer(ask.views.flow(ask.scope, flow))


@routes.patch("/flows/{flow}", Role.AUTHOR, errors=[InUse])
def change_flow(ask: Ask, *, flow: str, body: FlowChange) -> FlowAnswer:
    """Change a flow's name or visibility.

    A flow that other workspaces have stays shared (R15).
    """
    return flow_answer(flows.change(ask.deps, ask.call(), slug=flow, name=body.name, visibility=body.visibility))


@routes.delete("/flows/{flow}", Role.PROMOTER, errors=[InUse])
def delete_flow(ask: Ask, *, flow: str) -> None:
    """Delete a flow with its versions and ended runs.

    Refused while other workspaces have it, or runs of it have not ended.
    """
    flows.delete(ask.deps, ask.call(), slug=flow)
