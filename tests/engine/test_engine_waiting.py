"""Waiting: timers, signals, branches that wait while others go on; without a task or a thread."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from engine_rig import Rig, in_loop, rig, steps_of
from flow_parts import flow_of, loop, post, set_, stop, wait
from http_target import http_target, until

from flowslot.app.callers import SYSTEM
from flowslot.app.runs import signal
from flowslot.base.clock import time_text
from flowslot.base.errors import AlreadyEnded, NotFound, NotWaiting
from flowslot.base.ids import RunId
from flowslot.domain.runs import RunStatus


async def send(it: Rig, run: RunId, step: str, payload: Any = None) -> None:
    await signal(it.parts, SYSTEM, run=run, step=step, payload=payload)


@in_loop
async def test_a_run_waits_until_its_time_and_not_longer(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(wait("rest", **{"for": "2h"}), stop(details="=steps.rest")))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        await until(lambda: it.engine.working == 0)  # the row says it waits a moment before the engine knows
        it.advance(hours=1)
        it.engine.dispatch(run)
        await until(lambda: it.engine.working == 0)
        assert (await it.state(run)).status is RunStatus.SUSPENDED
        it.advance(hours=1)
        ended = await it.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details is None


@in_loop
async def test_a_short_wait_ends_by_itself(given: Any) -> None:
    async with rig(*given) as it:
        it.flow(flow_of(wait("rest", **{"for": "50ms"})))
        run = await it.run()
        assert run.status is RunStatus.SUCCESS
        assert run.started_at is not None
        assert run.ended_at is not None
        assert run.ended_at - run.started_at >= timedelta(milliseconds=50)


@in_loop
async def test_a_wait_until_a_moment_that_has_passed_does_not_park(given: Any) -> None:
    async with rig(*given) as it:
        it.flow(flow_of(wait("rest", until="=trigger")))
        run = await it.run(time_text(it.clock.now() - timedelta(days=1)))
        assert run.status is RunStatus.SUCCESS, run.error
        assert [status for _, _, status in it.seen.moves] == ["queued", "success"]


@in_loop
async def test_a_signal_resumes_the_step_that_waits_for_it(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(wait("ask", signal="approval", timeout="24h"), stop(details="=steps.ask")))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        with pytest.raises(NotWaiting):
            await send(it, run, "done")
        await send(it, run, "ask", {"by": "Ann"})
        ended = await it.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details == {"by": "Ann"}
        with pytest.raises(AlreadyEnded):
            await send(it, run, "ask")
        with pytest.raises(NotFound):
            await send(it, RunId("run_unknown"), "ask")


@in_loop
async def test_a_signal_that_does_not_come_in_time_gives_null(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(wait("ask", signal="approval", timeout="1h"), stop(details="=steps.ask")))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        it.advance(hours=1)
        ended = await it.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details is None


@in_loop
async def test_a_signal_that_comes_at_the_last_moment_is_not_lost(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(wait("ask", signal="approval", timeout="1h"), stop(details="=steps.ask")))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        before = await it.parts.journal.load(run)
        assert await it.parts.journal.signal(run, "ask", "yes", it.clock.now())
        it.clock.ahead += timedelta(hours=1)
        it.engine.dispatch(run, loaded=before)
        ended = await it.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details == "yes"


@in_loop
async def test_a_second_signal_for_the_same_step_is_refused(given_each: Any) -> None:
    async with rig(*given_each) as it:
        both = [wait("first", signal="go"), wait("second", signal="go")]
        it.flow(flow_of(*both, stop(details=["=steps.first", "=steps.second"])))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        await send(it, run, "first", 1)
        with pytest.raises(NotWaiting):
            await send(it, run, "first", 2)
        await until(lambda: it.engine.working == 0 and it.engine.queued == 0)
        await it.is_(run, "suspended")
        await send(it, run, "second", 3)
        ended = await it.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details == [1, 3]


@in_loop
async def test_while_one_item_waits_the_others_go_on(given_each: Any) -> None:
    async with rig(*given_each) as it, http_target() as target:
        rest = wait("rest", **{"for": "=item", "if": "=item != '0s'"})
        items = loop("=['2h', '0s', '1h', '0s']", rest, post("send", target.url("/x"), json="=item"), concurrency=2)
        it.flow(flow_of({**items, "result": "=item"}, stop(details="=steps.loop")))
        run = (await it.start()).run
        parked = await it.is_(run, "suspended")
        assert [each.body for each in target.got] == ["0s"]
        assert {path: each.status for path, each in steps_of(parked).items()} == {
            "loop": "suspended",
            "loop[0].rest": "suspended",
            "loop[1].rest": "skipped",
            "loop[1].send": "success",
            "loop[2].rest": "suspended",
        }
        it.advance(hours=1)
        await until(lambda: len(target.got) == 3)
        assert [each.body for each in target.got] == ["0s", "1h", "0s"]
        it.advance(hours=1)
        ended = await it.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details == ["2h", "0s", "1h", "0s"]
        assert [each.body for each in target.got] == ["0s", "1h", "0s", "2h"]


@in_loop
async def test_finally_does_not_run_while_its_steps_wait(given: Any) -> None:
    async with rig(*given) as it, http_target() as target:
        safely = {
            "id": "safely",
            "kind": "try",
            "steps": [wait("rest", **{"for": "1h"})],
            "finally": [post("last", target.url("/last"))],
        }
        it.flow(flow_of(safely, set_("after", 1)))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        assert target.got == []
        it.advance(hours=1)
        await it.end_of(run)
        assert target.paths == ["/last"]
