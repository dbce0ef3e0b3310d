"""Promotions as the API shows them (R5, R17)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
from flowslot.app.views import PromotionView


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
    registrations: Annotated[int, Meta(description="How many registrations it moved to main.")]
    other_workspaces_count: Annotated[int, Meta(description="How many other workspaces it reached.")]
    undone_at: Annotated[str | None, Meta(description="When it was undone; null while it stands.")]
    undone_by: Annotated[str | None, Meta(description="Who undid it.")]
    can_undo: Annotated[bool, Meta(description="Whether it can be undone: no slot has moved since.")]


def promotion_answer(view: PromotionView) -> PromotionAnswer:
    return shaped(PromotionAnswer, view)
