"""Promotion to main and its undoing (R4, R5, R6, R11, R17)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum

from flowslot.base.ids import WorkspaceId
from flowslot.domain.flow import Flow, Promotion, Registration
from flowslot.domain.resolve import EmptyMain, version_to_run
from flowslot.domain.slots import Slot, emptied, slot_of, slots_changed


class PromotionRefusal(Enum):
    """Why a version is not promoted. The first that holds is the code of the answer."""

    REVISION_CONFLICT = "revision_conflict"  # someone changed the flow since the person looked
    NOTHING_STAGED = "nothing_staged"  # the staging slot is empty
    NOT_THE_STAGED_VERSION = "not_the_staged_version"  # another version is staged
    UNSAVED_CHANGES = "unsaved_changes"  # the workspace holds a newer draft
    VALIDATION_STALE = "validation_stale"  # what the person's validation looked at has changed
    VALIDATION_FAILED = "validation_failed"  # the version no longer fits the workspaces on staging


@dataclass(frozen=True, slots=True)
class PromotionRequest:
    """What a person asks for: this version, at this revision, from this workspace."""

    version: int | None
    expected_revision: int | None
    newest_draft: int | None
    """Number of the newest live draft of the workspace it is asked from."""


def why_not_promote(flow: Flow, request: PromotionRequest) -> tuple[PromotionRefusal, ...]:
    """Every reason against the promotion, the most telling first; empty when it may go ahead (R4, R11).

    A version or revision of None asks about the flow as it stands. Which slot the workspace is on does not matter.
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


def needs_validation(flow: Flow, *, fingerprint: str) -> bool:
    """Whether anything that the staged version's validation looked at has changed since (R3, R4)."""
    return flow.staged_fingerprint != fingerprint


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


@dataclass(frozen=True, slots=True)
class Affected:
    """Another workspace that a promotion reaches, as it stands before it (R6)."""

    workspace: WorkspaceId
    slot: Slot
    active: bool
    version: int | None
    """What it would run now."""


def others_affected(
    flow: Flow, registrations: Iterable[Registration], *, here: WorkspaceId, empty_main: EmptyMain
) -> tuple[Affected, ...]:
    """Every registration outside the workspace the promotion is asked from, in the order given (R6)."""
    return tuple(
        Affected(
            workspace=each.workspace,
            slot=slot_of(flow, each),
            active=each.active,
            version=version_to_run(flow, each, empty_main=empty_main).version,
        )
        for each in registrations
        if each.workspace != here
    )


def count_others(flow: Flow) -> int:
    """How many other workspaces a promotion reaches, without looking at them (R5, R6)."""
    return flow.registrations - 1
