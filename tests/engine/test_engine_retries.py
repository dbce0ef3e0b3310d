"""Retries in whole runs: what is waited, what is seen meanwhile, and hosts that are left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from aiohttp import web
from engine_rig import Rig, in_loop, rig, steps_of
from flow_parts import call, flow_of, loop, post, set_, stop, wait
from http_target import Got, HttpTarget, http_target, said, until

from flowslot.app.callers import SYSTEM
from flowslot.app.runs import cancel
from flowslot.base.ids import RunId
from flowslot.domain.runs import Run, RunStatus


def one_after_the_other(*answers: int | web.Response) -> Any:
    """Statuses or answers in this order, then 200 for ever."""
    left = list(answers)

    def answer(got: Got) -> web.Response:
        given = left.pop(0) if left else 200
        return said({}, status=given) if isinstance(given, int) else given

    return answer


def error_of(run: Run) -> tuple[str, str]:
    assert run.error is not None, run
    return run.error.code, run.error.message


async def rests(it: Rig, run: RunId, target: HttpTarget, requests: int) -> Run:
    """The run once it has sent so many requests and rests."""
    await until(lambda: len(target.got) == requests and it.engine.working == 0)
    return await it.is_(run, "suspended")


@in_loop
async def test_a_resting_retry_shows_its_attempts_the_last_error_and_the_next_time(given_each: Any) -> None:
    async with rig(*given_each) as it, http_target(one_after_the_other(503, 500)) as target:
        it.flow(flow_of(post("send", target.url("/x"), retry={"attempts": 5, "delay": "1h", "factor": 1})))
        run = (await it.start()).run
        for made, status in ((1, 503), (2, 500)):
            step = steps_of(await rests(it, run, target, made))["send"]
            assert step.error is not None
            assert (step.status, step.attempts, step.error.code) == ("suspended", made, "http_error")
            assert f"answered {status}" in step.error.message
            assert f"(attempt {made}; the next one begins at 20" in step.error.message
            it.advance(hours=2)
        ended = steps_of(await it.end_of(run))["send"]
        assert (ended.status, ended.attempts, ended.error) == ("success", 3, None)


@in_loop
async def test_the_error_of_the_last_attempt_says_how_many_there_were(given: Any) -> None:
    async with rig(*given) as it, http_target(one_after_the_other(*[503] * 9)) as target:
        it.flow(flow_of(post("send", target.url("/x"), retry={"attempts": 3, "delay": "1ms"})))
        late = {"attempts": 9, "delay": "10m", "within": "5m"}
        it.flow(flow_of(post("send", target.url("/x"), retry=late)), slug="late")
        code, message = error_of(await it.run())
        assert code == "http_error"
        assert message.endswith("answered 503: {} (given up after 3 attempts)")
        assert error_of(await it.run(slug="late"))[1].endswith(
            "(given up after 1 attempt: the next would not begin within 5m)"
        )


@in_loop
async def test_a_retry_survives_a_restart_and_is_not_hurried_by_it(given_each: Any) -> None:
    async with http_target(one_after_the_other(503)) as target:
        async with rig(*given_each) as it:
            it.flow(flow_of(post("send", target.url("/x"), retry={"attempts": 2, "delay": "1h", "within": "24h"})))
            run = (await it.start()).run
            await rests(it, run, target, 1)
        async with rig(*given_each) as it:
            it.engine.dispatch(run)
            await until(lambda: it.engine.working == 0 and it.engine.queued == 0)
            assert len(target.got) == 1
            it.advance(hours=2)
            ended = await it.end_of(run)
            assert (ended.status, steps_of(ended)["send"].attempts) == (RunStatus.SUCCESS, 2)
            assert target.keys == {f"{run}.send": 2}


@in_loop
async def test_a_retry_after_is_waited_for_as_seconds_and_as_a_date(given: Any) -> None:
    asked = ({"Retry-After": "600"}, {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"})
    answers = [web.json_response({}, status=429, headers=each) for each in asked]
    async with rig(*given) as it, http_target(one_after_the_other(*answers)) as target:
        it.flow(flow_of(post("send", target.url("/x"), retry={"attempts": 3, "delay": "1ms"})))
        run = (await it.start()).run
        for made, (too_early, due) in enumerate([(590, 15), (3590, 15)], start=1):
            await rests(it, run, target, made)
            it.advance(seconds=too_early)
            await rests(it, run, target, made)
            it.advance(seconds=due)
        assert (await it.end_of(run)).status is RunStatus.SUCCESS
        assert len(target.got) == 3


@in_loop
async def test_no_answer_and_no_answer_in_time_are_tried_again_and_named(given: Any) -> None:
    gate = asyncio.Event()

    async def silent(got: Got) -> web.Response:
        await gate.wait()
        return said({})

    async with rig(*given) as it, http_target() as gone, http_target(silent) as target:
        closed = gone.url("/x").replace(f":{gone.port}", ":1")
        it.flow(flow_of(post("send", closed, retry={"attempts": 2, "delay": "1ms"})), slug="closed")
        it.flow(flow_of(post("send", target.url("/x"), timeout="50ms", retry={"attempts": 2, "delay": "1ms"})))
        slow, closed_run = await it.run(), await it.run(slug="closed")
        gate.set()
        assert error_of(slow) == (
            "timeout",
            "127.0.0.1 gave no complete answer within 0.05 s. (given up after 2 attempts)",
        )
        assert steps_of(slow)["send"].attempts == 2
        assert error_of(closed_run)[0] == "network_error"
        assert steps_of(closed_run)["send"].attempts == 2


@in_loop
async def test_a_run_canceled_in_a_short_pause_sends_nothing_more(given_each: Any) -> None:
    async with rig(*given_each) as it, http_target(one_after_the_other(*[503] * 99)) as target:
        it.flow(flow_of(post("send", target.url("/x"), retry={"attempts": 99, "delay": "300ms", "factor": 1})))
        run = (await it.start()).run
        await until(lambda: len(target.got) == 1)
        async with asyncio.timeout(10):
            while "send#1" not in (await it.parts.journal.load(run)).entries:
                await asyncio.sleep(0.005)
        await cancel(it.parts, SYSTEM, run=run)
        assert (await it.end_of(run)).status is RunStatus.CANCELED
        assert len(target.got) == 1


# ---------------------------------------------------------------- circuits


async def failed_runs(it: Rig, count: int) -> Sequence[str]:
    return [error_of(await it.run())[0] for _ in range(count)]


@in_loop
async def test_a_host_that_keeps_failing_is_left_alone_by_runs_without_retry(given: Any) -> None:
    async with (
        rig(*given, circuit_failures=3, circuit_pause=60) as it,
        http_target(one_after_the_other(*[500] * 3)) as target,
    ):
        it.workspace("bolt")
        it.flow(flow_of(post("send", target.url("/x"))))
        it.register("orders", "bolt")
        assert await failed_runs(it, 5) == ["http_error"] * 3 + ["circuit_open"] * 2
        assert len(target.got) == 3
        assert (await it.run(workspace="bolt")).status is RunStatus.SUCCESS
        it.advance(seconds=61)
        assert (await it.run()).status is RunStatus.SUCCESS


@in_loop
async def test_runs_with_retry_rest_until_the_host_is_tried_again(given_each: Any) -> None:
    async with (
        rig(*given_each, circuit_failures=3, circuit_pause=60) as it,
        http_target(one_after_the_other(*[503] * 3)) as target,
    ):
        it.flow(flow_of(post("send", target.url("/x"))), slug="breaks")
        it.flow(flow_of(post("send", target.url("/x"), retry={"attempts": 4, "delay": "10ms"})))
        for _ in range(3):
            await it.run(slug="breaks")
        runs = [(await it.start()).run for _ in range(10)]
        for run in runs:
            step = steps_of(await it.is_(run, "suspended"))["send"]
            assert step.error is not None
            assert (step.error.code, step.attempts) == ("circuit_open", 1)
        assert len(target.got) == 3
        it.advance(seconds=80)
        ended = [await it.end_of(run) for run in runs if not it.advance(seconds=10)]
        assert {each.status for each in ended} == {RunStatus.SUCCESS}
        assert len(target.got) == 13


@in_loop
async def test_a_loop_over_a_dead_host_does_not_hammer_it(given: Any) -> None:
    async with rig(*given) as it, http_target(one_after_the_other(*[500] * 999)) as target:
        items = loop("=list(range(300))", post("send", target.url("/x"), json="=item"), on_error="collect")
        count = "=sum(1 for each in steps.loop if each['error']['code'] == 'circuit_open')"
        it.flow(flow_of(items, stop(details=count)))
        run = await it.run()
        assert run.outcome is not None, run.error
        assert 20 <= len(target.got) <= 30
        assert run.outcome.details == 300 - len(target.got)


# ---------------------------------------------------------------- places


@in_loop
async def test_a_stop_with_failure_inside_a_loop_is_the_place_of_the_error(given: Any) -> None:
    async with rig(*given) as it:
        no = {"id": "no", "kind": "stop", "status": "failure", "message": "not this one", "if": "=item == 2"}
        it.flow(flow_of(loop("=[1, 2]", set_("a", 1), no)))
        error = (await it.run()).error
        assert error is not None
        assert (error.code, error.step, error.pointer) == ("stopped", "no", "/steps/0/steps/1")
        assert error.message == "not this one"


@in_loop
async def test_resting_runs_cost_no_task_and_no_place(given: Any) -> None:
    async def rest(count: int, *, in_all: int) -> int:
        """Tasks of the process once so many more runs rest, in each of the ways to rest."""
        for _ in range(count):
            for slug in ("waits", "calls", "retries"):
                await it.start(slug=slug)
        async with asyncio.timeout(40):
            while await it.resting() != 4 * in_all or it.engine.working:
                await asyncio.sleep(0.02)
        assert it.engine.queued == 0
        return len(asyncio.all_tasks())

    settings = {"circuit_failures": 0}
    async with rig(*given, places=8, **settings) as it, http_target(one_after_the_other(*[503] * 999)) as target:
        it.flow(flow_of(wait("rest", **{"for": "30d"})), slug="waits")
        it.flow(flow_of(call("ask", "waits")), slug="calls")
        it.flow(flow_of(post("send", target.url("/x"), retry={"attempts": 9, "delay": "24h"})), slug="retries")
        few = await rest(2, in_all=2)
        assert await rest(60, in_all=62) <= few
