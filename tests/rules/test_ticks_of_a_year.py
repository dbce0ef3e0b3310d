"""Schedules tick once: 400 days in twelve time zones against a plain reading of their clocks, while slots change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

import pytest

from flowslot.domain.schedule import CatchUp, Next, Running, plan_due, schedules_after
from flowslot.domain.slots import Slot
from flowslot.flowlang.schedules import Rhythm

ZONES = [
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",  # winter is the exception there, by law
    "America/New_York",
    "America/Santiago",  # changes at midnight
    "America/Havana",  # midnight is left out, and 0:30 comes twice
    "Africa/Cairo",  # changes at midnight
    "Africa/Casablanca",  # changes for Ramadan
    "Antarctica/Troll",  # by two hours
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",  # 5:45 from UTC
    "Pacific/Chatham",  # 12:45 from UTC, and changes at 2:45
]
START, DAYS = datetime(2027, 9, 1, tzinfo=UTC), 400
"""Over both changes of the clocks, and 29 February 2028."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True)
class Case:
    """A cron line, and the local times it names: minutes, hours, and days."""

    cron: str
    minutes: Sequence[int]
    hours: Sequence[int]
    on: str = "every"
    by_the_minute: bool = False
    """Whether the hour or the minute begins with a star: then every minute that reads so ticks."""

    def names(self, day: date) -> bool:
        tomorrow = day + timedelta(days=1)
        return {
            "every": True,
            "weekdays": day.weekday() < 5,
            "29 February": (day.month, day.day) == (2, 29),
            "last": tomorrow.day == 1,
        }[self.on]


CASES = [
    Case("30 2 * * *", [30], [2]),
    Case("0 0 * * *", [0], [0]),
    Case("15,45 0-3 * * *", [15, 45], range(4)),
    Case("30 6 * * MON-FRI", [30], [6], "weekdays"),
    Case("59 23 L * *", [59], [23], "last"),
    Case("0 12 29 2 *", [0], [12], "29 February"),
    Case("*/30 1,2 * * *", [0, 30], [1, 2], by_the_minute=True),
    Case("20 */6 * * *", [20], range(0, 24, 6), by_the_minute=True),
]


def expected(case: Case, zone: ZoneInfo) -> list[datetime]:
    """The ticks of 400 days, found without cron: by reading the clock of the zone."""
    end = START + timedelta(days=DAYS)
    if case.by_the_minute:
        moments = {moment for moment, local in clock_of(zone) if reads(case, local)}
    else:
        moments = {first_reading(each, zone) for each in local_times(case)}
    return sorted(moment for moment in moments if START < moment <= end)


@lru_cache(maxsize=1)
def clock_of(zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """What the zone's clock shows every five minutes."""
    moments = [START + MINUTE * step for step in range(0, DAYS * 24 * 60 + 1, 5)]
    return [(moment, moment.astimezone(zone)) for moment in moments]


def reads(case: Case, local: datetime) -> bool:
    return local.minute in case.minutes and local.hour in case.hours and case.names(local.date())


def local_times(case: Case) -> Iterator[datetime]:
    for number in range(-1, DAYS + 2):
        day = START.date() + timedelta(days=number)
        if case.names(day):
            for hour in case.hours:
                yield from (datetime.combine(day, time(hour, minute)) for minute in case.minutes)


def first_reading(local: datetime, zone: ZoneInfo) -> datetime:
    """The first moment at which the zone's clock shows that time, or has jumped over it."""
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    moment -= 3 * HOUR
    while moment.astimezone(zone).replace(tzinfo=None) < local:
        moment += MINUTE
    return moment


def ticks(rhythm: Rhythm, end: datetime) -> list[datetime]:
    found: list[datetime] = []
    tick = rhythm.after(START)
    while tick is not None and tick <= end:
        found.append(tick)
        tick = rhythm.after(tick)
    return found


@pytest.mark.parametrize("name", ZONES)
def test_cron_ticks_when_the_clock_of_its_zone_says_so(name: str) -> None:
    zone = ZoneInfo(name)
    for case in CASES:
        rhythm = Rhythm(case.cron, None, name)
        assert ticks(rhythm, START + timedelta(days=DAYS)) == expected(case, zone), case.cron


@dataclass
class SlotOfAYear:
    """One slot of a flow, its clock and its engine simulated: what ticks, what is skipped, and what ought to."""

    rhythm: Rhythm
    policy: CatchUp
    now: datetime = START
    running: Running | None = None
    told: Counter[datetime] = field(default_factory=Counter)
    ran: list[datetime] = field(default_factory=list)
    owed: Counter[datetime] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.running = self.begins(Next(START, START))

    def begins(self, after: Next) -> Running | None:
        first = self.rhythm.after(after.at)
        return None if first is None else Running(self.rhythm, Next(first, after.since))

    def sleep_until(self, moment: datetime) -> None:
        """Time passes; what ticks by then is owed."""
        tick = self.rhythm.after(self.now)
        while tick is not None and tick <= moment:
            self.owed[tick] += 1
            tick = self.rhythm.after(tick)
        self.now = moment

    def look(self) -> bool:
        """The engine's look at one due tick; whether there was one."""
        if self.running is None or self.running.next.at > self.now:
            return False
        plan = plan_due(self.running, self.policy, slot=Slot.MAIN, now=self.now)
        if plan.skipped is None:
            self.told[self.running.next.at] += 1
            self.ran.append(self.running.next.at)
        else:
            self.skip(self.running, plan.skipped.first, plan.skipped.last)
        since = self.running.next.since
        self.running = None if plan.then is None else Running(self.rhythm, Next(plan.then, since))
        return True

    def skip(self, running: Running, first: datetime, last: datetime) -> None:
        tick: datetime | None = first
        while tick is not None and tick <= last:
            self.told[tick] += 1
            tick = running.following(tick)

    def promote(self, rhythm: Rhythm) -> None:
        before = {} if self.running is None else {Slot.MAIN: self.running}
        change = schedules_after(before, {Slot.MAIN: rhythm}, now=self.now)
        for each in change.skipped:
            assert self.running is not None
            self.skip(self.running, each.first, each.last)
        self.rhythm = rhythm
        following = change.next.get(Slot.MAIN)
        self.running = None if following is None else Running(rhythm, following)


RHYTHMS = ["30 2 * * *", "0 0 * * *", "15,45 0-3 * * *", "20 */6 * * *"]


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize(
    "policy", [CatchUp(1, timedelta(minutes=1)), CatchUp(1), CatchUp(5)], ids=["skip", "last", "all"]
)
def test_every_tick_of_a_year_is_carried_out_or_skipped_once_whatever_happens_around_it(
    name: str, policy: CatchUp
) -> None:
    """R5, R14: the server is away for hours, and promotions come at the very moment of ticks."""
    random = Random(name)
    rhythms = [*(Rhythm(cron, None, name) for cron in RHYTHMS), Rhythm(None, timedelta(hours=5), "UTC")]
    slot = SlotOfAYear(rhythms[0], policy)
    end = START + timedelta(days=DAYS)
    while slot.now < end:
        following = slot.rhythm.after(slot.now)
        assert following is not None
        offset = random.choice([timedelta(milliseconds=random.randint(-50, 50)), HOUR * random.randint(0, 60)])
        slot.sleep_until(max(slot.now, following + offset))
        for deed in random.sample(["look", "look", "promote", "promote the same"], 3):
            if deed == "look":
                slot.look()
            else:
                slot.promote(random.choice(rhythms) if deed == "promote" else slot.rhythm)
    while slot.look():
        pass
    assert slot.told == slot.owed
    assert slot.ran == sorted(slot.ran)


def test_the_check_sees_a_tick_that_is_lost_and_one_that_comes_twice() -> None:
    """A promotion that forgets what is due, and one that goes back to it."""
    rhythm = Rhythm("30 2 * * *", None, "Europe/Berlin")
    for forgets, told in ((True, 0), (False, 2)):
        slot = SlotOfAYear(rhythm, CatchUp(1))
        (tick,) = [rhythm.after(START)]
        assert tick is not None
        slot.sleep_until(tick)
        if not forgets:
            slot.look()
        slot.running = Running(rhythm, Next(rhythm.after(slot.now) or START if forgets else tick))
        while slot.look():
            pass
        assert slot.told[tick] == told != slot.owed[tick]
