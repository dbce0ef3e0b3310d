"""Texts: what is an expression, a template, or just itself; and what values become in a template."""

from __future__ import annotations

import pytest
from evaluating import refusal_of, value_of

from flowslot.base.json_text import Json
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.templates import MAX_EXPRESSIONS

TEXTS: tuple[tuple[Json, Json], ...] = (
    ("plain", "plain"),
    ("", ""),
    ("a = b", "a = b"),
    ("==x", "=x"),
    ("==", "="),
    ("===x", "==x"),
    ("== {{ 1 + 1 }}", "= 2"),
    ("{ {x} }", "{ {x} }"),
    ("}} and }", "}} and }"),
    ("=1 + 1", 2),
    ("= 1 + 1 ", 2),
    ("=\n  [\n    1,\n    2,\n  ]\n", [1, 2]),
    ("{{ trigger.order.id }}", "A-7"),
    ("{{trigger.order.id}}-{{trigger.order.items}}", "A-7-3"),
    ("{{ trigger.order.total }}", "119.50"),
    ("{{ trigger.big }}", "12345678901234567890123"),
    ("{{ trigger.exact }}", "0.12345678901234567890123"),
    ("[{{ trigger.order.note }}]", "[]"),
    ("{{ trigger.order.paid }} {{ not trigger.order.paid }}", "true false"),
    ("{{ None }}", ""),
    ("{{ trigger.rates }}", '{"EUR":1.10,"USD":2}'),
    ("{{ [1, None, 'é'] }}", '[1,null,"é"]'),
    ("{{ (1, 2) }}", "[1,2]"),
    ("{{ 1 / 4 }}", "0.25"),
    ("{{ decimal('1.50') }}", "1.50"),
    ("{{ date(2026, 1, 31) }}", "2026-01-31"),
    ("{{ timedelta(minutes=1) }}", "60.0"),
    ('{{ "}}" }}', "}}"),
    ("{{ '{{' }}", "{{"),
    ('{{ {"a": {"b": 1}}["a"]["b"] }}', "1"),
    ("{{ {'a': {'b': 1}} }}", '{"a":{"b":1}}'),
    ("{{ f'{trigger.order.id}!' }}", "A-7!"),
    ("a\n{{\n trigger.order.id\n}}\nb", "a\nA-7\nb"),
    ("{{ 'it''s' }}", "its"),
    ('{{ "say \\"}}\\"" }}', 'say "}}"'),
)


@pytest.mark.parametrize(("text", "value"), TEXTS)
def test_a_text_is_an_expression_a_template_or_itself(sandbox: Sandbox, text: str, value: Json) -> None:
    assert value_of(sandbox, {"a": [text]}) == {"a": [value]}


REFUSED = (
    ("{{ }}", "Write an expression here", 1, 4),
    ("{{}}", "Write an expression here", 1, 3),
    ("a\n {{ trigger.a }", "This {{ has no }}", 2, 2),
    ("{{ (1 }}", "This } closes nothing", 1, 7),
    ("{{ 1) }}", "This ) closes nothing", 1, 5),
    ("x {{ 1 + }}", "The expression ends too early", 1, 9),
    ("{{ lne(1) }}", "There is no function 'lne'", 1, 4),
    ("x" * 20_000 + "{{" + "y" * 20_000, "This {{ has no }}", 1, 20_001),
    ("{{ 1 }}" * (MAX_EXPRESSIONS + 1), "A text may hold at most", None, None),
)


@pytest.mark.parametrize(("text", "message", "line", "column"), REFUSED, ids=lambda value: str(value)[:20])
def test_a_template_that_cannot_be_read_is_refused_at_its_place(
    text: str, message: str, line: int | None, column: int | None
) -> None:
    problem = refusal_of(text)
    assert problem.message.startswith(message)
    assert line is None or (problem.line, problem.column) == (line, column)
