"""Schedules: each tick once, missed ones as the version wants them caught up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from engine_rig import Rig, in_loop, rig
from flow_parts import set_, stop
from http_target import until

from flowslot.app.callers import SYSTEM
from flowslot.app.ports import Call
from flowslot.base.clock import time_from
from flowslot.base.ids import FlowId, RunId
from flowslot.base.json_text import parse
from flowslot.engine.schedules import Schedules

HOUR = timedelta(hours=1)
NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)


def hourly(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"trigger": {"kind": "schedule", "every": "1h", **more}, "steps": list(steps) or [stop(details="=trigger")]}


def set_next(it: Rig, moment: datetime, *, slot: str = "main") -> None:
    with it.store.begin(Call(SYSTEM)) as uow:
        uow.schedules.put(FlowId("flow_orders"), slot, next_at=moment)
        uow.commit(None)


def next_of(it: Rig) -> datetime | None:
    with it.store.read(SYSTEM) as uow:
        found: datetime | None = uow.schedules.get(FlowId("flow_orders"), "main")
        return found


def at(it: Rig, moment: datetime) -> None:
    it.clock.ahead = moment - datetime.now(UTC)


def ticks(it: Rig) -> list[datetime]:
    with it.database.read() as connection:
        rows = connection.exec_driver_sql("SELECT trigger_key FROM run ORDER BY trigger_key, id").all()
    return [time_from(row[0].removeprefix("tick:")) for row in rows]


@in_loop
async def test_a_tick_starts_a_run_in_every_active_registration_of_the_slot(given_each: Any) -> None:
    async with rig(*given_each, started=False) as it:
        for slug in ("bolt", "cove"):
            it.workspace(slug)
        it.flow(hourly(stop(details="=trigger.time")))
        it.register("orders", "bolt")
        it.register("orders", "cove", active=False)
        at(it, NOON - timedelta(milliseconds=100))
        set_next(it, NOON)
        await it.engine.start()
        await until(lambda: len(ticks(it)) == 2)
        assert ticks(it) == [NOON, NOON]
        assert next_of(it) == NOON + HOUR
        await until(lambda: [status for _, _, status in it.seen.moves] == ["success", "success"])
        outcome = (await it.state(RunId(it.seen.moves[0][1]))).outcome
        assert outcome is not None
        assert time_from(outcome.details) == NOON


@pytest.mark.parametrize(
    ("catch_up", "late", "run"),
    [
        ("skip", timedelta(seconds=30), [0]),
        ("skip", timedelta(minutes=10), []),
        ("skip", 3 * HOUR + timedelta(seconds=30), [3]),
        ("skip", 3 * HOUR + timedelta(minutes=10), []),
        ("last", timedelta(minutes=10), [0]),
        ("last", 3 * HOUR + timedelta(minutes=10), [3]),
        ({"all": 2}, 3 * HOUR + timedelta(minutes=10), [2, 3]),
        ({"all": 9}, 3 * HOUR + timedelta(minutes=10), [0, 1, 2, 3]),
    ],
)
@in_loop
async def test_missed_ticks_are_caught_up_as_the_version_says(
    given_each: Any, catch_up: Any, late: timedelta, run: Any
) -> None:
    async with rig(*given_each, started=False) as it:
        it.flow(hourly(set_("a", 1), catch_up=catch_up))
        set_next(it, NOON)
        at(it, NOON + late)
        await it.engine.start()
        coming = NOON + (late // HOUR + 1) * HOUR
        await until(lambda: next_of(it) == coming and len(ticks(it)) == len(run))
        assert ticks(it) == [NOON + number * HOUR for number in run]


@in_loop
async def test_a_schedule_that_a_slot_change_set_is_seen_when_the_engine_looks_again(given_each: Any) -> None:
    async with rig(*given_each, started=False) as it:
        it.flow(hourly(set_("a", 1)))
        at(it, NOON - timedelta(milliseconds=50))
        await it.engine.start()
        set_next(it, NOON)
        it.engine.look_again()
        await until(lambda: len(ticks(it)) == 1)


def skipped(it: Rig) -> list[dict[str, Any]]:
    with it.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT about FROM audit WHERE action = 'schedule.skipped' ORDER BY seq"
        ).all()
    return [parse(bytes(row[0])) for row in rows]


@in_loop
async def test_ticks_that_nobody_carried_out_are_on_record(given_each: Any) -> None:
    """R19: all that were missed in a row are one entry."""
    async with rig(*given_each, started=False) as it:
        it.flow(hourly(set_("a", 1), catch_up="last"))
        set_next(it, NOON)
        at(it, NOON + 30 * HOUR + timedelta(minutes=1))
        await it.engine.start()
        await until(lambda: len(ticks(it)) == 1)
    assert ticks(it) == [NOON + 30 * HOUR]
    (entry,) = skipped(it)
    assert (time_from(entry.pop("first")), time_from(entry.pop("last"))) == (NOON, NOON + 29 * HOUR)
    assert entry == {"slot": "main", "reason": "missed", "ticks": 30}


@in_loop
async def test_missed_ticks_are_run_oldest_first_however_many_come_meanwhile(given_each: Any) -> None:
    async with rig(*given_each, started=False) as it:
        it.flow(hourly(set_("a", 1), catch_up={"all": 20}))
        set_next(it, NOON)
        schedules, now = Schedules(it.tools), NOON + 30 * HOUR
        while len(ticks(it)) < 40:
            if await schedules.begin_due(now):
                now += HOUR  # a slow server: every tick takes as long as there is to the next
        begun = ticks(it)
    assert begun == [NOON + number * HOUR for number in range(11, 51)]
    assert [entry["ticks"] for entry in skipped(it)] == [11]


@in_loop
async def test_a_schedule_with_a_fault_does_not_keep_others_back(given_each: Any) -> None:
    async with rig(*given_each, started=False) as it:
        for slug in ("bad", "orders"):
            it.flow(hourly(set_("a", slug)), slug=slug)
            with it.store.begin(Call(SYSTEM)) as uow:
                uow.schedules.put(FlowId(f"flow_{slug}"), "main", next_at=NOON)
                uow.commit(None)
        with it.database.write() as connection:
            connection.exec_driver_sql("UPDATE flow SET registrations = 5000")  # each in a transaction of its own
        journal, bad = it.tools.journal, (await it.tools.journal.due(NOON))[0]
        assert bad.flow == "flow_bad"
        schedules = Schedules(replace(it.tools, plans=Unreadable(it.tools.plans, bad.hash)))
        with pytest.raises(ValueError, match="cannot be read"):
            await schedules.begin_due(NOON)
        assert [each.flow for each in await journal.due(NOON)] == ["flow_bad"]
        assert ticks(it) == [NOON]


@dataclass(frozen=True)
class Unreadable:
    """Plans of which one cannot be read."""

    plans: Any
    hash: str

    def of(self, content_hash: str) -> Any:
        if content_hash == self.hash:
            raise ValueError("cannot be read")
        return self.plans.of(content_hash)


@in_loop
async def test_a_clock_that_is_put_back_starts_no_tick_twice_and_loses_none(given_each: Any) -> None:
    async with rig(*given_each, started=False) as it:
        it.flow(hourly(set_("a", 1)))
        set_next(it, NOON)
        schedules = Schedules(it.tools)
        for moment in (NOON, NOON - timedelta(minutes=30), NOON, NOON + HOUR, NOON + 2 * HOUR):
            await schedules.begin_due(moment)
        assert ticks(it) == [NOON, NOON + HOUR, NOON + 2 * HOUR]


@pytest.mark.parametrize("restarted", [False, True])
@in_loop
async def test_a_clock_that_was_years_ahead_leaves_no_schedule_silent(given_each: Any, restarted: bool) -> None:
    async with rig(*given_each, started=False) as it:
        it.flow(hourly(set_("a", 1)))
        set_next(it, NOON)
        schedules = Schedules(it.tools)
        await schedules.begin_due(NOON + timedelta(days=4000))
        schedules = Schedules(it.tools) if restarted else schedules
        await schedules.begin_due(NOON + timedelta(minutes=30))
        assert next_of(it) == NOON + HOUR
