"""JSON Schema as definitions use it: exact numbers, friendly problems, no unbounded work."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from flowslot.base.json_text import Json, parse
from flowslot.flowlang.schemas import matches, schema_problems, wrong_in_schema

ORDER: Json = {
    "type": "object",
    "required": ["id", "lines"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "currency": {"enum": ["EUR", "USD"]},
        "vat": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"rate": {"type": "number"}}}]},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "at": {"type": "string", "format": "date-time"},
        "lines": {
            "type": "array",
            "items": {"type": "object", "required": ["qty"], "properties": {"qty": {"type": "integer"}}},
        },
    },
}

PROBLEMS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "fits": ('{"id": "1", "lines": [{"qty": 1}], "note": null}', []),
    "missing": ('{"id": "1"}', [("/lines", "missing")]),
    "unknown": ('{"id": "1", "lines": [], "x/y": 1}', [("/x~1y", "unknown_key")]),
    "wrong type": ('{"id": 1, "lines": []}', [("/id", "wrong_type")]),
    "inside a list": ('{"id": "1", "lines": [{"qty": 1}, {"qty": "2"}]}', [("/lines/1/qty", "wrong_type")]),
    "missing inside": ('{"id": "1", "lines": [{}]}', [("/lines/0/qty", "missing")]),
    "fraction": ('{"id": "1", "lines": [{"qty": 1.5}]}', [("/lines/0/qty", "wrong_type")]),
    "huge whole number": ('{"id": "1", "lines": [{"qty": 123456789012345678901234567890}]}', []),
    "enum": ('{"id": "1", "lines": [], "currency": "EURO"}', [("/currency", "invalid")]),
    "in one of two": ('{"id": "1", "lines": [], "vat": {"rate": "x"}}', [("/vat/rate", "wrong_type")]),
    "neither of two": ('{"id": "1", "lines": [], "note": 5}', [("/note", "wrong_type")]),
    "format": ('{"id": "1", "lines": [], "at": "yesterday"}', [("/at", "invalid")]),
    "too short": ('{"id": "", "lines": []}', [("/id", "invalid")]),
    "not an object": ("[]", [("", "wrong_type")]),
}


@pytest.mark.parametrize(("text", "expected"), PROBLEMS.values(), ids=PROBLEMS)
def test_what_does_not_fit_is_told_with_its_place(text: str, expected: list[tuple[str, str]]) -> None:
    found = schema_problems(ORDER, parse(text))
    assert [(problem.pointer, problem.code) for problem in found] == expected


def test_messages_are_for_people_and_never_repeat_the_value() -> None:
    value = parse('{"id": 12345, "lines": "secret", "currency": "EURO", "note": 777, "at": "hidden"}')
    messages = {problem.pointer: problem.message for problem in schema_problems(ORDER, value)}
    assert messages["/id"] == "This must be a text."
    assert messages["/lines"] == "This must be a list."
    assert messages["/currency"] == "This must be 'EUR' or 'USD'. Did you mean 'EUR'?"
    assert messages["/note"] == "This must be a text or null."
    assert not [text for text in messages.values() if "12345" in text or "secret" in text or "hidden" in text]


def test_money_is_compared_as_it_is_written() -> None:
    cents = {"multipleOf": parse("0.01")}
    assert not schema_problems(cents, parse("19.99"))
    assert not schema_problems(cents, parse("123456789012345678.91"))
    assert schema_problems(cents, parse("19.999"))


def test_at_most_a_hundred_problems_are_told() -> None:
    assert len(schema_problems({"items": {"type": "string"}}, list(range(500)))) == 100


def test_a_schema_may_refer_to_itself() -> None:
    tree = {
        "type": "object",
        "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}},
        "additionalProperties": False,
    }
    assert not wrong_in_schema(tree)
    value: Json = {}
    for _ in range(50):
        value = {"left": value}
    assert not schema_problems(tree, value)
    assert schema_problems(tree, {"left": {"middle": {}}})


@pytest.mark.parametrize(
    "loop", [{"$ref": "#"}, {"allOf": [{"$ref": "#"}]}, {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}]
)
def test_a_schema_that_only_refers_to_itself_ends(loop: Json) -> None:
    assert not wrong_in_schema(loop)
    assert not schema_problems(loop, {"a": 1})


def test_references_that_multiply_are_refused_before_they_are_followed() -> None:
    doubling = {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(40)} | {
        "a40": {"type": "string"}
    }
    assert [problem.pointer for problem in wrong_in_schema({"$ref": "#/$defs/a0", "$defs": doubling})] == [""]


def test_patterns_are_matched_in_linear_time() -> None:
    assert matches("^(a+)+$", "a" * 50_000)
    assert not matches("^(a+)+$", "a" * 50_000 + "b")
    with pytest.raises(ValueError, match="look-around"):
        matches("(?<=a)b", "ab")


def test_validators_serve_several_threads() -> None:
    with ThreadPoolExecutor(8) as threads:
        values = [{"id": "1", "lines": [{"qty": number if number % 2 else "x"}]} for number in range(400)]
        found = list(threads.map(lambda value: len(schema_problems(ORDER, value)), values))
    assert found == [1 if number % 2 == 0 else 0 for number in range(400)]


def test_a_value_is_not_checked_against_a_schema_that_is_none() -> None:
    assert [problem.code for problem in schema_problems({"type": "nonsense"}, 1)] == ["bad_schema"]
