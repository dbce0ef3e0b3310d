"""Promotions as the API shows them (R5, R17)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
from flowslot.api.answers.validations import ValidationAnswer, validation_answer
from flowslot.app.promotion_plan import PromotionPlan
from flowslot.app.views import PromotionView
from flowslot.domain.promotion import PromotionRefusal
from flowslot.domain.slots import Slot


class PromotionAnswer(Struct, frozen=True):
    """One move of main to the staged version, and of every registration to main."""

    id: Annotated[str, Meta(description="Its id.")]
    version: Annotated[int, Meta(description="Number of the version that went to main.")]
    from_version: Annotated[int | None, Meta(description="What was on main before; null when main was empty.")]
    at: Annotated[str, Meta(description="When it was made.")]
    actor: Annotated[str, Meta(description="Who made it.")]
    workspace: Annotated[
        str | None, Meta(description="Slug of the workspace it was made from; null when that is out of your scope.")
    ]
    registrations: Annotated[
        int | None,
        Meta(description="How many registrations it moved to main; null for a token limited to workspaces."),
    ]
    other_workspaces_count: Annotated[
        int | None,
        Meta(description="How many other workspaces it reached; null for a token limited to workspaces."),
    ]
    undone_at: Annotated[str | None, Meta(description="When it was undone; null while it stands.")]
    undone_by: Annotated[str | None, Meta(description="Who undid it.")]
    can_undo: Annotated[bool, Meta(description="Whether it can be undone: no slot has moved since.")]


class OtherWorkspaceAnswer(Struct, frozen=True):
    """Another workspace that a promotion reaches, as it stands now."""

    workspace: Annotated[str, Meta(description="Slug of the workspace.")]
    customer: Annotated[str | None, Meta(description="The customer it serves.")]
    slot: Annotated[Slot, Meta(description="The slot its registration looks to.")]
    active: Annotated[bool, Meta(description="Whether its registration takes triggers.")]
    version: Annotated[int | None, Meta(description="Number of the version it runs; null where nothing runs.")]


class InFlightAnswer(Struct, frozen=True):
    """Runs of the flow that have not ended; they keep their version."""

    queued: Annotated[int, Meta(description="How many are accepted and not begun.")]
    running: Annotated[int, Meta(description="How many are being worked on.")]
    suspended: Annotated[int, Meta(description="How many wait for a timer, a signal or a called flow.")]


class PlanAnswer(Struct, frozen=True):
    """What a promotion would do, and whether it is allowed. It asks nothing."""

    allowed: Annotated[bool, Meta(description="Whether the staged version can be promoted now.")]
    reasons: Annotated[list[PromotionRefusal], Meta(description="Why not; the most telling first.")]
    version: Annotated[int | None, Meta(description="Number of the staged version; null when none is staged.")]
    revision: Annotated[int, Meta(description="The flow's revision; name it as `expected_revision`.")]
    fingerprint: Annotated[str | None, Meta(description="Stands for everything the validation looked at.")]
    other_workspaces: Annotated[list[OtherWorkspaceAnswer], Meta(description="Whom it reaches beside this workspace.")]
    count: Annotated[int, Meta(description="How many those are.")]
    validation: Annotated[
        ValidationAnswer | None,
        Meta(description="Against every workspace that has the flow; null when none is staged."),
    ]
    in_flight: Annotated[InFlightAnswer, Meta(description="Runs of the flow that have not ended.")]


def plan_answer(plan: PromotionPlan) -> PlanAnswer:
    validation = None if plan.validation is None else validation_answer(plan.validation)
    in_flight = {status.value: many for status, many in plan.in_flight.items()}
    return shaped(PlanAnswer, plan, validation=validation, in_flight=in_flight)


def promotion_answer(view: PromotionView) -> PromotionAnswer:
    return shaped(PromotionAnswer, view)
