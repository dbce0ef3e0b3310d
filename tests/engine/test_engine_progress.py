"""While a run goes on, what is known of its steps can be seen; who listens is told when they move on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from engine_rig import Rig, in_loop, rig
from flow_parts import flow_of, loop, post, set_, stop
from http_target import Got, http_target, said, until

from flowslot.base.ids import RunId
from flowslot.engine import progress


@asynccontextmanager
async def held(it: Rig, *before: dict[str, Any]) -> AsyncIterator[tuple[RunId, asyncio.Event]]:
    """A run that hangs in the step `send`; it goes on once the event is set."""
    gate = asyncio.Event()

    async def answer(got: Got) -> Any:
        await gate.wait()
        return said({"ok": True})

    async with http_target(answer) as target:
        it.flow(flow_of(*before, post("send", target.url("/x"), json={"n": 1}), stop()))
        run = (await it.start()).run
        await until(lambda: len(target.got) == 1)
        yield run, gate
        gate.set()
        await it.end_of(run)


@in_loop
async def test_a_run_under_way_shows_its_steps_with_the_one_that_is_executed(given: Any) -> None:
    async with rig(*given) as it:
        async with held(it, set_("first", 7)) as (run, _):
            found = it.engine.so_far(run)
            assert found is not None
            assert [(each.path, each.kind, each.status, each.output) for each in found.steps] == [
                ("first", "set", "success", 7),
                ("send", "http_request", "running", None),
            ]
            assert found.steps[1].input["json"] == {"n": 1}
        assert it.engine.so_far(run) is None


@in_loop
async def test_who_listens_is_told_of_steps_and_once_while_nothing_moves(given: Any) -> None:
    async with rig(*given) as it:
        it.seen.watched = True
        async with held(it, set_("first", 7)) as (run, _):
            await until(lambda: bool(it.seen.steps))
            watching = progress.Progress(it.seen, it.engine._working, it.clock)
            told = len(it.seen.steps)
            for _ in range(3):
                watching.tell()
            assert len(it.seen.steps) == told + 1
            event = it.seen.steps[-1]
            assert (event["action"], event["flow"], event["about"]["run"]) == ("run.step", "orders", run)
            assert [(each["path"], each["status"]) for each in event["about"]["steps"]] == [("send", "running")]


@in_loop
async def test_nobody_is_told_where_nobody_listens(given: Any) -> None:
    async with rig(*given) as it, held(it) as (_, _):
        watching = progress.Progress(it.seen, it.engine._working, it.clock)
        watching.tell()
        assert not it.seen.steps
        it.seen.watched = True
        watching.tell()
        assert len(it.seen.steps) == 1


@in_loop
async def test_the_steps_of_a_loop_are_seen_with_their_item(given: Any) -> None:
    gate = asyncio.Event()

    async def answer(got: Got) -> Any:
        if got.path == "/2":
            await gate.wait()
        return said({})

    async with http_target(answer) as target, rig(*given) as it:
        it.flow(flow_of(loop([1, 2], post("send", target.url("/{{ item }}")), concurrency=1)))
        run = (await it.start()).run
        await until(lambda: len(target.got) == 2)
        found = it.engine.so_far(run)
        assert found is not None
        assert [(each.path, each.status) for each in found.steps] == [
            ("loop", "running"),
            ("loop[0].send", "success"),
            ("loop[1].send", "running"),
        ]
        gate.set()
        await it.end_of(run)
