"""Canceling in every state a run can be in, with what it had called; running again after every end (R13, R14)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from engine_rig import Rig, in_loop, rig, steps_of
from flow_parts import call, flow_of, loop, post, set_, stop, wait
from http_target import Got, HttpTarget, http_target, said, until

from flowslot.app.callers import SYSTEM
from flowslot.app.runs import cancel, rerun
from flowslot.base.errors import AlreadyEnded
from flowslot.base.ids import RunId
from flowslot.domain.runs import ENDED, RunStatus
from flowslot.domain.starting import RerunVersion
from flowslot.engine import stretch

SLOW_CODE = "def main():\n    total = 0\n    for n in range(100000):\n        total += n\n    return total\n"


@dataclass
class Place:
    """A running engine beside a target whose paths below /slow answer when the gate is opened."""

    it: Rig
    target: HttpTarget
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def url(self, path: str) -> str:
        return self.target.url(path)

    async def child(self, run: RunId, *, path: str = "ask") -> RunId:
        return RunId((await self.it.parts.journal.load(run)).entries[f"{path}#run"].output)


def after(place: Place) -> dict[str, Any]:
    """The step that must not be reached."""
    return post("after", place.url("/after"))


async def begun(place: Place, *steps: dict[str, Any]) -> RunId:
    place.it.flow(flow_of(*steps, after(place)))
    return (await place.it.start()).run


async def queued(place: Place) -> RunId:
    place.it.flow(flow_of(post("slow", place.url("/slow"))), slug="busy")
    await place.it.start(slug="busy")
    await until(lambda: len(place.target.got) == 1)
    return await begun(place, set_("a", 1))


async def in_pure_steps(place: Place) -> RunId:
    heavy = loop("=list(range(400))", set_("b", "=sum(range(20000))"))
    run = await begun(place, post("first", place.url("/first")), heavy)
    await until(lambda: len(place.target.got) == 1)
    return run


async def in_code(place: Place) -> RunId:
    code = {"id": "c", "kind": "code", "inputs": {}, "code": SLOW_CODE, "time_limit": "30s"}
    run = await begun(place, post("first", place.url("/first")), code)
    await until(lambda: len(place.target.got) == 1)
    return run


async def in_an_effect(place: Place) -> RunId:
    run = await begun(place, post("slow", place.url("/slow")))
    await until(lambda: len(place.target.got) == 1)
    return run


async def in_a_loop(place: Place) -> RunId:
    many = loop("=list(range(50))", post("slow", place.url("/slow")), concurrency=2)
    run = await begun(place, many)
    await until(lambda: len(place.target.got) == 2)
    return run


async def in_a_short_pause(place: Place) -> RunId:
    run = await begun(place, post("bad", place.url("/bad"), retry={"attempts": 9, "delay": "500ms", "factor": 1}))
    await until(lambda: len(place.target.got) == 1)
    return run


async def in_a_long_pause(place: Place) -> RunId:
    run = await begun(place, post("bad", place.url("/bad"), retry={"attempts": 9, "delay": "1h"}))
    await place.it.is_(run, "suspended")
    return run


async def in_a_wait(place: Place) -> RunId:
    run = await begun(place, wait("rest", **{"for": "30d"}))
    await place.it.is_(run, "suspended")
    return run


async def in_a_wait_for_a_signal(place: Place) -> RunId:
    run = await begun(place, wait("rest", signal=True))
    await place.it.is_(run, "suspended")
    return run


async def in_a_loop_that_waits(place: Place) -> RunId:
    run = await begun(place, loop("=[1, 2, 3]", wait("rest", signal=True)))
    await place.it.is_(run, "suspended")
    return run


async def in_a_call(place: Place) -> RunId:
    place.it.flow(flow_of(wait("rest", signal=True), after(place)), slug="called")
    run = await begun(place, call("ask", "called"))
    await place.it.is_(run, "suspended")
    await place.it.is_(await place.child(run), "suspended")
    return run


STATES: dict[str, tuple[Callable[[Place], Awaitable[RunId]], bool]] = {
    "queued": (queued, True),
    "in pure steps": (in_pure_steps, False),
    "in code": (in_code, False),
    "in an effect": (in_an_effect, False),
    "in a loop": (in_a_loop, False),
    "in a short pause": (in_a_short_pause, False),
    "in a long pause": (in_a_long_pause, True),
    "in a wait": (in_a_wait, True),
    "in a wait for a signal": (in_a_wait_for_a_signal, True),
    "in a loop that waits": (in_a_loop_that_waits, True),
    "in a call": (in_a_call, True),
}
"""How a run comes there, and whether canceling ends it at once."""


@pytest.mark.parametrize(("come_there", "at_once"), STATES.values(), ids=STATES)
def test_a_run_is_canceled_in_every_state_and_goes_no_further(
    come_there: Callable[[Place], Awaitable[RunId]], at_once: bool, given_each: Any
) -> None:
    @in_loop
    async def story() -> None:
        async with at_a_place(given_each, places=1 if come_there is queued else 16) as place:
            run = await come_there(place)
            status = await cancel(place.it.parts, SYSTEM, run=run)
            assert (status is RunStatus.CANCELED) is at_once
            place.gate.set()
            ended = await place.it.end_of(run)
            assert (ended.status, ended.error, ended.outcome) == (RunStatus.CANCELED, None, None)
            with pytest.raises(AlreadyEnded):
                await cancel(place.it.parts, SYSTEM, run=run)
            await until(lambda: place.it.engine.working == 0 and place.it.engine.queued == 0)
            assert "/after" not in place.target.paths
            assert len([each for each in place.target.paths if each == "/slow"]) <= 2
            if come_there is not queued:
                assert steps_of(ended)

    story()


def at_a_place(given: Any, *, places: int) -> Any:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def made() -> Any:
        gate = asyncio.Event()

        async def answer(got: Got) -> web.Response:
            if got.path == "/slow":
                await gate.wait()
            return said({}, status=503 if got.path == "/bad" else 200)

        async with rig(*given, places=places) as it, http_target(answer) as target:
            yield Place(it, target, gate)

    return made()


# ---------------------------------------------------------------- with what it had called


@in_loop
async def test_called_runs_that_are_waited_for_are_canceled_down_to_the_last(given_each: Any) -> None:
    async with at_a_place(given_each, places=16) as place:
        it = place.it
        it.flow(flow_of(wait("rest", signal=True)), slug="leaf")
        it.flow(flow_of(call("ask", "leaf")), slug="middle")
        it.flow(flow_of(loop("=[1, 2, 3]", call("ask", "middle")), wait("w", signal=True)))
        run = (await it.start()).run
        async with asyncio.timeout(20):
            while await it.resting() != 7:
                await asyncio.sleep(0.01)
        assert await cancel(it.parts, SYSTEM, run=run) is RunStatus.CANCELED
        for index in range(3):
            middle = await place.child(run, path=f"loop[{index}].ask")
            for each in (middle, await place.child(middle)):
                found = await it.state(each)
                assert found.status is RunStatus.CANCELED
                assert {step.status for step in found.steps} == {"suspended"}
        await until(lambda: len([move for move in it.seen.moves if move[2] == "canceled"]) >= 7)


@in_loop
async def test_a_called_run_that_is_being_worked_on_ends_before_its_next_effect(given_each: Any) -> None:
    async with at_a_place(given_each, places=16) as place:
        place.it.flow(flow_of(post("slow", place.url("/slow")), after(place)), slug="called")
        run = await begun(place, call("ask", "called"))
        await until(lambda: len(place.target.got) == 1)
        await place.it.is_(run, "suspended")
        called = await place.child(run)
        assert await cancel(place.it.parts, SYSTEM, run=run) is RunStatus.CANCELED
        assert (await place.it.state(called)).status is RunStatus.RUNNING
        place.gate.set()
        assert (await place.it.end_of(called)).status is RunStatus.CANCELED
        assert place.target.paths == ["/slow"]


@in_loop
async def test_a_working_run_that_is_canceled_takes_its_called_runs_along_when_it_ends(given_each: Any) -> None:
    async with at_a_place(given_each, places=16) as place:
        it = place.it
        it.flow(flow_of(wait("rest", signal=True)), slug="called")
        asks = {**call("ask", "called"), "if": "=item == 1"}
        run = await begun(place, loop("=[1, 2]", asks, {**post("slow", place.url("/slow")), "if": "=item == 2"}))
        await until(lambda: len(place.target.got) == 1)
        async with asyncio.timeout(10):
            while "loop[0].ask#run" not in (await it.parts.journal.load(run)).entries:
                await asyncio.sleep(0.01)
        called = await place.child(run, path="loop[0].ask")
        await it.is_(called, "suspended")
        assert await cancel(it.parts, SYSTEM, run=run) is RunStatus.RUNNING
        place.gate.set()
        assert (await it.end_of(run)).status is RunStatus.CANCELED
        assert (await it.end_of(called)).status is RunStatus.CANCELED


@in_loop
async def test_a_called_run_that_nobody_waits_for_goes_on(given_each: Any) -> None:
    async with at_a_place(given_each, places=16) as place:
        place.it.flow(flow_of(wait("rest", **{"for": "1h"}), stop(details=1)), slug="called")
        run = await begun(place, call("ask", "called", wait=False), wait("rest", signal=True))
        await place.it.is_(run, "suspended")
        called = RunId((await place.it.parts.journal.load(run)).entries["ask"].output["run"])
        await place.it.is_(called, "suspended")
        await cancel(place.it.parts, SYSTEM, run=run)
        place.it.advance(hours=2)
        assert (await place.it.end_of(called)).status is RunStatus.SUCCESS


# ---------------------------------------------------------------- again, after every end

ENDS: dict[RunStatus, dict[str, Any]] = {
    RunStatus.SUCCESS: stop(),
    RunStatus.FAILED: {"id": "done", "kind": "assert", "label": "no", "actual": 1, "expected": 2},
    RunStatus.EXCEPTION: loop("=list(range(101))", set_("c", 1), step="done"),
    RunStatus.CANCELED: wait("done", signal=True),
}


def test_every_end_is_in_the_table() -> None:
    assert set(ENDS) == ENDED


@pytest.mark.parametrize("version", RerunVersion, ids=lambda version: version.value)
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.value)
def test_a_run_is_run_again_after_every_end_from_the_start_and_from_a_step(
    end: RunStatus, version: RerunVersion, given: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretch, "MOST_STEPS", 100)

    @in_loop
    async def story() -> None:
        async with at_a_place(given, places=16) as place:
            it = place.it
            it.flow(flow_of(post("first", place.url("/first")), set_("second", 1), ENDS[end]))
            first = await ended_as(it, (await it.start({"n": 1})).run, end)
            for from_step, requests in ((None, 2), ("second", 2), ("done", 2), ("first", 3)):
                again = await rerun(it.parts, SYSTEM, run=first, version=version, from_step=from_step)
                await ended_as(it, again.run, end)
                found = await it.state(again.run)
                assert (found.input, found.trigger.about["rerun_of"]) == ({"n": 1}, first)
                assert len(place.target.got) == requests, from_step

    story()


async def ended_as(it: Rig, run: RunId, end: RunStatus) -> RunId:
    if end is RunStatus.CANCELED:
        await it.is_(run, "suspended")
        await cancel(it.parts, SYSTEM, run=run)
    assert (await it.end_of(run)).status is end
    return run
