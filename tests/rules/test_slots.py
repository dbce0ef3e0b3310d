"""Slots: who is on which, and putting one registration on another: R2, R5, R7, R8, R10."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from flowslot.domain.flow import Flow, Registration
from flowslot.domain.resolve import EmptyMain, Resolution, version_to_run
from flowslot.domain.slots import (
    Slot,
    SlotRefusal,
    changed,
    emptied,
    on_slot,
    slot_of,
    slots_changed,
    staged,
    version_in,
    why_not_on,
)
from rules.nouns import flow, registration

EPOCHS = (None, 4, 5, 6)
"""The epoch a registration was put on staging at; the flow's is 5."""
STAGING, MAIN = (None, 7), (None, 6)


SLOT_OF = dict.fromkeys(product(EPOCHS, STAGING), Slot.MAIN) | {(5, 7): Slot.STAGING}


def test_the_table_of_slots_is_complete() -> None:
    """R7: every epoch with every staging slot."""
    assert len(SLOT_OF) == len(EPOCHS) * len(STAGING)


@pytest.mark.parametrize(("case", "slot"), SLOT_OF.items(), ids=str)
def test_a_registration_is_on_staging_only_at_the_flows_own_epoch(
    case: tuple[int | None, int | None], slot: Slot
) -> None:
    """R7: a registration looks to main, unless it was put on the staging that is there now."""
    epoch, staging = case
    assert slot_of(flow(staging_version=staging), registration(staging_epoch=epoch)) is slot


WHY_NOT_ON = {
    (Slot.STAGING, None, None): SlotRefusal.NOTHING_STAGED,
    (Slot.STAGING, None, 6): SlotRefusal.NOTHING_STAGED,
    (Slot.STAGING, 7, None): None,
    (Slot.STAGING, 7, 6): None,
    (Slot.MAIN, None, None): SlotRefusal.NO_MAIN_VERSION,
    (Slot.MAIN, None, 6): None,
    (Slot.MAIN, 7, None): SlotRefusal.NO_MAIN_VERSION,
    (Slot.MAIN, 7, 6): None,
}


def test_the_table_of_empty_slots_is_complete() -> None:
    """R10: every slot with every filling of both."""
    assert set(WHY_NOT_ON) == set(product(Slot, STAGING, MAIN))


@pytest.mark.parametrize(("case", "refusal"), WHY_NOT_ON.items(), ids=str)
def test_only_a_version_with_an_icon_can_be_made_active(
    case: tuple[Slot, int | None, int | None], refusal: SlotRefusal | None
) -> None:
    """R10: the flask or the crown must be there."""
    slot, staging, main = case
    assert why_not_on(flow(staging_version=staging, main_version=main), slot) is refusal


@pytest.mark.parametrize(("slot", "version"), [(Slot.STAGING, 7), (Slot.MAIN, 6)])
def test_a_slot_points_at_one_version(slot: Slot, version: int) -> None:
    """R8: what each icon stands beside."""
    assert version_in(flow(staging_version=7, main_version=6), slot) == version


@pytest.mark.parametrize(("epoch", "slot"), list(product(EPOCHS, Slot)), ids=str)
def test_making_active_moves_this_registration_and_nothing_else(epoch: int | None, slot: Slot) -> None:
    """R10: the flask puts it on staging, the crown on main; there already, it stays untouched."""
    here, now = flow(staging_version=7, main_version=6), registration(staging_epoch=epoch)
    after = on_slot(here, now, slot)
    assert slot_of(here, after) is slot
    assert replace(after, staging_epoch=epoch) == now
    assert (after is now) == (slot_of(here, now) is slot)


def test_staging_keeps_who_is_on_staging_there() -> None:
    """R2: every workspace already on staging runs the new version; those on main are untouched."""
    before = flow(staging_version=7, main_version=6)
    after = staged(before, 8, fingerprint="f")
    assert slot_of(after, registration(Slot.STAGING)) is Slot.STAGING
    assert slot_of(after, registration(Slot.MAIN)) is Slot.MAIN
    assert (after.main_version, after.staging_version, after.slot_epoch) == (6, 8, before.slot_epoch)


@pytest.mark.parametrize("epoch", EPOCHS)
def test_an_emptied_staging_has_nobody_on_it_for_ever(epoch: int | None) -> None:
    """R5: nobody is left on staging, also after something is staged there again."""
    after = emptied(flow(staging_version=7, main_version=6))
    here = registration(staging_epoch=epoch if epoch != 6 else None)
    assert slot_of(after, here) is Slot.MAIN
    assert slot_of(staged(after, 8, fingerprint="f"), here) is Slot.MAIN


def test_the_revision_tells_changes_and_the_slots_revision_tells_moves() -> None:
    """R18: every change grows the revision; R17: only a move of a slot stands against an undo."""
    before = flow()
    assert (changed(before).revision, changed(before).slots_revision) == (11, 8)
    assert (slots_changed(before).revision, slots_changed(before).slots_revision) == (11, 11)


def expected(flow: Flow, here: Registration, empty_main: EmptyMain) -> Resolution:
    """R7 once more, in other words."""
    if here.staging_epoch == flow.slot_epoch and flow.staging_version:
        return Resolution(flow.staging_version, Slot.STAGING, fallback=False)
    if flow.main_version:
        return Resolution(flow.main_version, Slot.MAIN, fallback=False)
    if empty_main is EmptyMain.STAGING and flow.staging_version:
        return Resolution(flow.staging_version, Slot.STAGING, fallback=True)
    return Resolution(None, Slot.MAIN, fallback=False)


@pytest.mark.parametrize(
    ("staging", "main", "epoch", "empty_main"), list(product(STAGING, MAIN, EPOCHS, EmptyMain)), ids=str
)
def test_the_slot_and_the_setting_say_what_runs(
    staging: int | None, main: int | None, epoch: int | None, empty_main: EmptyMain
) -> None:
    """R7: staging for those on it, main for the others; nothing where main is empty, unless the setting says so."""
    here, there = flow(staging_version=staging, main_version=main), registration(staging_epoch=epoch)
    assert version_to_run(here, there, empty_main=empty_main) == expected(here, there, empty_main)


RUNS = {
    # staging, main, on staging, empty_main: version, slot shown, fallback
    (None, None, False, EmptyMain.REFUSE): (None, None, False),
    (None, None, False, EmptyMain.STAGING): (None, None, False),
    (7, None, False, EmptyMain.REFUSE): (None, None, False),
    (7, None, False, EmptyMain.STAGING): (7, Slot.STAGING, True),
    (7, None, True, EmptyMain.REFUSE): (7, Slot.STAGING, False),
    (7, None, True, EmptyMain.STAGING): (7, Slot.STAGING, False),
    (None, 6, False, EmptyMain.REFUSE): (6, Slot.MAIN, False),
    (None, 6, False, EmptyMain.STAGING): (6, Slot.MAIN, False),
    (7, 6, False, EmptyMain.REFUSE): (6, Slot.MAIN, False),
    (7, 6, False, EmptyMain.STAGING): (6, Slot.MAIN, False),
    (7, 6, True, EmptyMain.REFUSE): (7, Slot.STAGING, False),
    (7, 6, True, EmptyMain.STAGING): (7, Slot.STAGING, False),
}


@pytest.mark.parametrize(("case", "shown"), RUNS.items(), ids=str)
def test_the_flow_list_shows_the_slot_that_runs(
    case: tuple[int | None, int | None, bool, EmptyMain], shown: tuple[int | None, Slot | None, bool]
) -> None:
    """R8: `running on` is the slot whose version runs, nothing where nothing does, and a fallback is told (R7)."""
    staging, main, on_staging, empty_main = case
    here = registration(Slot.STAGING if on_staging else Slot.MAIN)
    found = version_to_run(flow(staging_version=staging, main_version=main), here, empty_main=empty_main)
    assert (found.version, found.running_on, found.fallback) == shown


def test_the_table_of_what_runs_is_complete() -> None:
    """R7, R8: all but being on a staging that is empty, which R5 excludes."""
    every = set(product(STAGING, MAIN, (False, True), EmptyMain))
    assert set(RUNS) == {case for case in every if not (case[2] and case[0] is None)}
