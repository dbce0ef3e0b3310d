"""The schedule rows of a flow's slots: R2, R5, R12, R17."""

from __future__ import annotations

from datetime import datetime, timedelta

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
    """R17: counted from now."""
    world.deploy(every(10))
    world.stage(every(15, value=2))
    made = world.promote()
    world.clock.go(minutes=11)
    world.undo(made)
    assert ticks(world) == (at(20), at(15))


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


def test_an_inactive_registration_shows_no_next_tick(world: World) -> None:
    """R20: it takes none."""
    world.deploy(every(10))
    assert world.change("home", active=False).next_tick is None
    assert world.here().slot is Slot.MAIN
