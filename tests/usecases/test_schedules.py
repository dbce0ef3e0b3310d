"""The schedule rows of a flow's slots: R2, R5, R12, R17."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from flowslot.domain.slots import Slot
from make import NOON, World, document


def every(minutes: int, value: int = 1) -> dict[str, object]:
    return document(value=value, trigger={"kind": "schedule", "every": f"{minutes}m"})


def ticks(world: World) -> tuple[datetime | None, datetime | None]:
    """When main and staging start next."""
    with world.deps.store.read(world.by.caller) as uow:
        flow = uow.flows.get("orders")
        return uow.schedules.get(flow.id, "main"), uow.schedules.get(flow.id, "staging")


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_each_slot_has_the_schedule_of_its_version(world: World) -> None:
    """R2: staging another schedule leaves main's alone."""
    world.deploy(every(10))
    assert ticks(world) == (at(10), None)
    world.stage(every(15, value=2))
    assert ticks(world) == (at(10), at(15))
    assert world.here().next_tick == "2026-03-01T12:15:00.000000Z"


def test_a_promotion_takes_the_schedule_along(world: World) -> None:
    """R5: counted from the promotion; staging is silent."""
    world.deploy(every(10))
    world.stage(every(15, value=2))
    world.clock.go(minutes=1)
    world.promote()
    assert ticks(world) == (at(15), None)


def test_a_version_without_a_schedule_ends_it(world: World) -> None:
    """R5."""
    world.deploy(every(10))
    world.deploy(document())
    assert ticks(world) == (None, None)
    assert world.here().next_tick is None


def test_an_undo_brings_both_schedules_back(world: World) -> None:
    """R17: counted from now; what was due on main is still to be started."""
    world.deploy(every(10))
    world.stage(every(15, value=2))
    made = world.promote()
    world.clock.go(minutes=16)
    world.undo(made)
    assert ticks(world) == (at(15), at(30))
    assert skipped(world) == [("main", "moved", None)]


def test_reverting_ends_the_schedule_of_staging(world: World) -> None:
    """R12."""
    world.deploy(every(10))
    world.stage(every(15, value=2))
    world.revert()
    assert ticks(world) == (at(10), None)


def test_a_tick_that_is_due_is_not_lost_to_a_promotion(world: World) -> None:
    """R5: it is still to be fired, once."""
    world.deploy(every(10))
    world.clock.go(minutes=10)
    world.deploy(every(10, value=2))
    assert ticks(world) == (at(10), None)


def skipped(world: World) -> list[tuple[str, str, str | None]]:
    """Slot, reason and workspace of each entry on record."""
    entries = [each for each in world.audience.told if each["action"] == "schedule.skipped"]
    return [(each["about"]["slot"], each["about"]["reason"], each.get("workspace")) for each in entries]


def test_a_promotion_of_the_same_schedule_leaves_it_as_it_was(world: World) -> None:
    """R5: also while a tick is due on staging only, since main was quicker."""
    world.deploy(every(10))
    world.stage(every(10, value=2))
    world.clock.go(minutes=10)
    tick_now(world, "main", following=at(20))
    world.promote()
    assert ticks(world) == (at(10), None)
    assert skipped(world) == []


def test_a_tick_that_is_due_is_still_started_before_those_of_the_new_schedule(world: World) -> None:
    """R5, R19: the newest one; what else was due is on record."""
    world.deploy(every(10))
    world.clock.go(minutes=31)
    world.deploy(every(15, value=2))
    assert ticks(world) == (at(30), None)
    assert skipped(world) == [("main", "moved", "home"), ("main", "schedule_changed", None)]


def test_a_due_tick_of_a_slot_that_is_emptied_is_on_record(world: World) -> None:
    """R12, R19."""
    world.deploy(every(10))
    world.stage(every(15, value=2))
    world.clock.go(minutes=15)
    tick_now(world, "main", following=at(20))
    world.revert()
    assert ticks(world) == (at(20), None)
    assert skipped(world) == [("staging", "slot_emptied", None)]


@pytest.mark.parametrize(
    ("minutes", "expected", "record"), [(10, (at(10), at(10)), []), (15, (at(10), at(15)), [("main", "moved", "acme")])]
)
def test_who_changes_the_slot_has_a_due_tick_of_both_or_it_is_on_record(
    world: World, minutes: int, expected: object, record: object
) -> None:
    """R10, R19: staging ticked already, main has it still to do."""
    world.deploy(every(10))
    world.register("acme")
    world.stage(every(minutes, value=2))
    world.clock.go(minutes=10)
    if minutes == 10:
        tick_now(world, "staging", following=at(20))
    world.put("acme", Slot.STAGING)
    assert ticks(world) == expected
    assert skipped(world) == record


def test_a_slot_without_a_schedule_costs_nothing_and_says_nothing(world: World) -> None:
    """R5."""
    world.deploy()
    world.stage(document(value=2))
    world.promote()
    assert ticks(world) == (None, None)
    assert skipped(world) == []


def tick_now(world: World, slot: str, *, following: datetime) -> None:
    """As the engine leaves the slot's schedule behind."""
    with world.deps.store.begin(world.by) as uow:
        flow = uow.flows.get("orders")
        uow.schedules.put(flow.id, slot, next_at=following)
        uow.commit(None)


def test_an_inactive_registration_shows_no_next_tick(world: World) -> None:
    """R20: it takes none."""
    world.deploy(every(10))
    assert world.change("home", active=False).next_tick is None
    assert world.here().slot is Slot.MAIN
