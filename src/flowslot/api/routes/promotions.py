"""Operations on promotions: the plan, the promotion, its undoing (R4, R5, R6, R17)."""

from __future__ import annotations

from flowslot.api.answers.flows import FlowAnswer, flow_answer
from flowslot.api.answers.promotions import PlanAnswer, PromotionAnswer, plan_answer, promotion_answer
from flowslot.api.ask import Ask
from flowslot.api.paging import PageAnswer, PageQuery
from flowslot.api.requests.flows import NewPromotion, NewUndo, PlanQuery
from flowslot.api.routing import Routes
from flowslot.app import promotion as promotions
from flowslot.app import promotion_plan
from flowslot.app.callers import Role
from flowslot.base.errors import (
    NothingStaged,
    NotTheLatestChange,
    NotTheStagedVersion,
    RevisionConflict,
    UnsavedChanges,
    ValidationFailed,
    ValidationStale,
)

routes = Routes("promotions")


@routes.get("/flows/{flow}/promotion-plan", Role.VIEWER)
def show_promotion_plan(ask: Ask, *, flow: str, query: PlanQuery) -> PlanAnswer:
    """Show what a promotion would do, and whether it is allowed (R4, R6)."""
    return plan_answer(promotion_plan.plan(ask.deps, ask.call(), flow=flow, workspace=query.workspace))


@routes.post(
    "/flows/{flow}/promotions",
    Role.PROMOTER,
    status=201,
    location="/flows/{flow}/promotions/{id}",
    errors=[
        RevisionConflict,
        NothingStaged,
        NotTheStagedVersion,
        UnsavedChanges,
        ValidationStale,
        ValidationFailed,
    ],
)
def promote(ask: Ask, *, flow: str, body: NewPromotion) -> PromotionAnswer:
    """Promote the staged version to main (R5).

    Main becomes the staged version, staging becomes empty, and all registrations in all workspaces are on main: at
    once, and at a cost that does not grow with their number.
    """
    made = promotions.promote(
        ask.deps,
        ask.call(promotion_answer),
        flow=flow,
        workspace=body.workspace,
        version=body.version,
        expected_revision=body.expected_revision,
        fingerprint=body.fingerprint,
    )
    return promotion_answer(made)


@routes.get("/flows/{flow}/promotions", Role.VIEWER)
def list_promotions(ask: Ask, *, flow: str, query: PageQuery) -> PageAnswer[PromotionAnswer]:
    """List promotions, newest first."""
    return ask.paged(ask.views.promotions(ask.scope, flow, page=ask.page(query)), promotion_answer)


@routes.get("/flows/{flow}/promotions/{promotion}", Role.VIEWER)
def show_promotion(ask: Ask, *, flow: str, promotion: str) -> PromotionAnswer:
    """Show a promotion."""
    return promotion_answer(ask.views.promotion(ask.scope, flow, promotion=promotion))


@routes.post("/flows/{flow}/promotions/{promotion}/undo", Role.PROMOTER, errors=[RevisionConflict, NotTheLatestChange])
def undo_promotion(ask: Ask, *, flow: str, promotion: str, body: NewUndo) -> FlowAnswer:
    """Undo a promotion in one step (R17).

    Every registration gets back exactly the slot it had. Possible while no slot has moved since.
    """
    back = promotions.undo(
        ask.deps,
        ask.call(flow_answer),
        flow=flow,
        promotion=promotion,
        expected_revision=body.expected_revision,
    )
    return flow_answer(back)
