"""Schedules: which missed ticks are caught up, and what becomes of a tick that is due when a slot changes.

A tick belongs to a slot. It is carried out once, for every registration that is active there at that moment, or it is
skipped with a reason that goes on record (R2, R5, R12, R17, R19).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from flowslot.domain.slots import Slot

MOST_COUNTED = 1000
"""Skipped ticks are counted up to here."""
AHEAD = timedelta(days=1)
"""How far a clock may have been wrong without anything being mended for it."""

Following = Callable[[datetime], datetime | None]


class Ticks(Protocol):
    """The moments of a version's schedule. Two that are equal tick at the same moments."""

    def after(self, moment: datetime) -> datetime | None:
        """The first tick later than `moment`; None when there is none any more."""
        ...

    def __hash__(self) -> int: ...


class SkipReason(Enum):
    """Why a tick was not carried out."""

    MISSED = "missed"  # no server worked at that time, and the schedule does not want it caught up
    SCHEDULE_CHANGED = "schedule_changed"  # a newer tick was due too when the slot got another schedule
    SLOT_EMPTIED = "slot_emptied"  # the slot lost its version, or its new version has no schedule
    MOVED = "moved"  # registrations left the slot before it; the others there got it


@dataclass(frozen=True, slots=True)
class Next:
    """A slot's next tick. The schedule's own ticks come after `since`; an earlier one is owed to its predecessor."""

    at: datetime
    since: datetime | None = None

    @property
    def inherited(self) -> bool:
        """Whether the tick is the predecessor's."""
        return self.since is not None and self.at <= self.since


@dataclass(frozen=True, slots=True)
class Running:
    """A slot's schedule at work."""

    ticks: Ticks
    next: Next

    def following(self, moment: datetime) -> datetime | None:
        """The tick after the one at `moment`."""
        since = self.next.since
        return self.ticks.after(moment if since is None else max(moment, since))


@dataclass(frozen=True, slots=True)
class Skipped:
    """Ticks in a row that are not carried out."""

    slot: Slot
    first: datetime
    last: datetime
    count: int | None
    """None for more than are counted."""
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class CatchUp:
    """Of the ticks that are due, the newest `most` are run; if `late` is given only those at most so late."""

    most: int
    late: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done with a slot's due ticks: skip some, or run the next one, and go on with `then`."""

    skipped: Skipped | None
    then: datetime | None
    until: datetime | None = None
    """All due ticks from here to this one are to be run, however long that takes; None where all are skipped."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a change of slots does to the flow's schedules; a slot that is not named has none."""

    next: Mapping[Slot, Next]
    skipped: Sequence[Skipped]


def plan_due(running: Running, policy: CatchUp, *, slot: Slot, now: datetime) -> Plan:
    """What to do with the due ticks of a slot: the oldest that are too many or too late are skipped, or one is run."""
    first = running.next.at
    then = running.following(first)
    if (then is None or then > now) and (policy.late is None or now - first <= policy.late):
        return Plan(None, then, first)
    found = newest_ticks(running.following, first, now, most=policy.most + 1)
    kept = found[-policy.most :]
    if policy.late is not None and now - kept[-1] > policy.late:
        missed = _skipped(running, slot, last=kept[-1], reason=SkipReason.MISSED)
        return Plan(missed, running.following(kept[-1]))
    if kept[0] != first:
        return Plan(_skipped(running, slot, last=found[0], reason=SkipReason.MISSED), kept[0], kept[-1])
    return Plan(None, then, kept[-1])


def schedules_after(
    before: Mapping[Slot, Running], after: Mapping[Slot, Ticks], *, now: datetime, left: Slot | None = None
) -> Change:
    """The flow's schedules after a change of slots at `now`; registrations may have left the slot `left` by it.

    An unchanged schedule goes on as it was. A new one counts from `now`; the newest tick that was due before is still
    carried out, by the new version. Where both slots have the same schedule, a tick that is due on one of them is due
    on both: whoever changes the slot has it once, since no registration starts twice for one tick.
    """
    alike = {*after.values(), *(each.ticks for each in before.values())}
    if before and after and len(alike) == 1 and not any(each.next.inherited for each in before.values()):
        return Change(dict.fromkeys(after, _earliest(before)), _left_behind(before, after, now=now, left=left))
    following: dict[Slot, Next] = {}
    skipped: list[Skipped] = []
    for slot in Slot:
        found, lost = _slot_after(before.get(slot), after.get(slot), slot=slot, now=now)
        if found is not None:
            following[slot] = found
        skipped += lost
    if left is not None and left in before and left in after and before[left].next.at <= now:
        skipped.append(_skipped(before[left], left, last=_newest(before[left], now), reason=SkipReason.MOVED))
    return Change(following, skipped)


def mended(running: Running, *, now: datetime) -> Next | None:
    """Where the schedule ought to go on; None if its next tick is a right one.

    It is a wrong one after the clock was far ahead for a while, and when the rules of a time zone have changed.
    """
    at = running.next.at
    latest = running.ticks.after(now + AHEAD)
    if at <= now or (latest is not None and at <= latest and running.ticks.after(at - timedelta(microseconds=1)) == at):
        return None
    first = running.ticks.after(now)
    return None if first is None or first == at else Next(first, now)


def newest_ticks(following: Following, first: datetime, now: datetime, *, most: int) -> Sequence[datetime]:
    """The newest ticks from `first` to `now`, oldest first; looks back no further than it has to."""
    span = timedelta(minutes=1)
    while True:
        base = max(first, now - span)
        found: deque[datetime] = deque(maxlen=most)
        tick = first if base == first else following(base)
        while tick is not None and tick <= now:
            found.append(tick)
            tick = following(tick)
        if base == first or len(found) == most:
            return tuple(found)
        span *= 4


def _left_behind(
    before: Mapping[Slot, Running], after: Mapping[Slot, Ticks], *, now: datetime, left: Slot | None
) -> Sequence[Skipped]:
    """Due ticks of the one schedule there is that some registrations do not get: their slot has it no more."""
    skipped = []
    for slot, running in before.items():
        other = Slot.MAIN if slot is Slot.STAGING else Slot.STAGING
        everybody_left = slot is Slot.STAGING and left is slot and slot not in after  # for main, by R5 and R12
        if slot not in after and not (everybody_left and other in after):
            reason = SkipReason.SLOT_EMPTIED
        elif slot in after and left is slot and other not in after:
            reason = SkipReason.MOVED
        else:
            continue
        if running.next.at <= now:
            skipped.append(_skipped(running, slot, last=_newest(running, now), reason=reason))
    return skipped


def _slot_after(
    was: Running | None, ticks: Ticks | None, *, slot: Slot, now: datetime
) -> tuple[Next | None, Sequence[Skipped]]:
    """One slot's next tick after a change of slots, and what is skipped there."""
    if was is not None and was.ticks == ticks:
        return was.next, ()
    if was is not None and was.next.at <= now:
        newest = _newest(was, now)
        if ticks is None:
            return None, (_skipped(was, slot, last=newest, reason=SkipReason.SLOT_EMPTIED),)
        older = newest_ticks(was.following, was.next.at, now, most=2)[0]
        lost = () if older == newest else (_skipped(was, slot, last=older, reason=SkipReason.SCHEDULE_CHANGED),)
        return Next(newest, now), lost
    first = None if ticks is None else ticks.after(now)
    return (None if first is None else Next(first, now)), ()


def _earliest(before: Mapping[Slot, Running]) -> Next:
    """The earlier of the slots' next ticks, of one schedule."""
    sinces = [each.next.since for each in before.values()]
    known = [since for since in sinces if since is not None]
    return Next(min(each.next.at for each in before.values()), min(known) if len(known) == len(sinces) else None)


def _newest(running: Running, now: datetime) -> datetime:
    return newest_ticks(running.following, running.next.at, now, most=1)[0]


def _skipped(running: Running, slot: Slot, *, last: datetime, reason: SkipReason) -> Skipped:
    first = running.next.at
    return Skipped(slot, first, last, _count(running.following, first, last), reason)


def _count(following: Following, first: datetime, last: datetime) -> int | None:
    """How many ticks there are from `first` to `last`."""
    tick: datetime | None = first
    for count in range(MOST_COUNTED + 1):
        if tick is None or tick > last:
            return count
        tick = following(tick)
    return None
