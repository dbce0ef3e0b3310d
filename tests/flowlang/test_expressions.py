"""Expressions: how dots are read, what is refused, and that every place is in the user's own text."""

from __future__ import annotations

from contextlib import suppress

import pytest
from evaluating import DATA, failure_of, refusal_of, value_of

from flowslot.base.errors import Invalid
from flowslot.base.json_text import Json
from flowslot.flowlang.expressions import read_expression
from flowslot.flowlang.expressions_places import place_in_source
from flowslot.flowlang.expressions_source import MAX_SOURCE, ExpressionError, Place
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.values import compile_values

REWRITTEN = (
    ("trigger.order.items", "trigger['order']['items']"),
    ("trigger.order.items()", "trigger['order'].items()"),
    ("trigger.order['a-b'].c[0][-1]", "trigger['order']['a-b']['c'][0][-1]"),
    ("trigger.größe", r"trigger['gr\xf6\xdfe']"),
    ("trigger\n  .a\n  .b", "trigger['a']['b']"),
    ("(trigger).a", "trigger['a']"),
    ("(trigger.a or trigger.b).year", "(trigger['a'] or trigger['b'])['year']"),
    ("[i.sku for i in trigger.lines if i.qty]", "[i['sku'] for i in trigger['lines'] if i['qty']]"),
    ("[b.c for a in trigger.x for b in a.y]", "[b['c'] for a in trigger['x'] for b in a['y']]"),
    ("[x.y for x in x.z]", "[x['y'] for x in x['z']]"),
    ("sorted(trigger.a, key=lambda line: line.day)", "sorted(trigger['a'], key=lambda line: line['day'])"),
    ("max(trigger.lines, key=len).sku", "max(trigger['lines'], key=len)['sku']"),
    ("date(2026, 1, 1).year", "date(2026, 1, 1).year"),
    ("(date(2026, 1, 2) - date(2026, 1, 1)).days", "(date(2026, 1, 2) - date(2026, 1, 1)).days"),
    ("[date.month for date in trigger.dates]", "[date['month'] for date in trigger['dates']]"),
    ("steps.a.b", "steps['a']['b']"),
    ("steps['a'].b", "steps['a']['b']"),
    ("math.pi", "math.pi"),
    ("trigger._id", "trigger['_id']"),
)


@pytest.mark.parametrize(("source", "text"), REWRITTEN)
def test_a_dot_on_data_is_a_key_and_a_call_is_a_method(source: str, text: str) -> None:
    assert read_expression(source).text == text


ROOTS = (
    ("trigger.a + config.b", {"trigger", "config"}),
    ("steps.a.x + steps['b'].y", {"steps.a", "steps.b"}),
    ("[item.a for item in trigger.items_]", {"trigger"}),
    ("item.a + index", {"item", "index"}),
    ("len('a')", set()),
    ("(lambda trigger: trigger)(1)", set()),
)


@pytest.mark.parametrize(("source", "roots"), ROOTS)
def test_an_expression_tells_what_data_it_reads(source: str, roots: set[str]) -> None:
    assert read_expression(source).roots == roots


REFUSED: tuple[tuple[str, int, int, str, str], ...] = (
    ("", 1, 2, "syntax_error", "Write an expression here"),
    ("  ", 1, 2, "syntax_error", "Write an expression here"),
    ("trigger.a +", 1, 13, "syntax_error", "The expression ends too early"),
    ("(1", 1, 2, "syntax_error", "This ( is never closed"),
    ("1) + (2", 1, 3, "syntax_error", "This ) closes nothing"),
    ("a b", 1, 2, "syntax_error", "This is not an expression"),
    ("x = 1", 1, 2, "syntax_error", "This is not an expression"),
    ("import os", 1, 2, "syntax_error", "This is not an expression"),
    ("x for x in trigger.a", 1, 2, "syntax_error", "This is not an expression"),
    ("trigger.class", 1, 9, "syntax_error", "'class' is a word of Python"),
    ("trigger.a\n + trigger.b.\n", 3, 1, "syntax_error", "The expression ends too early"),
    ("'" + "\x00'", 1, 2, "syntax_error", "This is not an expression"),
    ("'\\ud800'", 1, 2, "syntax_error", "A text cannot hold half"),
    ("_x", 1, 2, "syntax_error", "Names that begin with _"),
    ("__import__('os')", 1, 2, "syntax_error", "Names that begin with _"),
    ("[_x for _x in trigger.a]", 1, 10, "syntax_error", "Names that begin with _"),
    ("(lambda _x: 1)(2)", 1, 10, "syntax_error", "Names that begin with _"),
    ("''.__class__", 1, 2, "", ""),
    ("größe", 1, 2, "syntax_error", "A name is made of"),
    ("(x := 1)", 1, 3, "syntax_error", "An expression cannot assign"),
    ("await trigger.a", 1, 2, "syntax_error", "An expression cannot wait"),
    ("(yield)", 1, 3, "syntax_error", "An expression cannot yield"),
    ("[x async for x in trigger.a]", 1, 2, "syntax_error", "An expression cannot wait"),
    ("[0 for trigger.a in [1]]", 1, 9, "syntax_error", "Only names can stand"),
    ("1j", 1, 2, "syntax_error", "Complex numbers"),
    ("...", 1, 2, "syntax_error", "Complex numbers"),
    ("f'{trigger.a!a}'", 1, 2, "syntax_error", "Of the conversions"),
    ("{{ trigger.a }}", 1, 2, "syntax_error", "Write =expression, or a text"),
    ("true", 1, 2, "unknown_name", "Write True for true"),
    ("lne(trigger.a)", 1, 2, "unknown_name", "There is no function 'lne'. Did you mean 'len'?"),
    ("open('/etc/passwd')", 1, 2, "unknown_name", "There is no function 'open'"),
    ("print(1)", 1, 2, "unknown_name", "There is no function 'print'"),
    ("trigger(1)", 1, 2, "unknown_name", "There is no function 'trigger'"),
    ("trigger['a'](1)", 1, 2, "syntax_error", "This is data"),
    ("trigger.a.uper()", 1, 12, "unknown_name", "There is no method 'uper'. Did you mean 'upper'?"),
    ("trigger.a.append(1)", 1, 12, "unknown_name", "There is no method 'append'"),
    ("''.__class__()", 1, 5, "unknown_name", "There is no method '__class__'"),
    ("math.foo(1)", 1, 7, "unknown_name", "There is no 'foo' in math"),
    ("math(1)", 1, 2, "unknown_name", "math is not a function"),
    ("datetime.now()", 1, 11, "unknown_name", "Expressions read no clock"),
    ("date.today()", 1, 7, "unknown_name", "Expressions read no clock"),
    ("random.random()", 1, 9, "unknown_name", "There is no method 'random'"),
    ("time.time", 1, 2, "", ""),
    ("steps", 1, 2, "syntax_error", "Name the step"),
    ("steps[trigger.a]", 1, 2, "syntax_error", "Name the step"),
    ("1" + "+1" * 200, 1, 2, "syntax_error", "The expression nests more than"),
    ("a" * (MAX_SOURCE + 1), 1, 2, "syntax_error", "An expression may have at most"),
)


@pytest.mark.parametrize(("source", "line", "column", "code", "message"), [row for row in REFUSED if row[3]])
def test_what_the_language_has_not_is_refused_at_its_place(
    source: str, line: int, column: int, code: str, message: str
) -> None:
    problem = refusal_of({"a": f"={source}"})
    assert (problem.pointer, problem.code) == ("/value/a", code)
    assert problem.message.startswith(message)
    if "nests" not in message:
        assert (problem.line, problem.column) == (line, column)


def test_every_problem_of_a_tree_is_reported_at_once() -> None:
    values: Json = {"a": "=1 +", "b": ["{{ lne(1) }}", "=fine"], "c/d": "=)"}
    with pytest.raises(Invalid) as caught:
        compile_values(values, pointer="")
    assert [problem.pointer for problem in caught.value.problems] == ["/a", "/b/0", "/c~1d"]


HOSTILE = (
    "(" * 5000,
    "[" * 9000,
    "-" * 9000 + "1",
    "not " * 2400 + "1",
    "1" + "+1" * 4900,
    "a" + ".b" * 4900,
    "x" + "[0]" * 3000,
    "lambda: " * 1200 + "1",
    "f'" + "{" * 4000,
    "'" * 9999,
    "9" * 9999,
    "{" * 3000 + "}" * 3000,
    "0x" + "f" * 9000,
    "1e" + "9" * 9000,
    "if" * 4000,
    "\\" * 5000,
    "\n" * 9000 + "1 +",
)


@pytest.mark.parametrize("source", HOSTILE, ids=lambda source: source[:12])
def test_a_hostile_source_is_read_or_refused_but_harms_nothing(source: str) -> None:
    with suppress(ExpressionError):
        read_expression(source)


def test_places_lead_back_through_texts_of_any_script() -> None:
    source = '"é😀" + f"{trigger.a} {trigger.b.c}" + trigger . d\n + trigger.e.f'
    text = read_expression(source).text
    assert place_in_source(source, text, text.index("'c'")) == Place(1, source.index("c}") + 1)
    assert place_in_source(source, text, text.index("'d'")) == Place(1, source.index("d\n") + 1)
    assert place_in_source(source, text, text.index("'f'")) == Place(2, len(" + trigger.e.f"))


RUN_TIME: tuple[tuple[str, int, int, str], ...] = (
    ("=trigger.order.totl", 1, 16, "There is no field 'totl' in trigger.order. Did you mean 'total'?"),
    ("=trigger.order.totl + 1", 1, 16, "There is no field 'totl' in trigger.order. Did you mean 'total'?"),
    ("=trigger.order.note.x", 1, 21, "trigger.order.note is null, so it has no field 'x'."),
    ("=trigger.order.note.x + 1", 1, 21, "trigger.order.note is null, so it has no field 'x'."),
    ("=trigger.order.note.upper()", 1, 2, "trigger.order.note is null, so .upper() cannot be called."),
    ("=trigger.order.lines[7].sku", 1, 22, "trigger.order.lines has 2 items; there is none at position 7."),
    ("=trigger.order.lines[7].sku + ''", 1, 22, "trigger.order.lines has 2 items; there is none at position 7."),
    ("=trigger.order.lines.sku", 1, 22, "trigger.order.lines is a list, so it has no field 'sku'"),
    ("=trigger.order.total.x", 1, 22, "trigger.order.total is a number, so it has no field 'x'."),
    ("=trigger.order[0]", 1, 16, "There is no position 0 in trigger.order."),
    ("=trigger.order.id[9]", 1, 19, "trigger.order.id has 3 characters; there is none at position 9."),
    ("=[line.skuu for line in trigger.order.lines]", 1, 8, "There is no field 'skuu' in line. Did you mean 'sku'?"),
    ("=max(trigger.order.lines, key=lambda l: l.pric)", 1, 43, "There is no field 'pric' in l."),
    ("=1 +\n 2 + 1 / 0", 2, 6, "Division by zero."),
    ("=int(trigger.order.id)", 1, 2, "Invalid literal for int() with base 10: 'A-7'."),
    ("=trigger.order.id + 1", 1, 2, 'Can only concatenate str (not "int") to str.'),
    ("=decimal('x')", 1, 2, "This text is not a number: 'x'."),
    ("=[1, 2][5]", 1, 9, "(…) has no item at position 5."),
)


@pytest.mark.parametrize(("value", "line", "column", "message"), RUN_TIME)
def test_an_error_of_run_time_is_told_at_its_place(
    sandbox: Sandbox, value: str, line: int, column: int, message: str
) -> None:
    error = failure_of(sandbox, {"a": [value]})
    assert (error.code, error.pointer) == ("expression_error", "/value/a/0")
    assert error.message.startswith(message)
    assert (error.line, error.column) == (line, column)


def test_the_place_of_an_expression_in_a_template_counts_from_the_begin_of_the_text(sandbox: Sandbox) -> None:
    error = failure_of(sandbox, "Dear {{ trigger.order.customer.name }},\nyou owe {{ trigger.order.totl + 1 }}.")
    assert (error.line, error.column) == (2, 26)


def test_a_key_may_be_in_any_script(sandbox: Sandbox) -> None:
    assert value_of(sandbox, ["=trigger.größe", "=trigger.größe + 1"], DATA) == [5, 6]
