"""Operations on trials: run an unsaved definition, and read what a run executes."""

from __future__ import annotations

from flowslot.api.answers.runs import RunAnswer, RunDefinitionAnswer, run_definition_answer
from flowslot.api.ask import Ask, Reply
from flowslot.api.requests.runs import NewTrial, WaitQuery
from flowslot.api.routes.runs import answered
from flowslot.api.routing import Routes
from flowslot.app import trials
from flowslot.app.callers import Role

routes = Routes("trials")


@routes.post(
    "/flows/{flow}/trials",
    Role.AUTHOR,
    status=202,
    statuses={200: "The run, which ended in the time to wait."},
    location="/runs/{id}",
)
async def try_definition(ask: Ask, *, flow: str, query: WaitQuery, body: NewTrial) -> Reply[RunAnswer]:
    """Try a definition that is not saved.

    It runs as a test run in a workspace where the flow is registered, also inactive, with the configuration and the
    connections of that registration. No version is made and nothing else changes. The run keeps the definition; its
    `version` is null. A definition whose structure or types are wrong is refused, each problem with its place in it;
    problems of the input stand below `/input`. With `wait` the answer comes when the run has ended, or when that time
    is over.
    """
    started = await trials.start_trial(
        ask.parts.runs,
        ask.caller,
        flow=flow,
        workspace=body.workspace,
        definition=body.definition,
        run_input=body.input,
        idempotency_key=ask.idempotency_key,
    )
    return await answered(ask, started.run, wait=query.wait)


@routes.get("/runs/{run}/definition", Role.VIEWER)
def show_run_definition(ask: Ask, *, run: str) -> RunDefinitionAnswer:
    """Show the definition that a run executes: that of its version, or the one that was tried."""
    return run_definition_answer(ask.views.run_definition(ask.scope, run))
