"""What becomes of due ticks when slots change, and which missed ones are caught up: R2, R5, R10, R12, R17."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product

import pytest

from flowslot.domain.schedule import (
    CatchUp,
    Change,
    Next,
    Running,
    SkipReason,
    mended,
    newest_ticks,
    plan_due,
    schedules_after,
)
from flowslot.domain.slots import Slot
from rules.nouns import NOON

MAIN, STAGING = Slot.MAIN, Slot.STAGING


@dataclass(frozen=True)
class Every:
    """Ticks every so many minutes, counted from noon; until `end` if there is one."""

    minutes: int
    end: int | None = None

    def after(self, moment: datetime) -> datetime | None:
        step = timedelta(minutes=self.minutes)
        tick = NOON + step * ((moment - NOON) // step + 1)
        return None if self.end is not None and tick > at(self.end) else tick


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def works(ticks: Every, next_at: float, since: float | None = None) -> Running:
    return Running(ticks, Next(at(next_at), None if since is None else at(since)))


TEN, QUARTER, HOUR = Every(10), Every(15), Every(60)
NOW = at(60.5)
"""All three ticked half a minute ago, or have it still to do."""
FIRST = {TEN: Next(at(70), NOW), QUARTER: Next(at(75), NOW), HOUR: Next(at(120), NOW)}
FRESH, DUE = 120, 60

ONE_SLOT: dict[tuple[str, str], tuple[Next | None, list[tuple[float, float, SkipReason]]]] = {
    # the slot's schedule (hourly) before, what it gets: its next tick, and what is skipped
    ("none", "none"): (None, []),
    ("none", "same"): (FIRST[HOUR], []),
    ("none", "other"): (FIRST[QUARTER], []),
    ("not due", "none"): (None, []),
    ("not due", "same"): (Next(at(120)), []),
    ("not due", "other"): (FIRST[QUARTER], []),
    ("due", "none"): (None, [(60, 60, SkipReason.SLOT_EMPTIED)]),
    ("due", "same"): (Next(at(60)), []),
    ("due", "other"): (Next(at(60), NOW), []),
    ("three due", "none"): (None, [(-60, 60, SkipReason.SLOT_EMPTIED)]),
    ("three due", "same"): (Next(at(-60)), []),
    ("three due", "other"): (Next(at(60), NOW), [(-60, 0, SkipReason.SCHEDULE_CHANGED)]),
}
BEFORE = {"none": None, "not due": 120, "due": 60, "three due": -60}
GETS = {"none": None, "same": HOUR, "other": QUARTER}


def told(change: Change) -> list[tuple[Slot, datetime, datetime, SkipReason]]:
    return [(each.slot, each.first, each.last, each.reason) for each in change.skipped]


def test_the_table_of_changes_is_complete() -> None:
    """R5: nothing, nothing due, one tick due or several, against no schedule, the same one or another."""
    assert set(ONE_SLOT) == set(product(BEFORE, GETS))


@pytest.mark.parametrize("slot", Slot)
@pytest.mark.parametrize(("case", "expected"), ONE_SLOT.items(), ids=str)
def test_a_due_tick_outlives_a_change_of_the_schedule_or_is_on_record(
    case: tuple[str, str], expected: tuple[Next | None, list[tuple[float, float, SkipReason]]], slot: Slot
) -> None:
    """R5: a new schedule counts from the change, an unchanged one goes on."""
    due, gets = BEFORE[case[0]], GETS[case[1]]
    before = {} if due is None else {slot: works(HOUR, due)}
    change = schedules_after(before, {} if gets is None else {slot: gets}, now=NOW)
    following, skipped = expected
    assert change.next == ({} if following is None else {slot: following})
    assert told(change) == [(slot, at(first), at(last), reason) for first, last, reason in skipped]


@pytest.mark.parametrize(
    ("main", "staging"),
    [(DUE, DUE), (DUE, FRESH), (FRESH, DUE), (FRESH, FRESH), (DUE, None), (FRESH, None), (None, DUE), (None, FRESH)],
)
@pytest.mark.parametrize("after", [(MAIN,), (STAGING,), (MAIN, STAGING)])
def test_a_tick_of_both_slots_reaches_whoever_changes_the_slot(
    main: int | None, staging: int | None, after: tuple[Slot, ...]
) -> None:
    """R2, R5, R10, R12, R17: of one schedule, whichever slot ticked already; nobody starts twice for a tick."""
    rows = {MAIN: main, STAGING: staging}
    before = {slot: works(HOUR, due) for slot, due in rows.items() if due is not None}
    left = STAGING if after == (MAIN,) else MAIN
    change = schedules_after(before, dict.fromkeys(after, HOUR), now=NOW, left=left)
    earliest = min(due for due in (main, staging) if due is not None)
    assert change.next == dict.fromkeys(after, Next(at(earliest)))
    stays_without = main == DUE and after == (STAGING,)
    assert told(change) == ([(MAIN, at(60), at(60), SkipReason.SLOT_EMPTIED)] if stays_without else [])


@pytest.mark.parametrize(
    ("slot", "left", "after", "reason"),
    [
        (STAGING, STAGING, (STAGING,), SkipReason.MOVED),
        (MAIN, MAIN, (MAIN,), SkipReason.MOVED),
        (MAIN, MAIN, (STAGING,), SkipReason.SLOT_EMPTIED),
        (STAGING, None, (MAIN,), SkipReason.SLOT_EMPTIED),
        (STAGING, STAGING, (MAIN,), None),
        (MAIN, None, (MAIN,), None),
    ],
)
def test_who_has_no_schedule_after_a_change_is_on_record(
    slot: Slot, left: Slot | None, after: tuple[Slot, ...], reason: SkipReason | None
) -> None:
    """R10, R17, R19: where the other slot has none, or their own loses it; all leave staging for main (R5, R12)."""
    change = schedules_after({slot: works(HOUR, DUE)}, dict.fromkeys(after, HOUR), now=NOW, left=left)
    assert change.next == dict.fromkeys(after, Next(at(60)))
    assert told(change) == ([] if reason is None else [(slot, at(60), at(60), reason)])


def test_who_leaves_a_slot_before_its_tick_does_so_on_record() -> None:
    """R10: the others still get it."""
    before = {MAIN: works(HOUR, DUE), STAGING: works(QUARTER, 75)}
    change = schedules_after(before, {MAIN: HOUR, STAGING: QUARTER}, now=NOW, left=MAIN)
    assert change.next == {MAIN: Next(at(60)), STAGING: Next(at(75))}
    assert told(change) == [(MAIN, at(60), at(60), SkipReason.MOVED)]


def test_the_schedule_that_inherits_a_tick_goes_on_from_the_change() -> None:
    """R5: not from that tick, or it would tick before it was there."""
    inherited = works(TEN, 0, since=25)
    assert inherited.following(at(0)) == at(30)
    assert inherited.next.inherited
    change = schedules_after({MAIN: inherited}, {MAIN: QUARTER}, now=NOW)
    assert change.next == {MAIN: Next(at(60), NOW)}
    assert [(each.first, each.last, each.count) for each in change.skipped] == [(at(0), at(50), 4)]


CAUGHT_UP = {
    # policy, first due tick of every ten minutes, now: skipped from and to, the next one
    "on time": (CatchUp(1, timedelta(minutes=1)), 60, 60.5, None, 70),
    "too late": (CatchUp(1, timedelta(minutes=1)), 60, 61.5, (60, 60), 70),
    "many, the newest on time": (CatchUp(1, timedelta(minutes=1)), 10, 60.5, (10, 50), 60),
    "many, all too late": (CatchUp(1, timedelta(minutes=1)), 10, 65, (10, 60), 70),
    "the last of one": (CatchUp(1), 60, 69, None, 70),
    "the last of many": (CatchUp(1), 10, 69, (10, 50), 60),
    "three of many": (CatchUp(3), 10, 69, (10, 30), 40),
    "three of three": (CatchUp(3), 40, 69, None, 50),
    "three of two": (CatchUp(3), 50, 69, None, 60),
}


@pytest.mark.parametrize(("case", "expected"), CAUGHT_UP.items())
def test_missed_ticks_are_caught_up_as_the_schedule_says(case: str, expected: tuple[object, ...]) -> None:
    """R19: those that are not are on record, all of them in one go."""
    policy, first, now, skipped, then = CAUGHT_UP[case]
    plan = plan_due(works(TEN, first), policy, slot=MAIN, now=at(now))
    assert plan.then == at(then)
    if skipped is None:
        assert plan.skipped is None
        return
    assert plan.skipped is not None
    assert (plan.skipped.first, plan.skipped.last) == (at(skipped[0]), at(skipped[1]))
    assert plan.skipped.count == (skipped[1] - skipped[0]) // 10 + 1


def test_a_schedule_that_ends_has_no_tick_after_its_last() -> None:
    """R5."""
    assert plan_due(works(Every(10, end=60), 60), CatchUp(1), slot=MAIN, now=at(60)).then is None
    assert plan_due(works(Every(10, end=60), 10), CatchUp(9), slot=MAIN, now=at(90)).until == at(60)


def test_years_of_missed_ticks_are_not_counted_one_by_one() -> None:
    plan = plan_due(works(Every(1), 0), CatchUp(1), slot=MAIN, now=at(1_000_000))
    assert plan.skipped is not None
    assert (plan.skipped.last, plan.skipped.count, plan.then) == (at(999_999), None, at(1_000_000))


DAY = 24 * 60
MENDED = {
    "due": (0, None),
    "the next one": (70, None),
    "one that comes after the clock was put back a little": (80, None),
    "no tick at all: the time zone's rules have changed": (75, 70),
    "a year ahead: the clock was wrong": (365 * DAY, 70),
}


@pytest.mark.parametrize(("next_at", "right"), MENDED.values(), ids=MENDED)
def test_a_next_tick_that_cannot_be_right_is_mended(next_at: float, right: float | None) -> None:
    assert mended(works(TEN, next_at), now=NOW) == (None if right is None else Next(at(right), NOW))


@pytest.mark.parametrize("most", [1, 2, 5, 1000])
@pytest.mark.parametrize("missed", [0, 1, 4, 60, 5000])
def test_the_newest_ticks_are_found_however_many_were_missed(most: int, missed: int) -> None:
    found = newest_ticks(Every(1).after, NOON, at(missed + 0.5), most=most)
    assert list(found) == [at(number) for number in range(missed + 1)][-most:]
