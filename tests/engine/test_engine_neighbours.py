"""Several processes on one database: what is asked of one takes hold of the runs of the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from engine_rig import Rig, in_loop, rig
from flow_parts import call, flow_of, loop, post, set_, stop, wait
from http_target import http_target, said, until

from flowslot.app.bus import NoBus
from flowslot.app.callers import SYSTEM
from flowslot.app.runs import cancel, signal
from flowslot.base.ids import RunId
from flowslot.domain.runs import RunStatus
from flowslot.wiring.orders import inbox
from flowslot.wiring.process_bus import ProcessBus

BY_ROW = 5.0
"""Seconds within which a waiter looks at the row, whatever he was told."""


@asynccontextmanager
async def buses() -> AsyncIterator[tuple[ProcessBus, ProcessBus]]:
    """The buses of two processes, at work."""
    (first, to_first), (second, to_second) = inbox(), inbox()
    both = ProcessBus(first, [to_second]), ProcessBus(second, [to_first])
    for bus in both:
        bus.start(asyncio.get_running_loop())
    try:
        yield both
    finally:
        for bus in both:
            bus.close()
        for each in (first, to_first, second, to_second):
            each.close()


@asynccontextmanager
async def two(given: Any, *, silent: bool = False, **more: Any) -> AsyncIterator[tuple[Rig, Rig]]:
    """The engines p1 and p2."""
    async with buses() as joined:
        one, other = (NoBus(), NoBus()) if silent else joined
        async with rig(*given, name="p1", bus=one, **more) as here, rig(*given, name="p2", bus=other, **more) as there:
            yield here, there


def waits(**more: Any) -> Any:
    return flow_of(wait("ask", signal=True, **more), stop(details="=steps.ask"))


@in_loop
async def test_a_run_is_worked_on_by_the_process_that_accepted_it(given_each: Any) -> None:
    async with two(given_each) as (here, there):
        here.flow(flow_of(set_("a", "=1")))
        run = (await there.start()).run
        assert (await there.end_of(run)).status is RunStatus.SUCCESS
        assert (await here.parts.journal.load(run)).owner == "p2"
        assert [moves for _, moves, _ in here.seen.moves] == []


@in_loop
async def test_a_run_that_waits_takes_a_signal_from_another_process(given_each: Any) -> None:
    async with two(given_each) as (here, there):
        here.flow(waits())
        run = (await there.start()).run
        await there.is_(run, "suspended")
        await signal(here.parts, SYSTEM, run=run, step="ask", payload={"ok": True})
        ended = await there.end_of(run, seconds=BY_ROW)
        assert ended.outcome is not None
        assert ended.outcome.details == {"ok": True}


@in_loop
async def test_a_run_that_waits_is_canceled_from_another_process(given_each: Any) -> None:
    async with two(given_each) as (here, there):
        here.flow(waits())
        run = (await there.start()).run
        await there.is_(run, "suspended")
        waiting = asyncio.create_task(there.engine.ended(run, seconds=BY_ROW))
        assert await cancel(here.parts, SYSTEM, run=run) is RunStatus.CANCELED
        assert await waiting
        await until(lambda: ("orders", run, "canceled") in there.seen.moves)
        assert not [move for move in here.seen.moves if move[2] == "canceled"]


@in_loop
async def test_a_run_being_worked_on_is_canceled_from_another_process_before_its_next_effect(given_each: Any) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def answer(got: Any) -> Any:
        asked.set()
        await go_on.wait()
        return said({})

    async with two(given_each) as (here, there), http_target(answer) as target:
        here.flow(flow_of(post("first", target.url("/1")), post("second", target.url("/2"))))
        run = (await there.start()).run
        await asked.wait()
        assert await cancel(here.parts, SYSTEM, run=run) is RunStatus.RUNNING
        await until(lambda: there.engine.working == 1 and there.engine._working[run].asked)
        go_on.set()
        assert (await there.end_of(run)).status is RunStatus.CANCELED
        assert [got.path for got in target.got] == ["/1"]


@in_loop
async def test_a_queued_run_that_is_canceled_elsewhere_is_not_begun(given_each: Any) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def answer(got: Any) -> Any:
        asked.set()
        await go_on.wait()
        return said({})

    async with two(given_each, places=1) as (here, there), http_target(answer) as target:
        here.flow(flow_of(post("send", target.url("/1"))))
        await there.start()
        await asked.wait()
        queued = (await there.start()).run
        assert await cancel(here.parts, SYSTEM, run=queued) is RunStatus.CANCELED
        go_on.set()
        await until(lambda: ("orders", queued, "canceled") in there.seen.moves)
        assert len(target.got) == 1


@in_loop
async def test_a_called_run_that_is_canceled_elsewhere_lets_its_caller_go_on(given_each: Any) -> None:
    async with two(given_each) as (here, there):
        here.flow(waits(), slug="called")
        attempt = {"id": "attempt", "kind": "try", "steps": [call("ask", "called")], "catch": [set_("c", "caught")]}
        here.flow(flow_of(attempt, stop(details="=steps.attempt")))
        run = (await there.start()).run
        await there.is_(run, "suspended")
        called = next(move[1] for move in there.seen.moves if move[0] == "called")
        await there.is_(RunId(called), "suspended")
        await cancel(here.parts, SYSTEM, run=RunId(called))
        ended = await there.end_of(run, seconds=BY_ROW)
        assert ended.status is RunStatus.SUCCESS


@in_loop
async def test_the_end_of_another_process_run_is_waited_for_and_told_at_once(given_each: Any) -> None:
    async with two(given_each) as (here, there):
        here.flow(waits())
        run = (await there.start()).run
        await there.is_(run, "suspended")
        waiting = asyncio.create_task(here.engine.ended(run, seconds=20))
        await until(lambda: there.engine._neighbours._awaited.get(run) is not None)
        await signal(there.parts, SYSTEM, run=run, step="ask", payload=None)
        assert await waiting
        assert not await here.engine.ended((await there.start()).run, seconds=0.2)


@in_loop
async def test_a_lost_message_costs_time_and_nothing_else(given_each: Any) -> None:
    async with two(given_each, silent=True) as (here, there):
        here.flow(flow_of(loop("=[1]", set_("a", "=item")), wait("rest", **{"for": "1s"})))
        run = (await there.start()).run
        assert await here.engine.ended(run, seconds=10)


@in_loop
async def test_runs_of_a_name_that_is_no_more_go_on_in_the_first_process(given_each: Any) -> None:
    async with rig(*given_each, name="p3") as gone:
        gone.flow(flow_of(wait("rest", **{"for": "1h"})))
        parked = (await gone.start()).run
        await gone.is_(parked, "suspended")
    async with rig(*given_each, name="p1", started=False) as here:
        here.advance(hours=2)
        assert await here.parts.journal.adopt(beside=["p2"]) == 1
        await here.engine.start()
        assert (await here.end_of(parked)).status is RunStatus.SUCCESS
