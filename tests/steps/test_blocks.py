"""The kinds that hold other steps: condition, for_each and try."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from one_call import Outside, error_of, outcome_of

from flowslot.base.json_text import Json

Around = Callable[..., Outside]


def put(id_: str, value: Json, **keys: Json) -> Json:
    return {"id": id_, "kind": "set", "value": value, **keys}


def check(actual: Json, id_: str = "check") -> Json:
    return {"id": id_, "kind": "assert", "label": "L", "actual": actual, "expected": 1}


def loop(**keys: Json) -> Json:
    return {"id": "loop", "kind": "for_each", "in": "=trigger", "steps": [], **keys}


def attempt(**keys: Json) -> Json:
    return {"id": "t", "kind": "try", "steps": [], **keys}


# ---------------------------------------------------------------- condition


@pytest.mark.parametrize("value", [True, 1, -1, "x", "false", [0], {"a": None}])
def test_something_counts_as_true(value: Json, around: Around) -> None:
    assert outcome_of({"id": "c", "kind": "condition", "if": "=trigger", "then": []}, around(value)) == "then"


@pytest.mark.parametrize("value", [None, False, 0, "", [], {}])
def test_nothing_counts_as_false(value: Json, around: Around) -> None:
    assert outcome_of({"id": "c", "kind": "condition", "if": "=trigger", "then": []}, around(value)) == "else"


@pytest.mark.parametrize(
    ("number", "taken", "output"), [(3, "then", "A"), (2, "elif", "B"), (1, "elif", "C"), (0, "else", "D")]
)
def test_only_the_first_branch_that_is_true_runs(number: int, taken: str, output: str, around: Around) -> None:
    step = {
        "id": "c",
        "kind": "condition",
        "if": "=trigger > 2",
        "then": [put("a", "A")],
        "elif": [{"if": "=trigger > 1", "then": [put("b", "B")]}, {"if": "=trigger > 0", "then": [put("d", "C")]}],
        "else": [put("e", "D")],
    }
    wrapped = attempt(steps=[step, put("told", "=[steps.a, steps.b, steps.d, steps.e, steps.c]")])
    told = outcome_of(wrapped, around(number))
    assert [each for each in told[:4] if each is not None] == [output]
    assert told[4] == taken


def test_a_later_test_is_not_looked_at_after_one_that_was_true(around: Around) -> None:
    step = {"id": "c", "kind": "condition", "if": "=trigger == 1", "then": [], "elif": [{"if": "=1 / 0", "then": []}]}
    assert outcome_of(step, around(1)) == "then"
    assert error_of(step, around(2)).code == "expression_error"


# ---------------------------------------------------------------- for_each


def test_each_item_gives_the_output_of_its_last_step(around: Around) -> None:
    steps = [put("a", "=item * 2"), put("b", "=steps.a + 1")]
    assert outcome_of(loop(steps=steps), around([1, 2, 3])) == [3, 5, 7]


def test_an_item_may_give_something_else(around: Around) -> None:
    step = loop(steps=[put("a", "=item * 2")], result={"n": "=index", "a": "=steps.a", "item": "=item"})
    assert outcome_of(step, around([5])) == [{"n": 0, "a": 10, "item": 5}]


def test_loops_in_loops_see_both_items_and_both_numbers(around: Around) -> None:
    told = put("told", "=[order_index, order.id, index, line_index, line]")
    inner = {"id": "inner", "kind": "for_each", "in": "=order.lines", "as": "line", "steps": [told]}
    step = loop(steps=[inner], **{"as": "order"})
    orders = [{"id": "x", "lines": ["a", "b"]}, {"id": "y", "lines": ["c"]}]
    assert outcome_of(step, around(orders)) == [[[0, "x", 0, 0, "a"], [0, "x", 1, 1, "b"]], [[1, "y", 0, 0, "c"]]]


def test_nothing_to_go_over_gives_an_empty_list(around: Around) -> None:
    assert outcome_of(loop(steps=[put("a", 1)]), around([])) == []
    assert outcome_of(loop(), around([1, 2])) == [None, None]


@pytest.mark.parametrize(("value", "kind"), [(None, "null"), ({}, "an object"), ("abc", "a text"), (5, "a number")])
def test_only_a_list_can_be_gone_over(value: Json, kind: str, around: Around) -> None:
    error = error_of(loop(), around(value))
    assert (error.code, error.pointer, error.step) == ("invalid_input", "/steps/0/in", "loop")
    assert kind in error.message


def test_a_failing_item_fails_the_step(around: Around) -> None:
    error = error_of(loop(steps=[check("=item")]), around([1, 2, 1]))
    assert (error.code, error.step, error.pointer) == ("assert_failed", "check", "/steps/0/steps/0")


def test_failing_items_are_collected_in_their_place(around: Around) -> None:
    given = outcome_of(loop(steps=[check("=item")], on_error="collect"), around([1, 2, 1]))
    message = "L: expected 1; it is 2."
    assert given == [True, {"error": {"code": "assert_failed", "message": message, "step": "check"}}, True]


def test_a_stop_ends_only_its_item(around: Around) -> None:
    stop = {"id": "s", "kind": "stop", "status": "success", "details": "=item * 10", "if": "=item > 1"}
    assert outcome_of(loop(steps=[stop, put("a", "went on")]), around([1, 2])) == ["went on", 20]


# ---------------------------------------------------------------- try


def test_without_an_error_catch_is_left_out(around: Around) -> None:
    step = attempt(steps=[put("a", 1), put("b", 2)], catch=[put("c", 3)], **{"finally": [put("d", 4)]})
    assert outcome_of(step, around()) == 2


def test_an_error_leaves_out_the_rest_and_is_seen_in_catch(around: Around) -> None:
    step = attempt(steps=[check(2), put("b", "=1 / 0")], catch=[put("c", "=error")])
    assert outcome_of(step, around()) == {
        "code": "assert_failed",
        "message": "L: expected 1; it is 2.",
        "step": "check",
    }


def test_an_empty_catch_swallows_the_error(around: Around) -> None:
    assert outcome_of(attempt(steps=[check(2)], catch=[]), around()) is None


def test_without_catch_the_error_goes_on(around: Around) -> None:
    assert error_of(attempt(steps=[check(2)]), around()).step == "check"


def test_an_error_in_catch_goes_on(around: Around) -> None:
    assert error_of(attempt(steps=[check(2)], catch=[check(3, "again")]), around()).step == "again"


def test_the_error_of_a_step_deep_inside_is_caught(around: Around) -> None:
    inside = {
        "id": "c",
        "kind": "condition",
        "if": "=1",
        "then": [{"id": "l", "kind": "for_each", "in": [1], "steps": [check(2)]}],
    }
    assert outcome_of(attempt(steps=[inside], catch=[put("c2", "=error.step")]), around()) == "check"


LEAVING: dict[str, Json] = {
    "well": attempt(steps=[put("a", 1)]),
    "caught": attempt(steps=[check(2)], catch=[put("c", 1)]),
    "with an error": attempt(steps=[check(2)]),
    "with an error in catch": attempt(steps=[check(2)], catch=[check(3, "again")]),
    "by a stop": attempt(steps=[{"id": "s", "kind": "stop", "status": "success"}]),
    "by a stop in catch": attempt(steps=[check(2)], catch=[{"id": "s", "kind": "stop", "status": "failure"}]),
}


@pytest.mark.parametrize("step", LEAVING.values(), ids=LEAVING)
def test_finally_runs_however_the_steps_were_left(step: Json, around: Around) -> None:
    outside = around()
    last = {"id": "last", "kind": "wait", "for": "5s"}
    whole = attempt(steps=[{**step, "id": "inner", "finally": [last]}], catch=[])
    outcome_of(whole, outside)
    assert outside.waited == [5.0]


def test_an_error_in_finally_takes_the_place_of_the_first(around: Around) -> None:
    assert error_of(attempt(steps=[check(2)], **{"finally": [check(3, "last")]}), around()).step == "last"
