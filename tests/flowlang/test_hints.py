"""What people write by habit from elsewhere is answered with what to write here."""

from __future__ import annotations

import pytest
from checked_flows import BEFORE, definition, problems_in

from flowslot.base.json_text import Json
from flowslot.flowlang.parse import sketch
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS

UNREADABLE = (
    ("=trigger.order.paid ? 1 : 2", "This is not an expression: write `a if test else b` for `test ? a : b`."),
    ("=trigger.order.paid && 1", "This is not an expression: write `and` for `&&`."),
    ("=trigger.order.paid || 1", "This is not an expression: write `or` for `||`."),
    ("=trigger.order.id === 'x'", "This is not an expression: write `==` for `===`."),
    ("=!trigger.order.paid", "This is not an expression: write `not` for `!`."),
    ("='a && b' =", "This is not an expression: invalid syntax."),
    ("=now()", "Expressions read no clock; use run.started_at."),
)


@pytest.mark.parametrize(("value", "expected"), UNREADABLE)
def test_words_of_other_languages_are_answered_with_those_of_this_one(value: str, expected: str) -> None:
    made = sketch(definition([{"id": "a", "kind": "set", "value": value}]), KINDS)
    assert [problem.message for problem in made.problems] == [expected]


READABLE = (
    ("=trigger.order.lines.length", "trigger.order.lines is a list: len(trigger.order.lines) says how long it is."),
    ("=trigger.order.id.length", "trigger.order.id is a text: len(trigger.order.id) says how long it is."),
    ("=trigger.order.id.upper", "trigger.order.id is a text: write trigger.order.id.upper() to call the method."),
    ("=label", "There is no 'label' here. Did you mean 'steps.label'?"),
    ("=item.sku", "There is no 'item' here: it is known only inside a loop."),
    ("=steps.table.output.DE", "There is no field 'output' in steps.table: steps.table is the output already."),
    (
        "='Order ' + trigger.order.total",
        "+ cannot stand between 'Order ' and a number. To make a text of it write str(…), or a text with {{ … }}.",
    ),
)


@pytest.mark.parametrize(("value", "expected"), READABLE)
def test_near_misses_are_answered_with_what_is_right(sandbox: Sandbox, value: str, expected: str) -> None:
    (problem,) = problems_in(definition([{"id": "a", "kind": "set", "value": value}]), sandbox)
    assert problem.message == expected


STEPS: tuple[tuple[Json, str], ...] = (
    ({"kind": "http_request", "url": "https://x.test", "body": 1}, "Did you mean 'json'?"),
    ({"kind": "for_each", "over": "=trigger.flags", "steps": []}, "Did you mean 'in'?"),
    ({"kind": "map", "in": "=trigger.flags", "to": 1}, "Did you mean 'over'?"),
    ({"kind": "condition", "condition": "=True", "then": []}, "Did you mean 'if'?"),
    ({"kind": "code", "source": "def main(): return 1"}, "Did you mean 'code'?"),
    ({"kind": "if", "if": "=True", "then": []}, "Did you mean 'condition'?"),
    ({"kind": "loop", "in": [], "steps": []}, "Did you mean 'for_each'?"),
    ({"kind": "http", "url": "https://x.test"}, "Did you mean 'http_request'?"),
    ({"kind": "return", "status": "success"}, "Did you mean 'stop'?"),
    ({"kind": "sleep", "for": "5s"}, "Did you mean 'wait'?"),
)


@pytest.mark.parametrize(("step", "expected"), STEPS)
def test_keys_and_kinds_of_other_tools_are_known_by_name(step: Json, expected: str) -> None:
    made = sketch(definition([{"id": "a", **step}]), KINDS)
    assert made.problems[0].message.endswith(expected)


def test_a_trigger_of_another_name_is_known(sandbox: Sandbox) -> None:
    for written, meant in {"cron": "schedule", "manual": "on_demand", "http": "webhook"}.items():
        made = sketch({**definition([]), "trigger": {"kind": written}}, KINDS)
        assert made.problems[0].message.endswith(f"Did you mean {meant!r}?")


def test_code_has_no_names_but_its_own(sandbox: Sandbox) -> None:
    """What expressions have must be imported here, or is not there."""
    code = "import math\ndef main():\n    re.sub('a', '', math.pi)\n    return [decimal('1'), datetime(2026, 1, 1)]\n"
    found = problems_in(definition([{"id": "a", "kind": "code", "code": code}]), sandbox)
    assert [(problem.pointer, problem.line, problem.message) for problem in found] == [
        (f"/steps/{len(BEFORE)}/code", 3, "There is no name 're' here; import it first."),
        (f"/steps/{len(BEFORE)}/code", 4, "decimal is for expressions; code has Python's own modules."),
        (f"/steps/{len(BEFORE)}/code", 4, "There is no name 'datetime' here; import it first."),
    ]
