"""Walking the tree of steps: order, branches, loops, errors, limits. Nothing here depends on the database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from engine_rig import in_loop, rig, steps_of
from flow_parts import ANYTHING, flow_of, loop, set_, stop

from flowslot.domain.runs import RunStatus
from flowslot.engine import limits, stretch


@in_loop
async def test_a_run_computes_branches_and_stops_with_details(given: Any) -> None:
    async with rig(*given) as it:
        it.flow(
            {
                "trigger": ANYTHING,
                "config": {"type": "object", "properties": {"limit": {"type": "number"}}},
                "steps": [
                    {"id": "lines", "kind": "map", "over": "=trigger.lines", "to": {"total": "=item.qty * item.price"}},
                    set_("total", "=sum(line.total for line in steps.lines)"),
                    {
                        "id": "check",
                        "kind": "condition",
                        "if": "=steps.total > config.limit",
                        "then": [set_("large", "ask")],
                        "else": [set_("small", "go on")],
                    },
                    stop(
                        message="{{ steps.small }}: {{ run.workspace }}",
                        details={"total": "=steps.total", "large": "=steps.large"},
                    ),
                ],
            },
            config={"limit": 100},
        )
        run = await it.run({"lines": [{"qty": 2, "price": 5}, {"qty": 1, "price": Decimal("2.5")}]})
        assert run.status is RunStatus.SUCCESS, run.error
        assert run.outcome is not None
        assert run.outcome.message == "go on: acme"
        assert run.outcome.details == {"total": Decimal("12.5"), "large": None}
        assert {path: each.status for path, each in steps_of(run).items()} == {
            "lines": "success",
            "total": "success",
            "check": "success",
            "small": "success",
            "done": "success",
        }
        assert run.started_at is not None
        assert run.queued_at <= run.started_at
        assert run.ended_at is not None
        assert run.started_at <= run.ended_at


@in_loop
async def test_a_step_that_is_skipped_or_disabled_gives_null(given: Any) -> None:
    async with rig(*given) as it:
        steps = [
            set_("a", 1, **{"if": "=trigger > 5"}),
            set_("b", 2, disabled=True),
            stop(details="=[steps.a, steps.b]"),
        ]
        it.flow({"trigger": ANYTHING, "steps": steps})
        run = await it.run(1)
        assert run.outcome is not None
        assert run.outcome.details == [None, None]
        assert [(each.status, each.attempts) for each in run.steps] == [("skipped", 0), ("skipped", 0), ("success", 1)]


@in_loop
async def test_a_run_without_a_stop_is_a_success(given: Any) -> None:
    async with rig(*given) as it:
        it.flow({"trigger": ANYTHING, "steps": [set_("a", 1)]})
        run = await it.run()
        assert run.status is RunStatus.SUCCESS
        assert run.outcome is not None
        assert (run.outcome.status, run.outcome.message, run.outcome.details) == ("success", None, None)


@in_loop
async def test_a_stop_with_failure_is_a_failed_run_without_an_error(given: Any) -> None:
    async with rig(*given) as it:
        it.flow({"trigger": ANYTHING, "steps": [stop(status="failure", message="no"), set_("never", 1)]})
        run = await it.run()
        assert (run.status, run.error) == (RunStatus.FAILED, None)
        assert run.outcome is not None
        assert run.outcome.message == "no"
        assert [each.id for each in run.steps] == ["done"]


@in_loop
async def test_an_error_that_nobody_catches_fails_the_run_and_says_where(given: Any) -> None:
    async with rig(*given) as it:
        it.flow({"trigger": ANYTHING, "steps": [set_("ok", 1), set_("bad", {"x": "=1 // trigger"}), set_("never", 1)]})
        run = await it.run(0)
        assert run.status is RunStatus.FAILED
        assert run.error is not None
        assert (run.error.code, run.error.step, run.error.pointer) == ("expression_error", "bad", "/steps/1/value/x")
        assert (run.error.line, run.error.column) != (None, None)
        assert [each.status for each in run.steps] == ["success", "failed"]
        assert run.steps[1].error == run.error


@in_loop
async def test_an_error_is_caught_and_finally_runs_in_every_case(given: Any) -> None:
    async with rig(*given) as it:
        steps = [
            {
                "id": "safely",
                "kind": "try",
                "steps": [set_("bad", "=1 // trigger"), set_("fine", "fine")],
                "catch": [set_("caught", "=error.code + ' in ' + error.step")],
                "finally": [set_("last", "last")],
            },
            stop(details=["=steps.safely", "=steps.fine", "=steps.caught", "=steps.last"]),
        ]
        it.flow({"trigger": ANYTHING, "steps": steps})
        failed, fine = await it.run(0), await it.run(1)
        assert failed.outcome is not None
        assert failed.outcome.details == ["expression_error in bad", None, "expression_error in bad", "last"]
        assert fine.outcome is not None
        assert fine.outcome.details == ["fine", "fine", None, "last"]


@in_loop
async def test_a_loop_gives_results_in_the_order_of_its_items_and_paths_with_indexes(given: Any) -> None:
    async with rig(*given) as it:
        inner = {
            "id": "inner",
            "kind": "for_each",
            "in": "=row",
            "as": "cell",
            "steps": [set_("twice", "=cell * 2")],
        }
        loop_step = {
            "id": "outer",
            "kind": "for_each",
            "in": "=trigger",
            "as": "row",
            "concurrency": 3,
            "steps": [inner],
        }
        it.flow({"trigger": ANYTHING, "steps": [loop_step, stop(details="=steps.outer")]})
        run = await it.run([[1, 2], [], [3]])
        assert run.outcome is not None
        assert run.outcome.details == [[2, 4], [], [6]]
        assert "outer[0].inner[1].twice" in steps_of(run)


@in_loop
async def test_a_failing_item_fails_the_loop_unless_collected(given: Any) -> None:
    async with rig(*given) as it:
        loop_step = {"id": "loop", "kind": "for_each", "in": "=trigger", "steps": [set_("part", "=10 // item")]}
        it.flow({"trigger": ANYTHING, "steps": [{**loop_step, "concurrency": 1}]})
        it.flow(
            {"trigger": ANYTHING, "steps": [{**loop_step, "on_error": "collect"}, stop(details="=steps.loop")]},
            slug="all",
        )
        failed = await it.run([1, 0, 2])
        assert failed.error is not None
        assert (failed.status, failed.error.step) == (RunStatus.FAILED, "part")
        assert set(steps_of(failed)) == {"loop", "loop[0].part", "loop[1].part"}
        collected = await it.run([1, 0, 2], slug="all")
        assert collected.outcome is not None
        first, error, third = collected.outcome.details
        assert (first, error["error"]["code"], third) == (10, "expression_error", 5)


@in_loop
async def test_a_stop_inside_a_loop_ends_only_its_item(given: Any) -> None:
    async with rig(*given) as it:
        inside = {"id": "enough", "kind": "stop", "status": "success", "details": "small", "if": "=item < 2"}
        loop_step = {"id": "loop", "kind": "for_each", "in": "=trigger", "steps": [inside, set_("large", "=item")]}
        it.flow({"trigger": ANYTHING, "steps": [loop_step, stop(details="=steps.loop")]})
        run = await it.run([1, 2, 3])
        assert run.outcome is not None
        assert run.outcome.details == ["small", 2, 3]


@in_loop
async def test_a_loop_over_ten_thousand_items_ends(given: Any) -> None:
    async with rig(*given) as it:
        body = [set_("a", "=item + 1"), set_("b", "=steps.a * 2")]
        details = "=[len(steps.loop), steps.loop[-1]]"
        it.flow(flow_of(loop("=list(range(10_000))", *body, concurrency=10), stop(details=details)))
        run = await it.run()
        assert run.outcome is not None, run.error
        assert run.outcome.details == [10_000, 20_000]
        assert len(run.steps) == limits.MOST_RECORDS + 1


@in_loop
async def test_too_many_steps_end_the_run_as_an_exception(given: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stretch, "MOST_STEPS", most := 5_000)
    async with rig(*given) as it:
        loop_step = {
            "id": "loop",
            "kind": "for_each",
            "in": "=list(range(trigger))",
            "concurrency": 1,
            "steps": [set_("a", 1), set_("b", 2)],
        }
        caught = {"id": "safely", "kind": "try", "steps": [loop_step], "catch": [set_("never", 1)]}
        it.flow({"trigger": ANYTHING, "steps": [caught]})
        run = await it.run(most)
        assert run.error is not None
        assert (run.status, run.error.code) == (RunStatus.EXCEPTION, "limit_steps")
        assert len(run.steps) == limits.MOST_RECORDS + 1
        assert run.steps[-1].output == {"steps": most - limits.MOST_RECORDS}


@in_loop
async def test_a_large_value_is_cut_where_it_is_shown_and_refused_where_it_is_too_large(given: Any) -> None:
    async with rig(*given) as it:
        it.flow({"trigger": ANYTHING, "steps": [set_("long", "='x' * trigger"), stop(details="=len(steps.long)")]})
        large = await it.run(200_000)
        assert large.outcome is not None
        assert large.outcome.details == 200_000
        assert large.steps[0].output == {"cut": True, "bytes": 200_002, "begins": '"' + "x" * 999}
        too_large = await it.run(limits.MOST_OUTPUT)
        assert too_large.error is not None
        assert too_large.error.code == "expression_error"


@in_loop
async def test_the_items_of_a_loop_are_not_larger_together_than_one_output(given: Any) -> None:
    async with rig(*given) as it:
        loop_step = {"id": "loop", "kind": "for_each", "in": "=[1] * 10", "steps": [set_("long", "='x' * 300000")]}
        it.flow({"trigger": ANYTHING, "steps": [loop_step]})
        run = await it.run()
        assert run.error is not None
        assert (run.error.code, run.error.step) == ("output_too_large", "loop")


@in_loop
async def test_code_runs_once_and_its_errors_are_the_steps(given: Any) -> None:
    async with rig(*given) as it:
        code = {"id": "code", "kind": "code", "inputs": {"n": "=trigger"}, "code": "def main(n):\n    return 10 // n\n"}
        it.flow({"trigger": ANYTHING, "steps": [code, stop(details="=steps.code")]})
        good, bad = await it.run(5), await it.run(0)
        assert good.outcome is not None
        assert good.outcome.details == 2
        assert bad.error is not None
        assert (bad.error.code, bad.error.step) == ("code_error", "code")
