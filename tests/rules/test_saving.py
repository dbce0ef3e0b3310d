"""Saving, staging and reverting: R1, R2, R12, R16, R18."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product

import pytest

from flowslot.domain.flow import Flow, Version, VersionKind
from flowslot.domain.saving import (
    is_live_draft,
    is_stale,
    next_number,
    numbered,
    reverted,
    saved,
    unchanged_since,
    why_not_revert,
)
from flowslot.domain.slots import Slot, SlotRefusal, slot_of, staged
from rules.nouns import flow, registration, version


def differences(before: Flow, after: Flow) -> set[str]:
    return {each.name for each in fields(Flow) if getattr(before, each.name) != getattr(after, each.name)}


def test_saving_a_draft_moves_nothing_but_the_numbers() -> None:
    """R1: a draft is in no slot and changes nothing that runs."""
    before = flow(main_version=6, staging_version=7)
    after = saved(before)
    assert differences(before, after) == {"revision", "latest_version"}
    assert after.revision == before.revision + 1


@pytest.mark.parametrize("latest", [0, 1, 20])
def test_each_version_gets_a_number_that_none_had(latest: int) -> None:
    """R16: numbers only grow, so a number names one version for ever."""
    before = flow(latest_version=latest)
    assert next_number(before) == latest + 1
    assert numbered(before).latest_version == next_number(before)
    assert next_number(saved(before)) == latest + 2


STALE = {-1: True, 0: False, 1: True, 5: True}
"""How far the revision seen is from the flow's → whether it is stale."""


@pytest.mark.parametrize(("off", "stale"), STALE.items())
def test_only_the_revision_as_it_is_counts_as_seen(off: int, stale: bool) -> None:
    """R18: whoever saw another revision, older or made up, is refused."""
    assert is_stale(flow(revision=10), 10 + off) is stale


SAME, OTHER = "this content", "other content"
REUSED = dict.fromkeys(product((SAME, OTHER), (False, True), (None, 4, 5, 6)), False)
REUSED |= {(SAME, False, None): True, (SAME, False, 4): True, (SAME, False, 5): True}
"""(content of version 5, discarded, newest draft of the workspace) → whether staging SAME uses version 5 again."""


@pytest.mark.parametrize(("case", "again"), REUSED.items(), ids=str)
def test_staging_what_was_saved_last_makes_no_second_version(case: tuple[str, bool, int | None], again: bool) -> None:
    """R2: no second version when nothing changed since the last save."""
    content, discarded, newest_draft = case
    last = version(5, hash=content, discarded=discarded)
    found = unchanged_since([None, last], content_hash=SAME, newest_draft=newest_draft)
    assert (found == last) is again


def test_the_first_save_that_fits_is_used() -> None:
    """R2: the workspace's own last save comes before what is deployed."""
    own, deployed = version(5, hash=SAME), version(3, hash=SAME, kind=VersionKind.STAGED)
    assert unchanged_since([own, deployed], content_hash=SAME, newest_draft=5) == own
    assert unchanged_since([], content_hash=SAME, newest_draft=None) is None


LIVE = {
    (kind, discarded): kind is VersionKind.DRAFT and not discarded
    for kind, discarded in product(VersionKind, (False, True))
}


@pytest.mark.parametrize(("case", "live"), LIVE.items(), ids=str)
def test_a_live_draft_was_never_deployed_nor_set_aside(case: tuple[VersionKind, bool], live: bool) -> None:
    """R12: reverting sets drafts aside, and no version that was deployed."""
    kind, discarded = case
    drafted: Version = version(5, kind=kind, discarded=discarded)
    assert is_live_draft(drafted) is live


REVERT = {None: SlotRefusal.NO_MAIN_VERSION, 6: None}


@pytest.mark.parametrize(("main", "refusal"), REVERT.items())
def test_reverting_needs_a_main_version(main: int | None, refusal: SlotRefusal | None) -> None:
    """R12: without a main version there is nothing to go back to."""
    assert why_not_revert(flow(main_version=main, staging_version=7)) is refusal


REVERTED = {
    (None, 0): set[str](),
    (None, 2): {"revision"},
    (7, 0): {"revision", "slots_revision", "staging_version", "slot_epoch", "staged_fingerprint"},
    (7, 2): {"revision", "slots_revision", "staging_version", "slot_epoch", "staged_fingerprint"},
}
"""(staging, drafts set aside) → what changes in the flow's row."""


def ordered(value: object) -> str:
    """The same name for the same set in every process."""
    return str(sorted(value)) if isinstance(value, set | frozenset) else str(value)


@pytest.mark.parametrize(("case", "changes"), REVERTED.items(), ids=ordered)
def test_reverting_empties_staging_and_leaves_main(case: tuple[int | None, int], changes: set[str]) -> None:
    """R12: staging is emptied and main stays; a slot moves only where one was filled, so an undo stays possible."""
    staging, drafts = case
    before = flow(main_version=6, staging_version=staging, staged_fingerprint="f" if staging else None)
    assert differences(before, reverted(before, drafts=drafts)) == changes


def test_reverting_brings_everybody_on_staging_back_to_main() -> None:
    """R12: every workspace on staging is on main after, also once something is staged again."""
    before, here = flow(main_version=6, staging_version=7), registration(Slot.STAGING)
    assert slot_of(before, here) is Slot.STAGING
    after = reverted(before, drafts=0)
    assert slot_of(after, here) is Slot.MAIN
    assert slot_of(staged(after, 8, fingerprint="f"), here) is Slot.MAIN


def test_staging_a_new_version_counts_as_one_change() -> None:
    """R2: saving and staging together is one revision, which names both."""
    before = flow(main_version=6)
    after = staged(numbered(before), next_number(before), fingerprint="f")
    assert after == replace(
        before,
        revision=11,
        slots_revision=11,
        latest_version=21,
        staging_version=21,
        staged_fingerprint="f",
    )
