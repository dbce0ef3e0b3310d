"""Calls of other flows: runs of their own, on what their own registration resolves to (R13)."""

from __future__ import annotations

from typing import Any

import pytest
from engine_rig import Rig, in_loop, rig, steps_of
from flow_parts import call, flow_of, loop, set_, stop, wait
from http_target import until

from flowslot.app.callers import SYSTEM
from flowslot.app.runs import cancel, signal
from flowslot.base.ids import RunId
from flowslot.domain.runs import Run, RunStatus, TriggerKind
from flowslot.domain.slots import Slot
from flowslot.engine import calling, limits

NUMBER = {"kind": "on_demand", "input": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}}


def caller(*more: dict[str, Any], flow: str = "double", **settings: Any) -> dict[str, Any]:
    return flow_of(call("ask", flow, **{"input": {"n": "=trigger"}, **settings}), *more, stop(details="=steps.ask"))


def error_of(run: Run) -> tuple[str, str | None]:
    assert run.error is not None, run
    return run.error.code, run.error.step


@in_loop
async def test_the_caller_gets_what_the_called_flow_s_stop_said(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow({**flow_of(stop(message="twice", details="=trigger.n * 2")), "trigger": NUMBER}, slug="double")
        it.flow(caller())
        run = await it.run(21)
        assert run.outcome is not None, run.error
        answer = run.outcome.details
        assert {**answer, "run": ""} == {"run": "", "status": "success", "message": "twice", "details": 42}
        called = await it.state(RunId(answer["run"]))
        assert (called.parent, called.depth, called.trigger.kind) == (run.id, 1, TriggerKind.CALL)
        assert called.input == {"n": 21}
        assert all(status != "suspended" for _, _, status in it.seen.moves)


@in_loop
async def test_a_caller_rests_while_the_called_flow_waits(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow({**flow_of(wait("rest", signal="go"), stop(details="=steps.rest")), "trigger": NUMBER}, slug="double")
        it.flow(caller())
        run = (await it.start(1)).run
        parked = await it.is_(run, "suspended")
        assert steps_of(parked)["ask"].status == "suspended"
        await until(lambda: it.engine.working == 0)
        called = await child_of(it, run)
        await signal(it.parts, SYSTEM, run=called, step="rest", payload="done")
        ended = await it.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details == {"run": called, "status": "success", "message": None, "details": "done"}


async def child_of(it: Rig, run: RunId) -> RunId:
    return RunId((await it.parts.journal.load(run)).entries["ask#run"].output)


@in_loop
async def test_a_stop_with_failure_is_an_answer_and_an_error_is_a_failed_step(given_each: Any) -> None:
    async with rig(*given_each) as it:
        said = stop(status="failure", message="no")
        it.flow(
            {**flow_of({**said, "if": "=trigger.n > 0"}, set_("bad", "=1 // trigger.n")), "trigger": NUMBER},
            slug="double",
        )
        it.flow(caller())
        answered, failed = await it.run(1), await it.run(0)
        assert answered.outcome is not None
        assert answered.status is RunStatus.SUCCESS
        assert (answered.outcome.details["status"], answered.outcome.details["message"]) == ("failure", "no")
        assert (failed.status, error_of(failed)) == (RunStatus.FAILED, ("call_failed", "ask"))


@in_loop
async def test_what_cannot_be_called_fails_the_step_with_the_reason(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.workspace("bolt")
        it.flow({**flow_of(), "trigger": NUMBER, "steps": [set_("a", 1)]}, slug="elsewhere", workspace="bolt")
        it.flow({**flow_of(set_("a", 1)), "trigger": NUMBER}, slug="empty", slot=None)
        it.flow({**flow_of(set_("a", 1)), "trigger": NUMBER}, slug="inactive", active=False)
        it.flow({**flow_of(set_("a", 1)), "trigger": {"kind": "webhook", "auth": "none"}}, slug="webhook")
        it.flow({**flow_of(set_("a", 1)), "trigger": NUMBER}, slug="double")
        for slug in ("nowhere", "elsewhere", "empty", "inactive", "webhook"):
            it.flow(caller(flow=slug), slug=f"calls-{slug}")
            run = await it.run(1, slug=f"calls-{slug}")
            assert error_of(run) == ("call_failed", "ask"), slug
        it.flow(caller())
        wrong = await it.run("text")
        assert error_of(wrong) == ("invalid_input", "ask")
        assert "/n" in (wrong.error.message if wrong.error else "")


@in_loop
async def test_a_called_flow_runs_its_own_slot_unless_the_call_asks_otherwise(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow({**flow_of(stop(details="main")), "trigger": NUMBER}, slug="double")
        it.save("double", {**flow_of(stop(details="staging")), "trigger": NUMBER}, slot=Slot.STAGING)
        for slot in ("own", "caller", "main"):
            it.flow(caller(slot=slot), slug=f"calls-{slot}")
            it.save(f"calls-{slot}", caller(slot=slot), slot=Slot.STAGING)
            it.change(f"calls-{slot}", "acme", slot=Slot.STAGING)
        said = {slot: (await it.run(1, slug=f"calls-{slot}")).outcome for slot in ("own", "caller", "main")}
        assert {slot: each.details["details"] for slot, each in said.items() if each} == {
            "own": "main",
            "caller": "staging",
            "main": "main",
        }


@in_loop
async def test_a_call_that_does_not_wait_answers_at_once(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow({**flow_of(stop(details=1)), "trigger": NUMBER}, slug="double")
        it.flow(caller(wait("rest", **{"for": "1h"}), wait=False))
        run = (await it.start(1)).run
        await it.is_(run, "suspended")
        it.advance(hours=1)
        ended = await it.end_of(run)
        assert ended.outcome is not None
        answer = ended.outcome.details
        assert (answer["status"], answer["details"]) == ("queued", None)
        assert (await it.end_of(RunId(answer["run"]))).status is RunStatus.SUCCESS


@in_loop
async def test_a_canceled_called_flow_fails_its_caller(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow({**flow_of(wait("rest", signal="go")), "trigger": NUMBER}, slug="double")
        it.flow(caller())
        run = (await it.start(1)).run
        await it.is_(run, "suspended")
        called = await child_of(it, run)
        await it.is_(called, "suspended")
        assert await cancel(it.parts, SYSTEM, run=called) is RunStatus.CANCELED
        assert error_of(await it.end_of(run)) == ("call_failed", "ask")


@in_loop
async def test_many_calls_of_a_loop_rest_together(given_each: Any) -> None:
    async with rig(*given_each) as it:
        waits = wait("rest", **{"for": "1h"})
        it.flow({**flow_of(waits, stop(details="=trigger.n")), "trigger": NUMBER}, slug="double")
        asks = loop("=list(range(6))", call("ask", "double", input={"n": "=item"}), concurrency=3)
        it.flow(flow_of({**asks, "result": "=steps.ask.details"}, stop(details="=steps.loop")))
        run = (await it.start()).run
        for count in (3, 6):
            await until(lambda count=count: suspended_children(it) == count and it.engine.working == 0)  # type: ignore[misc]
            it.advance(hours=1)
        ended = await it.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details == [0, 1, 2, 3, 4, 5]


def suspended_children(it: Rig) -> int:
    return len({run for flow, run, status in it.seen.moves if (flow, status) == ("double", "suspended")})


@in_loop
async def test_below_one_run_only_so_many_runs_are_started(given: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "MOST_DESCENDANTS", 3)
    async with rig(*given) as it:
        it.flow({**flow_of(set_("a", 1)), "trigger": NUMBER}, slug="leaf")
        it.flow({**flow_of(call("ask", "leaf", input={"n": 1})), "trigger": NUMBER}, slug="double")
        it.flow(flow_of(loop("=list(range(9))", call("ask", "double", input={"n": "=item"}), concurrency=1)))
        run = await it.run()
        assert error_of(run) == ("call_failed", "ask")
        assert [status for flow, _, status in it.seen.moves if flow == "leaf"].count("success") == 1
        assert (await it.run()).status is RunStatus.FAILED


@in_loop
async def test_flows_that_call_each_other_for_ever_come_to_an_end(given: Any) -> None:
    async with rig(*given) as it:
        it.flow({**flow_of(call("ask", "double", input={"n": "=trigger.n + 1"})), "trigger": NUMBER}, slug="double")
        run = await it.run({"n": 0}, slug="double")
        assert error_of(run) == ("call_failed", "ask")
        ended = [status for _, _, status in it.seen.moves if status in ("failed", "exception")]
        assert len(ended) == limits.MOST_DEPTH + 1
        assert ended[0] == "exception"


@in_loop
async def test_what_the_caller_does_not_have_is_not_handed_on_as_null(given_each: Any) -> None:
    text = {"type": "string"}
    both = {"type": "object", "required": ["id"], "properties": {"id": text, "note": text}}
    async with rig(*given_each) as it:
        it.flow(
            {**flow_of(stop(details="=trigger.note")), "trigger": {"kind": "on_demand", "input": both}}, slug="double"
        )
        handed = {"id": "=trigger.id", "note": "=trigger.note"}
        it.flow({**caller(input=handed), "trigger": {"kind": "on_demand", "input": both}})
        run = await it.run({"id": "a"})
        assert run.outcome is not None, run.error
        assert run.outcome.details["details"] is None
