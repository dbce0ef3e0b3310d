"""Schedules: each tick once, missed ones as the version wants them caught up."""

from __future__ import annotations

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
        at(it, NOON)
        await it.engine.start()
        set_next(it, NOON + timedelta(milliseconds=50))
        it.engine.look_again()
        await until(lambda: len(ticks(it)) == 1)
