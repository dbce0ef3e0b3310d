"""Hints for whoever writes a flow: what the checker knows at a caret, with the flows that the workspace has."""

from __future__ import annotations

from collections.abc import Mapping

from flowslot.app.callers import Role
from flowslot.app.ports import Call, Deps
from flowslot.app.surroundings import called_around
from flowslot.base.json_text import Json
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.domain.definition import Definition
from flowslot.domain.hints import Hints, Writing


def hints(deps: Deps, call: Call, *, flow: str, workspace: str, definition: Json, writing: Writing) -> Hints:
    """What can be said at a caret in a definition, however broken it is. Nothing is saved and nothing put on record."""
    call.caller.needs(Role.VIEWER)
    with deps.store.read(call.caller) as uow:
        row, here = uow.flows.get(flow), uow.workspaces.get(workspace)

    def called_by(written: Definition) -> Mapping[FlowCall, CalledFlow]:
        if not written.called_flows():
            return {}
        with deps.store.read(call.caller) as uow:
            return called_around(deps, uow, flow=row, definition=written, workspace=here.id)

    return deps.definitions.hints(definition, writing, called_by)
