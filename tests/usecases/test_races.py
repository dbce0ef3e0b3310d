"""Two people at once: of those who saw the same revision exactly one wins: R4, R5, R18."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, Thread

import pytest

from flowslot.base.errors import FlowslotError, RevisionConflict
from flowslot.domain.slots import Slot
from make import World, document

Deed = Callable[[World], object]
ROUNDS = 5


def at_once(world: World, *deeds: Deed) -> list[str]:
    """What became of each deed: `done` or the code of its refusal."""
    ready, became = Barrier(len(deeds)), [""] * len(deeds)

    def run(index: int, deed: Deed) -> None:
        ready.wait()
        try:
            deed(world)
            became[index] = "done"
        except FlowslotError as refused:
            became[index] = refused.code

    threads = [Thread(target=run, args=each) for each in enumerate(deeds)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(timeout=30)
    return became


def save(seen: int, version: int) -> Deed:
    return lambda world: world.draft(document(value=seen), expected_revision=seen)


def stage(seen: int, version: int) -> Deed:
    return lambda world: world.stage(document(value=seen), expected_revision=seen)


def promote(seen: int, version: int) -> Deed:
    return lambda world: world.promote(expected_revision=seen, version=version)


def move(seen: int, version: int) -> Deed:
    return lambda world: world.put("acme", Slot.STAGING, expected_revision=seen)


def revert(seen: int, version: int) -> Deed:
    return lambda world: world.revert(expected_revision=seen)


PAIRS = [(stage, stage), (promote, promote), (stage, promote), (save, stage), (move, promote), (revert, promote)]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: " and ".join(each.__name__ for each in pair))
def test_of_two_at_once_exactly_one_wins(world: World, pair: tuple[Callable[..., Deed], ...]) -> None:
    """R18: the other is told of the conflict, and nothing of theirs is kept."""
    world.register("acme")
    world.deploy()
    for round_ in range(ROUNDS):
        world.stage(document(value=1000 + round_))
        world.put("acme", Slot.MAIN)
        before = world.shown()
        version = before.staging.number
        deeds = [each(seen=before.revision, version=version) for each in pair]
        became = at_once(world, *deeds)
        assert sorted(became) == ["done", "revision_conflict"]
        assert world.shown().revision == before.revision + 1


def test_drafts_of_many_at_once_are_all_kept_in_the_end(world: World) -> None:
    """R18, R1: eight people save until they are let: eight versions, none lost, none twice."""

    def until_saved(world: World, value: int) -> None:
        for _ in range(100):
            with suppress(RevisionConflict):
                world.draft(document(value=value))
                return
        raise AssertionError("never got a turn")

    deeds = [lambda world, value=value: until_saved(world, value) for value in range(8)]
    assert at_once(world, *deeds) == ["done"] * 8
    with world.deps.store.read(world.by.caller) as uow:
        flow = uow.flows.get("orders")
        kept = [uow.versions.definition(flow.id, number)["steps"][0]["value"] for number in range(1, 9)]
    assert (sorted(kept), flow.latest_version, flow.revision) == (list(range(8)), 8, 9)


def test_a_registration_made_during_a_promotion_is_on_main(world: World) -> None:
    """R5: before it or after it, never left on a staging that is gone."""
    for round_ in range(ROUNDS):
        slug = f"ws-{round_}"
        world.workspace(slug)
        before = world.stage(document(value=round_)).flow
        promoting = promote(seen=before.revision, version=before.staging.number)
        assert at_once(world, promoting, lambda world, slug=slug: world.register(slug)) == ["done", "done"]
        here = world.here(slug)
        assert (here.slot, here.resolved_version) == (Slot.MAIN, before.staging.number)
    assert world.shown().registrations == 1 + ROUNDS
