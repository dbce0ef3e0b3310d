"""Promotion to main and its undoing (R4, R5, R6, R11, R17)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from flowslot.domain.flow import Flow, Promotion
from flowslot.domain.slots import emptied, slots_changed


class PromotionRefusal(Enum):
    """Why a version is not promoted. The first that holds is the code of the answer."""

    REVISION_CONFLICT = "revision_conflict"  # someone changed the flow since the person looked
    NOTHING_STAGED = "nothing_staged"  # the staging slot is empty
    NOT_THE_STAGED_VERSION = "not_the_staged_version"  # another version is staged
    UNSAVED_CHANGES = "unsaved_changes"  # the workspace holds a newer draft


@dataclass(frozen=True, slots=True)
class PromotionRequest:
    """What a person asks for: this version, at this revision, from this workspace."""

    version: int | None
    expected_revision: int | None
    newest_draft: int | None
    """Number of the newest live draft of the workspace it is asked from."""


def why_not_promote(flow: Flow, request: PromotionRequest) -> tuple[PromotionRefusal, ...]:
    """Every reason against the promotion, the most telling first; empty when it may go ahead (R4, R11).

    A version or revision of None asks about the flow as it stands.
    """
    reasons: list[PromotionRefusal] = []
    if request.expected_revision is not None and request.expected_revision != flow.revision:
        reasons.append(PromotionRefusal.REVISION_CONFLICT)
    if flow.staging_version is None:
        reasons.append(PromotionRefusal.NOTHING_STAGED)
    elif request.version is not None and request.version != flow.staging_version:
        reasons.append(PromotionRefusal.NOT_THE_STAGED_VERSION)
    newest = request.newest_draft
    if newest is not None and flow.staging_version is not None and newest > flow.staging_version:
        reasons.append(PromotionRefusal.UNSAVED_CHANGES)
    return tuple(reasons)


def promoted(flow: Flow) -> Flow:
    """The flow with the staged version on main, staging empty and all registrations on main (R5): one row."""
    return slots_changed(emptied(replace(flow, main_version=flow.staging_version)))


def can_undo(flow: Flow, promotion: Promotion) -> bool:
    """Whether nothing has moved a slot since this promotion, and it stands (R17). Drafts do not matter."""
    return promotion.undone_at is None and flow.slots_revision == promotion.revision


def undone(flow: Flow, promotion: Promotion, *, fingerprint: str | None) -> Flow:
    """The flow as it was before the promotion; the old epoch gives each registration its old slot (R17)."""
    before = replace(
        flow,
        main_version=promotion.from_version,
        staging_version=promotion.version,
        slot_epoch=promotion.from_epoch,
        staged_fingerprint=fingerprint,
    )
    return slots_changed(before)


def other_workspaces(flow: Flow, *, registered_here: bool) -> int:
    """How many other workspaces a promotion reaches (R6)."""
    return flow.registrations - (1 if registered_here else 0)
