"""The kinds that only compute: set, map, assert, parse_csv, stop and code."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from one_call import Outside, error_of, outcome_of

from flowslot.base.json_text import Json, parse

Around = Callable[..., Outside]


def test_set_gives_the_value_with_every_expression_replaced(around: Around) -> None:
    value = {"a": "=trigger.n + 1", "b": ["{{ trigger.t }}!", "==x", 1.5, None], "c": {"d": "=trigger"}}
    given = outcome_of({"id": "s", "kind": "set", "value": value}, around({"n": 1, "t": "hi"}))
    assert given == {"a": 2, "b": ["hi!", "=x", Decimal("1.5"), None], "c": {"d": {"n": 1, "t": "hi"}}}


def test_numbers_that_nothing_computes_with_stay_as_written(around: Around) -> None:
    trigger = parse('{"id": 123456789012345678901234567890, "price": 19.90}')
    given = outcome_of({"id": "s", "kind": "set", "value": "=trigger"}, around(trigger))
    assert (given["id"], str(given["price"])) == (123456789012345678901234567890, "19.90")


def test_map_keeps_order_and_leaves_items_out(around: Around) -> None:
    step = {"id": "m", "kind": "map", "over": "=trigger", "where": "=item % 2 == 1", "to": "=item * 10"}
    assert outcome_of(step, around([1, 2, 3])) == [10, 30]


def test_map_makes_an_object_from_an_object(around: Around) -> None:
    step = {"id": "m", "kind": "map", "over": "=trigger", "to": "{{ key }}={{ item }}"}
    assert outcome_of(step, around({"a": 1, "b": 2})) == {"a": "a=1", "b": "b=2"}


COMPARED: list[tuple[str, str, str, bool]] = [
    ("1", "equal", "1", True),
    ("1", "equal", "1.0", True),
    ("1", "equal", "true", False),
    ("0", "equal", "false", False),
    ("1", "equal", '"1"', False),
    ("null", "equal", "null", True),
    ("null", "equal", "0", False),
    ('{"a": [1, 2]}', "equal", '{"a": [1.0, 2]}', True),
    ('{"a": 1}', "equal", '{"a": 1, "b": null}', False),
    ("[1, 2]", "equal", "[2, 1]", False),
    ("[1]", "equal", "[true]", False),
    ("1", "not_equal", "2", True),
    ("1", "not_equal", "1.0", False),
    ("1", "less", "2", True),
    ("2", "less", "2", False),
    ("2", "less_or_equal", "2.0", True),
    ("3", "greater", "2.5", True),
    ("2", "greater_or_equal", "2", True),
    ("1", "greater_or_equal", "2", False),
    ('"a"', "less", '"b"', True),
    ('"2026-01-31"', "greater", '"2026-02-01"', False),
    ("1", "less", '"2"', False),
    ("null", "less", "1", False),
    ("false", "less", "1", False),
    ("[1]", "less", "[2]", False),
    ('"hello"', "contains", '"ell"', True),
    ('"hello"', "contains", "5", False),
    ("[1, 2]", "contains", "2.0", True),
    ("[1, 2]", "contains", "true", False),
    ('[{"a": 1}]', "contains", '{"a": 1}', True),
    ('{"a": 1}', "contains", '"a"', True),
    ('{"a": 1}', "contains", '"b"', False),
    ("5", "contains", "5", False),
    ('"INV-12"', "matches", '"^INV-[0-9]+$"', True),
    ('"inv"', "matches", '"INV"', False),
    ("12", "matches", '"12"', False),
    ('"a"', "matches", '"("', False),
    ('"a"', "matches", "5", False),
]


@pytest.mark.parametrize(("actual", "compare", "expected", "holds"), COMPARED)
def test_assert_compares_as_json_is_meant(
    actual: str, compare: str, expected: str, holds: bool, around: Around
) -> None:
    trigger = {"actual": parse(actual), "expected": parse(expected)}
    step = {
        "id": "a",
        "kind": "assert",
        "label": "L",
        "compare": compare,
        "actual": "=trigger.actual",
        "expected": "=trigger.expected",
    }
    if holds:
        assert outcome_of(step, around(trigger)) is True
    else:
        assert error_of(step, around(trigger)).code == "assert_failed"


def test_a_failed_assert_says_both_values_cut(around: Around) -> None:
    step = {
        "id": "a",
        "kind": "assert",
        "label": "Lines of {{ trigger.id }}",
        "actual": "=trigger.x",
        "expected": 1,
        "compare": "less",
    }
    error = error_of(step, around({"id": "i-1", "x": 5}))
    assert error.message == "Lines of i-1: expected less than 1; it is 5."
    long = error_of({**step, "compare": "equal"}, around({"id": "i-1", "x": "y" * 10_000}))
    assert len(long.message) < 300


def test_parse_csv_fails_with_the_line(around: Around) -> None:
    step = {"id": "c", "kind": "parse_csv", "text": "=trigger", "columns": {"n": "integer"}}
    error = error_of(step, around("n\n1\nx\n"))
    assert (error.code, error.pointer) == ("invalid_input", "/steps/0/text")
    assert "line 3" in error.message
    assert error_of(step, around(["n"])).message == "`text` must give a text; it gave a list."


STOPS: dict[str, tuple[Json, Json, Json]] = {
    "plain": ({"status": "success"}, None, {"status": "success", "message": None, "details": None}),
    "computed": (
        {"status": "=trigger.s", "message": "n={{ trigger.n }}", "details": ["=trigger.n"]},
        {"s": "failure", "n": 5},
        {"status": "failure", "message": "n=5", "details": [5]},
    ),
    "a message that is no text": (
        {"status": "success", "message": "=trigger.n"},
        {"n": 5},
        {"status": "success", "message": "5", "details": None},
    ),
    "a message that is null": (
        {"status": "success", "message": "=trigger.n"},
        {"n": None},
        {"status": "success", "message": None, "details": None},
    ),
}


@pytest.mark.parametrize(("keys", "trigger", "said"), STOPS.values(), ids=STOPS)
def test_stop_says_how_it_went(keys: Json, trigger: Json, said: Json, around: Around) -> None:
    assert outcome_of({"id": "s", "kind": "stop", **keys}, around(trigger)) == {"stopped": said}


def test_stop_takes_no_other_status(around: Around) -> None:
    error = error_of({"id": "s", "kind": "stop", "status": "=trigger"}, around("ok"))
    assert (error.code, error.pointer) == ("invalid_input", "/steps/0/status")


def code(text: str, **keys: Json) -> Json:
    return {"id": "c", "kind": "code", "code": text, **keys}


def test_code_gets_its_inputs_by_name(around: Around) -> None:
    step = code("def main(b, a):\n    return [a, b]", inputs={"a": "=trigger.x", "b": {"c": "=trigger.y"}})
    assert outcome_of(step, around({"x": 1, "y": 2})) == [1, {"c": 2}]


def test_code_may_have_functions_of_its_own_and_braces_mean_nothing(around: Around) -> None:
    text = 'def twice(x):\n    return x * 2\n\ndef main(x):\n    return f"{{{twice(x)}}}"'
    assert outcome_of(code(text, inputs={"x": "=trigger"}), around(4)) == "{8}"


def test_what_code_returns_must_fit_its_schema(around: Around) -> None:
    step = code("def main():\n    return {'n': 'x'}", output={"properties": {"n": {"type": "integer"}}})
    error = error_of(step, around())
    assert (error.code, error.pointer) == ("code_error", "/steps/0/output")
    assert "/n: This must be a whole number." in error.message


def test_optional_keys_that_code_leaves_out_are_null(around: Around) -> None:
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}, "note": {"type": "string"}}}
    assert outcome_of(code("def main():\n    return {'n': 1}", output=schema), around()) == {"n": 1, "note": None}


def test_code_that_fails_is_a_code_error_and_code_that_goes_on_for_ever_a_timeout(around: Around) -> None:
    failed = error_of(code("def main():\n    return 1 / 0"), around())
    assert (failed.code, failed.pointer, failed.line) == ("code_error", "/steps/0/code", 2)
    assert error_of(code("def main():\n    while True: pass", time_limit="200ms"), around()).code == "timeout"


def test_code_whose_result_is_recorded_is_not_run_again(around: Around) -> None:
    outside = around(recorded={"c:": "as it was"})
    assert outcome_of(code("def main():\n    return 'anew'"), outside) == "as it was"
