"""What a run cannot be asked for: R14."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flowslot.base.ids import RunId
from flowslot.domain.called import call_failed
from flowslot.domain.runs import RunError, RunStatus, StepRecord
from flowslot.domain.steering import way_to, why_not_rerun_from
from rules.nouns import definition, step

INNER = replace(step("loop", inside=[step("if", inside=[step("deep")])]), kind="for_each")
FLOW = definition(step("one"), INNER, step("branch", inside=[step("in_branch")]), step("last"))


def record(name: str, kind: str = "set") -> StepRecord:
    return StepRecord(name, name, kind, "success", None, None, None, 1, None, None)


@pytest.mark.parametrize(
    ("name", "way"),
    [("one", ["one"]), ("deep", ["loop", "if", "deep"]), ("in_branch", ["branch", "in_branch"]), ("none", [])],
)
def test_the_way_to_a_step_leads_through_those_around_it(name: str, way: list[str]) -> None:
    """R14."""
    assert [each.id for each in way_to(FLOW.steps, name)] == way


CASES: list[tuple[str, list[StepRecord], list[str], str | None]] = [
    ("one", [record("one")], [], None),
    ("loop", [record("loop")], [], None),
    ("in_branch", [record("in_branch")], [], None),
    ("last", [], ["last"], None),
    ("last", [], ["last#1"], None),
    ("last", [record("left_out", kind="left_out")], [], None),
    ("last", [record("one")], ["one"], "never_ran"),
    ("in_branch", [record("branch")], [], "never_ran"),
    ("deep", [record("deep")], ["loop[0].deep"], "inside_loop"),
    ("if", [record("if")], [], "inside_loop"),
    ("none", [record("none")], ["none"], "unknown_step"),
]


@pytest.mark.parametrize(("name", "records", "paths", "code"), CASES)
def test_a_rerun_begins_at_a_step_the_run_came_to_outside_of_loops(
    name: str, records: list[StepRecord], paths: list[str], code: str | None
) -> None:
    """R14: anything else is refused with what to do instead."""
    problem = why_not_rerun_from(FLOW, name, records=records, paths=paths)
    assert (problem.code if problem else None) == code
    assert problem is None or (problem.pointer, name in problem.message) == ("/from_step", True)


def test_an_error_below_calls_names_the_called_run_and_the_one_where_it_went_wrong() -> None:
    """R13: the ones between are left out, however many there are."""
    error = RunError("http_error", "POST /x answered 500: (see: below)", "post")
    for name in ("d", "c", "b", "a"):
        error = call_failed(RunId(f"run_{name}"), RunStatus.FAILED, error)
        assert error.code == "call_failed"
    assert error.message == (
        "The called run run_a ended as failed; below it run run_d ended as failed at its step 'post': "
        "POST /x answered 500: (see: below)"
    )


@pytest.mark.parametrize(
    ("status", "error", "message"),
    [
        (RunStatus.CANCELED, None, "The called run run_a ended as canceled."),
        (RunStatus.EXCEPTION, RunError("limit_depth", "Too deep."),
         "The called run run_a ended as exception: Too deep."),
        (RunStatus.FAILED, RunError("call_failed", "There is no flow 'x'.", "ask"),
         "The called run run_a ended as failed at its step 'ask': There is no flow 'x'."),
        (RunStatus.FAILED, RunError("call_failed", "The called run run_z ended as canceled.", "ask"),
         "The called run run_a ended as failed; below it run run_z ended as canceled."),
    ],
)  # fmt: skip
def test_an_error_of_a_call_says_how_the_called_run_ended(
    status: RunStatus, error: RunError | None, message: str
) -> None:
    """R13."""
    assert call_failed(RunId("run_a"), status, error).message == message
