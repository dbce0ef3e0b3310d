"""One workspace never slows another: turns between workspaces, and a place kept free for a newcomer."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from engine_rig import in_loop, rig
from flow_parts import flow_of, post, set_
from http_target import Got, http_target, said, until

from flowslot.base.ids import RunId, WorkspaceId
from flowslot.engine.fair_queue import FairQueue, Job


def job(workspace: str, number: int = 0) -> Job:
    return Job(RunId(f"{workspace}{number}"), WorkspaceId(workspace), None)


def test_within_a_workspace_the_first_comes_first_and_workspaces_take_turns() -> None:
    queue = FairQueue(100)
    for each in (*(job("a", n) for n in range(4)), *(job("b", n) for n in range(2)), job("c")):
        queue.put(each)
    taken = [each.run for _ in range(7) if (each := queue.take())]
    assert taken == ["a0", "b0", "c0", "a1", "b1", "a2", "a3"]
    assert (queue.take(), queue.length) == (None, 0)


@pytest.mark.parametrize(("greedy", "places", "each"), [(1, 12, 6), (2, 12, 4), (3, 12, 3), (1, 1, 1)])
def test_however_many_want_all_places_one_part_stays_free_for_a_newcomer(greedy: int, places: int, each: int) -> None:
    queue = FairQueue(places)
    for number in range(places):
        for name in range(greedy):
            queue.put(job(f"w{name}", number))
    taken = []
    while (found := queue.take()) is not None:
        taken.append(found.workspace)
    assert max(taken.count(WorkspaceId(f"w{name}")) for name in range(greedy)) <= max(each, places // (greedy + 1) + 1)
    queue.put(job("newcomer"))
    if places > 1:
        assert queue.take() is not None


def test_a_place_that_is_given_back_is_taken_again() -> None:
    queue = FairQueue(2)
    queue.put(job("a", 0))
    queue.put(job("a", 1))
    assert queue.take() is not None
    assert queue.take() is None
    queue.done(WorkspaceId("a"))
    assert queue.take() is not None


@in_loop
async def test_a_workspace_with_many_slow_runs_does_not_keep_another_waiting(given: Any) -> None:
    gate = asyncio.Event()

    async def answer(got: Got) -> Any:
        await gate.wait()
        return said({})

    async with http_target(answer) as target, rig(*given, places=8) as it:
        it.workspace("bolt")
        it.flow(flow_of(post("slow", target.url("/x"))))
        it.flow(flow_of(set_("quick", 1)), slug="quick", workspace="bolt")
        slow = [(await it.start()).run for _ in range(30)]
        await until(lambda: len(target.got) == 4)
        assert (await it.run(slug="quick", workspace="bolt")).status.value == "success"
        assert it.engine.queued == 26
        gate.set()
        for run in slow:
            await it.end_of(run)
