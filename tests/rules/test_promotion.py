"""Promotion and undo: R4, R5, R6, R11, R17."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product

import pytest

from flowslot.domain.flow import Flow
from flowslot.domain.promotion import (
    Affected,
    PromotionRefusal,
    PromotionRequest,
    can_undo,
    count_others,
    needs_validation,
    others_affected,
    promoted,
    undone,
    why_not_promote,
)
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.slots import Slot, on_slot, slot_of, staged
from rules.nouns import ELSEWHERE, HOME, NOON, flow, promotion, registration

CONFLICT, NOTHING = PromotionRefusal.REVISION_CONFLICT, PromotionRefusal.NOTHING_STAGED
OTHER, UNSAVED = PromotionRefusal.NOT_THE_STAGED_VERSION, PromotionRefusal.UNSAVED_CHANGES

REVISIONS = {"same": 10, "stale": 9}
STAGED = {"empty": None, "this": 7, "other": 8}
"""The person names version 7."""
DRAFTS = {"none": None, "older": 3, "newer": 9}

WHY_NOT = {
    ("same", "empty", "none"): (NOTHING,),
    ("same", "empty", "older"): (NOTHING,),
    ("same", "empty", "newer"): (NOTHING,),
    ("same", "this", "none"): (),
    ("same", "this", "older"): (),
    ("same", "this", "newer"): (UNSAVED,),
    ("same", "other", "none"): (OTHER,),
    ("same", "other", "older"): (OTHER,),
    ("same", "other", "newer"): (OTHER, UNSAVED),
    ("stale", "empty", "none"): (CONFLICT, NOTHING),
    ("stale", "empty", "older"): (CONFLICT, NOTHING),
    ("stale", "empty", "newer"): (CONFLICT, NOTHING),
    ("stale", "this", "none"): (CONFLICT,),
    ("stale", "this", "older"): (CONFLICT,),
    ("stale", "this", "newer"): (CONFLICT, UNSAVED),
    ("stale", "other", "none"): (CONFLICT, OTHER),
    ("stale", "other", "older"): (CONFLICT, OTHER),
    ("stale", "other", "newer"): (CONFLICT, OTHER, UNSAVED),
}


def test_the_table_of_refusals_is_complete() -> None:
    """R4: every revision with every staging slot with every draft."""
    assert set(WHY_NOT) == set(product(REVISIONS, STAGED, DRAFTS))


@pytest.mark.parametrize(("case", "reasons"), WHY_NOT.items(), ids=str)
def test_only_a_saved_staged_version_goes_to_main(
    case: tuple[str, str, str], reasons: tuple[PromotionRefusal, ...]
) -> None:
    """R4: every reason against it is told, the most telling first."""
    revision, staging, draft = case
    here = flow(staging_version=STAGED[staging], main_version=6)
    asked = PromotionRequest(version=7, expected_revision=REVISIONS[revision], newest_draft=DRAFTS[draft])
    assert why_not_promote(here, asked) == reasons


@pytest.mark.parametrize(("staging", "draft"), list(product(STAGED, DRAFTS)), ids=str)
def test_a_plan_asks_about_the_flow_as_it_stands(staging: str, draft: str) -> None:
    """R4: without a version and a revision only the slot and the drafts can refuse."""
    here = flow(staging_version=STAGED[staging])
    found = why_not_promote(here, PromotionRequest(None, None, DRAFTS[draft]))
    newest = DRAFTS[draft] or 0
    unsaved = here.staging_version is not None and newest > here.staging_version
    assert found == (((NOTHING,) if here.staging_version is None else ()) + ((UNSAVED,) if unsaved else ()))


@pytest.mark.parametrize("slot", Slot)
def test_a_staged_version_on_display_can_be_promoted_from_any_workspace(slot: Slot) -> None:
    """R11: the slot of the workspace it is asked from is no part of the question."""
    here = flow(staging_version=7)
    assert slot_of(here, registration(slot)) is slot
    assert why_not_promote(here, PromotionRequest(7, 10, None)) == ()
    assert "slot" not in {each.name for each in fields(PromotionRequest)}


@pytest.mark.parametrize(("staged_at", "now", "again"), [("f", "f", False), ("f", "g", True), (None, "f", True)])
def test_what_was_validated_is_validated_again_only_after_a_change(
    staged_at: str | None, now: str, again: bool
) -> None:
    """R4: an equal fingerprint means nothing need be looked at, however many registrations there are (R5)."""
    assert needs_validation(flow(staged_fingerprint=staged_at), fingerprint=now) is again


def test_promotion_moves_everybody_by_changing_one_row() -> None:
    """R5: main is the staged version, staging is empty, and everybody is on main; no registration is touched."""
    before = flow(staging_version=7, main_version=6, staged_fingerprint="f")
    after = promoted(before)
    assert after == replace(
        before,
        main_version=7,
        staging_version=None,
        staged_fingerprint=None,
        slot_epoch=6,
        revision=11,
        slots_revision=11,
    )
    for here in (registration(Slot.STAGING), registration(Slot.MAIN)):
        assert slot_of(after, here) is Slot.MAIN


def test_a_promotion_tells_every_other_workspace_as_it_stands() -> None:
    """R6: with its slot, whether it is active, and what it runs now."""
    before = flow(staging_version=7, main_version=6)
    registrations = [
        registration(Slot.STAGING, workspace=HOME),
        registration(Slot.STAGING, workspace=ELSEWHERE),
        registration(Slot.MAIN, workspace="ws_3", active=False),
    ]
    found = others_affected(before, registrations, here=HOME, empty_main=EmptyMain.REFUSE)
    assert found == (
        Affected(ELSEWHERE, Slot.STAGING, active=True, version=7),
        Affected("ws_3", Slot.MAIN, active=False, version=6),
    )
    assert len(found) == count_others(before)


UNDO = {(undone, moved): not undone and not moved for undone, moved in product((False, True), (False, True))}
"""(undone already, a slot moved since) → may be undone."""


@pytest.mark.parametrize(("case", "allowed"), UNDO.items(), ids=str)
def test_only_the_latest_change_of_slots_can_be_undone(case: tuple[bool, bool], allowed: bool) -> None:
    """R17: a promotion that stands, with no slot moved after it."""
    was_undone, moved = case
    made = promotion(revision=8, undone_at=NOON if was_undone else None)
    assert can_undo(flow(slots_revision=9 if moved else 8), made) is allowed


def test_drafts_do_not_stand_against_an_undo() -> None:
    """R17: saving grows the revision, and moves no slot."""
    assert can_undo(flow(revision=99, slots_revision=8), promotion(revision=8))


def slots_and_pointers(flow: Flow) -> tuple[object, ...]:
    return flow.main_version, flow.staging_version, flow.slot_epoch, flow.staged_fingerprint


@pytest.mark.parametrize(("main", "epoch"), list(product((None, 6), (None, 3, 4, 5))), ids=str)
def test_an_undo_gives_every_registration_the_slot_it_had(main: int | None, epoch: int | None) -> None:
    """R17: both pointers, the epoch and so every registration's slot are as before; the history grows."""
    before = flow(main_version=main, staging_version=7, staged_fingerprint="f")
    after = promoted(before)
    made = promotion(version=7, from_version=main, from_epoch=before.slot_epoch, revision=after.revision)
    back = undone(after, made, fingerprint="f")
    assert slots_and_pointers(back) == slots_and_pointers(before)
    assert slot_of(back, registration(staging_epoch=epoch)) is slot_of(before, registration(staging_epoch=epoch))
    assert back.revision == after.revision + 1
    assert not can_undo(back, made)


def test_an_epoch_that_comes_back_finds_only_those_who_were_on_it() -> None:
    """R17, R5: whoever is put on staging after an undo and a new promotion does not fall into an older staging."""
    first = flow(staging_version=7, main_version=6)
    after = promoted(first)
    made = promotion(from_version=6, from_epoch=5, revision=after.revision)
    again = promoted(undone(after, made, fingerprint="f"))
    newly = staged(again, 9, fingerprint="g")
    assert slot_of(newly, registration(Slot.STAGING)) is Slot.MAIN
    assert slot_of(newly, on_slot(newly, registration(Slot.STAGING), Slot.STAGING)) is Slot.STAGING
