"""Operations on the staging slot: deploy to it, validate for it, go back from it (R2, R3, R12)."""

from __future__ import annotations

from flowslot.api.answers.flows import FlowAnswer, flow_answer
from flowslot.api.answers.hints import HintsAnswer, hints_answer
from flowslot.api.answers.staging import StagedAnswer, staged_answer
from flowslot.api.answers.validations import ValidationAnswer, validation_answer
from flowslot.api.ask import Ask
from flowslot.api.requests.flows import NewHints, NewRevert, NewStaging, NewValidation
from flowslot.api.routing import Routes
from flowslot.app import hints, reverting, staging, validation
from flowslot.app.callers import Role
from flowslot.base.errors import NoMainVersion, RevisionConflict, ValidationFailed, ValidationStale
from flowslot.domain.hints import Writing

routes = Routes("staging")


@routes.post("/flows/{flow}/staging", Role.AUTHOR, errors=[RevisionConflict, ValidationFailed, ValidationStale])
def deploy_to_staging(ask: Ask, *, flow: str, body: NewStaging) -> StagedAnswer:
    """Save and deploy to staging (R2).

    Send a definition, or the number of a saved version. It is validated against this workspace and all others on
    staging (R3); a failure moves nothing. This workspace's registration goes to staging, and every workspace on
    staging runs the version from its next trigger on.
    """
    staged = staging.stage(
        ask.deps,
        ask.call(staged_answer),
        flow=flow,
        workspace=body.workspace,
        expected_revision=body.expected_revision,
        definition=body.definition,
        version=body.version,
        note=body.note,
    )
    return staged_answer(staged)


@routes.post("/flows/{flow}/validations", Role.AUTHOR)
def validate(ask: Ask, *, flow: str, body: NewValidation) -> ValidationAnswer:
    """Validate a definition or a saved version (R3).

    It moves nothing. Structure, expressions, configuration values, connections and called flows are checked in each
    workspace in scope. A definition that is broken or not yet whole is answered with all its problems, each with its
    place.
    """
    found = validation.validate(
        ask.deps,
        ask.call(validation_answer),
        flow=flow,
        workspace=body.workspace,
        scope=body.scope,
        definition=body.definition,
        version=body.version,
        record=body.record,
    )
    return validation_answer(found)


@routes.post("/flows/{flow}/hints", Role.VIEWER)
def hints_at_caret(ask: Ask, *, flow: str, body: NewHints) -> HintsAnswer:
    """Complete an expression while it is written.

    The words that may stand at the caret, each with its type and what it means; what stands under the caret; and the
    type of the whole expression. They come from the static check that validates flows, and from the schemas of the
    trigger, the configuration and the steps. The definition may be broken, and so may the expression. Nothing is saved.
    """
    found = hints.hints(
        ask.deps,
        ask.call(hints_answer),
        flow=flow,
        workspace=body.workspace,
        definition=body.definition,
        writing=Writing(body.pointer, body.text, body.offset),
    )
    return hints_answer(found)


@routes.post("/flows/{flow}/reverts", Role.PROMOTER, errors=[RevisionConflict, NoMainVersion])
def revert(ask: Ask, *, flow: str, body: NewRevert) -> FlowAnswer:
    """Revert all changes (R12).

    The workspace's drafts are set aside, staging is emptied, and every workspace on staging is back on main.
    """
    reverted = reverting.revert(
        ask.deps,
        ask.call(flow_answer),
        flow=flow,
        workspace=body.workspace,
        expected_revision=body.expected_revision,
    )
    return flow_answer(reverted)
