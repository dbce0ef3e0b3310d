"""What a run cannot be asked for is refused with the reason: signals out of place, reruns from where none can begin."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from engine_rig import Rig, in_loop, rig, steps_of
from flow_parts import call, flow_of, loop, post, set_, stop, wait
from http_target import http_target, said

from flowslot.app.callers import SYSTEM
from flowslot.app.runs import rerun, signal
from flowslot.base.errors import AlreadyEnded, Invalid, NotWaiting
from flowslot.base.ids import RunId
from flowslot.domain.runs import RunStatus
from flowslot.domain.starting import RerunVersion


async def refused(it: Rig, run: RunId, step: str) -> tuple[str, list[str]]:
    """Why a signal is not taken, and where the run waits instead."""
    with pytest.raises(NotWaiting) as found:
        await signal(it.parts, SYSTEM, run=run, step=step, payload=None)
    waiting = found.value.extra["waiting"]
    assert isinstance(waiting, list)
    return str(found.value), waiting


async def parked_at(it: Rig, run: RunId, path: str) -> None:
    """Waits until a run rests at a step."""
    async with asyncio.timeout(10):
        while (step := steps_of(await it.is_(run, "suspended")).get(path)) is None or step.status != "suspended":
            await asyncio.sleep(0.005)


@in_loop
async def test_a_signal_that_nobody_waits_for_is_refused_with_where_the_run_waits(given_each: Any) -> None:
    async with rig(*given_each) as it:
        steps = [wait("first", signal="go"), wait("pause", **{"for": "1h"}), wait("second", signal="go"), set_("a", 1)]
        it.flow(flow_of(*steps))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        cases = {
            "second": "The run does not wait at 'second' now; it may not have come there yet. It waits at first.",
            "pause": "The step 'pause' does not wait for a signal. It waits at first.",
            "a": "The step 'a' does not wait for a signal. It waits at first.",
            "frist": "The run's version has no step 'frist'. It waits at first.",
            "loop[0].first": "The run does not wait at 'loop[0].first' now; it may not have come there yet."
            " It waits at first.",
        }
        for step, why in cases.items():
            assert await refused(it, run, step) == (why, ["first"])
        await signal(it.parts, SYSTEM, run=run, step="first", payload=1)
        twice = "The signal for 'first' has come already, or its time was over."
        assert await refused(it, run, "first") == (twice, [])
        await parked_at(it, run, "pause")
        it.advance(hours=2)
        await parked_at(it, run, "second")
        assert await refused(it, run, "first") == (f"{twice} It waits at second.", ["second"])
        await signal(it.parts, SYSTEM, run=run, step="second", payload=2)
        await it.end_of(run)
        with pytest.raises(AlreadyEnded):
            await signal(it.parts, SYSTEM, run=run, step="second", payload=3)


@in_loop
async def test_where_several_items_wait_a_signal_names_one(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(loop("=list(range(7))", wait("ok", signal=True)), stop(details="=steps.loop")))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        paths = [f"loop[{index}].ok" for index in range(7)]
        why, waiting = await refused(it, run, "ok")
        assert why == f"7 items wait at 'ok'; name one by its path: {', '.join(paths[:5])} and 2 more."
        assert sorted(waiting) == paths
        for index, path in enumerate(paths[:-1]):
            await signal(it.parts, SYSTEM, run=run, step=path, payload=index)
        assert "has come already" in (await refused(it, run, paths[0]))[0]
        await it.is_(run, "suspended")
        await signal(it.parts, SYSTEM, run=run, step="ok", payload=6)
        ended = await it.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details == list(range(7))


# ---------------------------------------------------------------- reruns from a step


@in_loop
async def test_a_rerun_begins_only_at_a_step_the_run_came_to_and_not_inside_a_loop(given_each: Any) -> None:
    async with rig(*given_each) as it, http_target(lambda got: said({}, status=500)) as target:
        branch = {
            "id": "branch",
            "kind": "condition",
            "if": "=trigger",
            "then": [set_("taken", 1)],
            "else": [set_("other", 1)],
        }
        inner = loop("=[1]", set_("deep", "=item"), step="inner", **{"as": "one"})
        steps = [
            branch,
            loop("=[1, 2]", set_("item_step", "=item"), inner),
            post("send", target.url("/x")),
            set_("z", 1),
        ]
        it.flow(flow_of(*steps))
        run = await it.run(True)
        assert run.status is RunStatus.FAILED
        cases = {
            "nowhere": ("unknown_step", "no step 'nowhere'"),
            "item_step": ("inside_loop", "inside the loop 'loop'; rerun from 'loop'"),
            "deep": ("inside_loop", "inside the loop 'loop'; rerun from 'loop'"),
            "inner": ("inside_loop", "inside the loop 'loop'"),
            "other": ("never_ran", "never came to the step 'other'"),
            "z": ("never_ran", "never came to the step 'z'"),
        }
        for version in RerunVersion:
            for step, (code, message) in cases.items():
                with pytest.raises(Invalid) as found:
                    await rerun(it.parts, SYSTEM, run=run.id, version=version, from_step=step)
                (problem,) = found.value.problems
                assert (problem.pointer, problem.code) == ("/from_step", code)
                assert message in problem.message
        for step in ("branch", "taken", "loop", "send"):
            again = await rerun(it.parts, SYSTEM, run=run.id, version=RerunVersion.SAME, from_step=step)
            assert (await it.end_of(again.run)).status is RunStatus.FAILED
        assert len(target.got) == 5


@in_loop
async def test_a_rerun_from_inside_a_branch_keeps_what_came_before_it_there(given_each: Any) -> None:
    left = [200, 200, 500]
    async with (
        rig(*given_each) as it,
        http_target(lambda got: said({"at": got.path}, status=left.pop(0) if left else 200)) as target,
    ):
        inside = [post("one", target.url("/one")), post("two", target.url("/two")), post("three", target.url("/three"))]
        safely = {
            "id": "safely",
            "kind": "try",
            "steps": [{"id": "if", "kind": "condition", "if": True, "then": inside}],
        }
        it.flow(flow_of(safely, stop(details=["=steps.one.body.at", "=steps.three.body.at"])))
        failed = await it.run()
        again = await rerun(it.parts, SYSTEM, run=failed.id, version=RerunVersion.SAME, from_step="three")
        ended = await it.end_of(again.run)
        assert ended.outcome is not None, ended.error
        assert ended.outcome.details == ["/one", "/three"]
        assert target.paths == ["/one", "/two", "/three", "/three"]
        assert steps_of(ended)["two"].output == steps_of(failed)["two"].output


@in_loop
async def test_a_rerun_from_a_catch_fails_in_the_same_way_before_it(given_each: Any) -> None:
    left = [500]
    async with rig(*given_each) as it, http_target(lambda got: said({}, status=left.pop() if left else 200)) as target:
        safely = {
            "id": "safely",
            "kind": "try",
            "steps": [post("send", target.url("/send"))],
            "catch": [post("tell", target.url("/tell"), json="=error.code")],
        }
        it.flow(flow_of(safely))
        first = await it.run()
        again = await rerun(it.parts, SYSTEM, run=first.id, version=RerunVersion.SAME, from_step="tell")
        assert (await it.end_of(again.run)).status is RunStatus.SUCCESS
        assert target.paths == ["/send", "/tell", "/tell"]
        assert target.got[2].body == "http_error"


@in_loop
async def test_a_rerun_keeps_the_result_of_a_call_and_the_payload_of_a_signal(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(stop(details="=run.id")), slug="called")
        it.flow(flow_of(call("ask", "called"), wait("ok", signal=True), stop(details=["=steps.ask.run", "=steps.ok"])))
        first = (await it.start()).run
        await it.is_(first, "suspended")
        await signal(it.parts, SYSTEM, run=first, step="ok", payload="yes")
        before = await it.end_of(first)
        again = await rerun(it.parts, SYSTEM, run=first, version=RerunVersion.SAME, from_step="done")
        after = await it.end_of(again.run)
        assert after.outcome == before.outcome
        assert after.outcome is not None
        assert after.outcome.details[1] == "yes"


# ---------------------------------------------------------------- called flows


@in_loop
async def test_a_call_that_takes_too_long_fails_with_timeout_and_its_run_is_canceled(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(wait("rest", signal=True)), slug="called")
        caught = {
            "id": "safely",
            "kind": "try",
            "steps": [call("ask", "called", timeout="1h")],
            "catch": [stop(details="=error.code")],
        }
        it.flow(flow_of(caught))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        called = RunId((await it.parts.journal.load(run)).entries["ask#run"].output)
        await it.is_(called, "suspended")
        it.advance(minutes=50)
        assert (await it.state(run)).status is RunStatus.SUSPENDED
        it.advance(minutes=11)
        ended = await it.end_of(run)
        assert ended.outcome is not None, ended.error
        assert ended.outcome.details == "timeout"
        error = steps_of(ended)["ask"].error
        assert error is not None
        assert error.message == f"The called run {called} did not end within 3600 s, and was canceled."
        assert (await it.end_of(called)).status is RunStatus.CANCELED


@in_loop
async def test_a_call_that_ends_in_time_knows_no_timeout(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(wait("rest", signal=True), stop(details="=steps.rest")), slug="called")
        it.flow(flow_of(call("ask", "called", timeout="1h"), stop(details="=steps.ask.details")))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        called = RunId((await it.parts.journal.load(run)).entries["ask#run"].output)
        await it.is_(called, "suspended")
        await signal(it.parts, SYSTEM, run=called, step="rest", payload=5)
        ended = await it.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details == 5
        it.advance(hours=2)
        assert (await it.state(run)).status is RunStatus.SUCCESS


@in_loop
async def test_an_error_below_several_calls_is_told_once(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(set_("bad", "=1 // trigger.n")), slug="leaf")
        for slug, below in (("three", "leaf"), ("two", "three"), ("one", "two")):
            it.flow(flow_of(call("ask", below, input="=trigger")), slug=slug)
        run = await it.run({"n": 0}, slug="one")
        assert run.error is not None
        two, _, leaf = dict.fromkeys(run for flow, run, _ in it.seen.moves if flow != "one")
        assert run.error.message.startswith(
            f"The called run {two} ended as failed; below it run {leaf} ended as failed"
        )
        assert "at its step 'bad': " in run.error.message
        assert run.error.message.count("ended as") == 2
