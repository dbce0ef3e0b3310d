"""Trials: an unsaved definition is run as a test, and nothing of it is in the history (R1, R4, R14)."""

from __future__ import annotations

import asyncio

from flowslot.app.accepting import RunParts
from flowslot.app.callers import Caller, Role
from flowslot.app.journal import Target, Trial
from flowslot.app.ports import Deps
from flowslot.app.refusals import refuse_invalid
from flowslot.app.runs import Started, Wanted, begin
from flowslot.app.surroundings import called_around
from flowslot.base.json_text import Json, dump
from flowslot.base.trace_context import traced
from flowslot.domain.definition import Definition
from flowslot.domain.runs import Trigger, TriggerKind
from flowslot.domain.validation import told


async def start_trial(
    parts: RunParts,
    caller: Caller,
    *,
    flow: str,
    workspace: str,
    definition: Json,
    run_input: Json,
    idempotency_key: str | None = None,
) -> Started:
    """Runs a definition as a test, with the configuration and connections of the workspace's registration.

    It may be inactive (R20). No version is made, no revision changes: promoting meets nothing newer (R4). The run
    keeps exactly this definition (R14). Raises Invalid where its structure, its types or the input are wrong.
    """
    caller.needs(Role.AUTHOR)
    target, parsed = await asyncio.to_thread(
        _checked, parts.deps, caller, flow=flow, workspace=workspace, definition=definition
    )
    wanted = Wanted(
        trigger=Trigger(TriggerKind.ON_DEMAND, traced({"by": caller.name})),
        run_input=run_input,
        key=None if idempotency_key is None else f"key:{caller.user}:{idempotency_key}",
        test=True,
        definition=parsed,
    )
    return await begin(parts, target, wanted)


def _checked(
    deps: Deps, caller: Caller, *, flow: str, workspace: str, definition: Json
) -> tuple[Target, Definition | None]:
    """What is to be run, if it can be. Raises NotFound, and Invalid with every problem of the definition."""
    with deps.store.read(caller) as uow:
        place, found = uow.workspaces.get(workspace), uow.flows.get(flow)
        uow.registrations.get(found.id, place.id)
        made = deps.definitions.sketch(definition)
        if made.definition is None:
            refuse_invalid(made.problems)
            raise ValueError("a document without problems is a definition")
        called = called_around(deps, uow, flow=found, definition=made.definition, workspace=place.id)
    types = deps.definitions.type_problems(made.definition, called)
    refuse_invalid(told(made.definition.document, [*made.problems, *types]))
    parsed = deps.definitions.parse(definition)
    trial = Trial(parsed.hash, dump(parsed.document), caller.name)
    return Target(flow=found.id, workspace=place.id, trial=trial), parsed
