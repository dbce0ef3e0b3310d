"""The static check refuses wrong expressions: one problem each, at its place and in plain words."""

from __future__ import annotations

import pytest
from checked_flows import problems_of_values

from flowslot.base.errors import Problem
from flowslot.flowlang.sandbox import Sandbox

WRONG: tuple[tuple[str, int, int, str, str], ...] = (
    ("=trigger.ordr.id", 1, 10, "unknown_field", "There is no field 'ordr' in trigger. Did you mean 'order'?"),
    ("=trigger.order.totl", 1, 16, "unknown_field", "There is no field 'totl' in trigger.order. Did you mean"),
    ('=trigger["order"]["totl"]', 1, 19, "unknown_field", "There is no field 'totl' in trigger.order. Did you mean"),
    (
        "=trigger.order.lines[0].skuu",
        1,
        25,
        "unknown_field",
        "There is no field 'skuu' in trigger.order.lines[0]. Did you",
    ),
    ("=trigger.order.lines.sku", 1, 22, "type_error", "trigger.order.lines is a list: choose an item first, for"),
    ('=trigger.order.lines["a"]', 1, 22, "type_error", "trigger.order.lines is a list: choose an item first, for"),
    (
        "=[line.skuu for line in trigger.order.lines]",
        1,
        8,
        "unknown_field",
        "There is no field 'skuu' in line. Did you mean 'sku'?",
    ),
    (
        "=sum(line.pric for line in trigger.order.lines)",
        1,
        11,
        "unknown_field",
        "There is no field 'pric' in line. Did you mean 'price'?",
    ),
    (
        "=max(trigger.order.lines, key=lambda line: line.pric)",
        1,
        49,
        "unknown_field",
        "There is no field 'pric' in line. Did you mean 'price'?",
    ),
    (
        "=[l.sku for l in trigger.order.lines if l.qtty > 1]",
        1,
        43,
        "unknown_field",
        "There is no field 'qtty' in l. Did you mean 'qty'?",
    ),
    (
        "=trigger.order.customer.contry",
        1,
        25,
        "unknown_field",
        "There is no field 'contry' in trigger.order.customer. Did",
    ),
    (
        "=trigger.order.customer.vat.lower()",
        1,
        29,
        "type_error",
        "trigger.order.customer.vat may be null, and that has no",
    ),
    (
        "=trigger.order.customer.address.zip",
        1,
        33,
        "type_error",
        "trigger.order.customer.address may be null; check it first,",
    ),
    (
        '=trigger.order.lines[0].note + "x"',
        1,
        2,
        "type_error",
        "+ cannot stand between a text or null and 'x'. Check for",
    ),
    (
        "=trigger.order.lines[0].note.strip()",
        1,
        30,
        "type_error",
        "trigger.order.lines[0].note may be null, and that has no",
    ),
    ("=trigger.order.discount * 2", 1, 2, "type_error", "* cannot stand between a number or null and 2. Check for"),
    ("=trigger.order.discount > 5", 1, 2, "type_error", "> cannot stand between a number or null and 5. Check for"),
    ('=trigger.order.total + "x"', 1, 2, "type_error", "+ cannot stand between a number and 'x'."),
    ('="Total " + trigger.order.total', 1, 2, "type_error", "+ cannot stand between 'Total ' and a number."),
    ("=trigger.order.id - 1", 1, 2, "type_error", "- cannot stand between a text and 1."),
    ("=-trigger.order.id", 1, 2, "type_error", "- cannot stand before a text."),
    ("=trigger.order.id < 5", 1, 2, "type_error", "< cannot stand between a text and 5."),
    ("=len(trigger.order.total)", 1, 6, "type_error", "len(…) wants something with a length here; this is a number."),
    ("=sum(trigger.order.lines)", 1, 2, "type_error", "sum(…) does not take what it is given here: something may"),
    (
        "=sum(line.sku for line in trigger.order.lines)",
        1,
        2,
        "type_error",
        "sum(…) does not take what it is given here: something may",
    ),
    (
        '=", ".join([line.note for line in trigger.order.lines])',
        1,
        7,
        "type_error",
        "join(…) does not take what it is given here: something may",
    ),
    (
        '=", ".join(line.qty for line in trigger.order.lines)',
        1,
        7,
        "type_error",
        "join(…) does not take what it is given here: something may",
    ),
    ("=trigger.order.lines.upper()", 1, 22, "type_error", "trigger.order.lines is a list, and that has no .upper()."),
    ("=trigger.order.total.upper()", 1, 22, "type_error", "trigger.order.total is a number, and that has no .upper()."),
    (
        '=trigger.order.items()["x"].y',
        1,
        24,
        "type_error",
        "trigger.order.items(…) is a list: choose an item first, for",
    ),
    (
        "=[x for x in trigger.order.total]",
        1,
        14,
        "type_error",
        "trigger.order.total is a number: there is nothing to go",
    ),
    (
        "=[x for x in trigger.order.previous]",
        1,
        14,
        "type_error",
        "trigger.order.previous may be null, so there may be nothing",
    ),
    (
        "=int(trigger.order.customer.country)",
        1,
        6,
        "type_error",
        "int(…) wants a text or bytes or a number or a whole number",
    ),
    ("=round(trigger.order.id, 2)", 1, 2, "type_error", "round(…) does not take what it is given here: something may"),
    ("=config.limt", 1, 9, "unknown_field", "There is no field 'limt' in config. Did you mean 'limit'?"),
    ('=config.accounts["a"]', 1, 18, "type_error", "config.accounts may be null; check it first, for example"),
    ('=config.accounts.get("a")', 1, 18, "type_error", "config.accounts may be null, and that has no .get(); check"),
    ("=run.id2", 1, 6, "unknown_field", "There is no field 'id2' in run. Did you mean 'id'?"),
    ('=run.version + "a"', 1, 2, "type_error", "+ cannot stand between a whole number and 'a'."),
    ("=steps.tabel.DE", 1, 2, "unknown_step", "There is no step 'tabel'. Did you mean 'table'?"),
    ("=steps.table.DEE", 1, 14, "unknown_field", "There is no field 'DEE' in steps.table. Did you mean 'DE'?"),
    ("=steps.mapped[0].totl", 1, 18, "unknown_field", "There is no field 'totl' in steps.mapped[0]. Did you mean"),
    ("=steps.mapped.total", 1, 15, "type_error", "steps.mapped is a list: choose an item first, for example"),
    ("=steps.maybe.n", 1, 14, "type_error", "steps.maybe may be null; check it first, for example with"),
    ("=steps.maybe.m", 1, 14, "type_error", "steps.maybe may be null; check it first, for example with"),
    ("=steps.called.body2", 1, 15, "unknown_field", "There is no field 'body2' in steps.called. Did you mean"),
    ('=steps.called.status + "x"', 1, 2, "type_error", "+ cannot stand between a whole number and 'x'."),
    ("=steps.checked999.x", 1, 2, "unknown_step", "There is no step 'checked999'. Did you mean 'checked99'?"),
    ("=ordr.id", 1, 2, "unknown_name", "There is no 'ordr' here."),
    ("=item.x", 1, 2, "unknown_name", "There is no 'item' here: it is known only inside a loop."),
    ("=index + 1", 1, 2, "unknown_name", "There is no 'index' here: it is known only inside a loop."),
    ("=error.message", 1, 2, "unknown_name", "There is no 'error' here."),
    ("=trigger.order.lines[0].kind + 1", 1, 2, "type_error", "+ cannot stand between 'goods' or 'service' and 1."),
    ("=trigger.order[0]", 1, 16, "type_error", "trigger.order is an object: its fields have names, not"),
    (
        '=trigger.order.lines[0]["qty"]["x"]',
        1,
        32,
        "type_error",
        "trigger.order.lines[0].qty is a whole number: it has no",
    ),
    ("=decimal(1) * 1.5", 1, 2, "type_error", "* cannot stand between a decimal and a number."),
    (
        "=decimal(trigger.order.lines)",
        1,
        10,
        "type_error",
        "decimal(…) wants a number or a text or a decimal here; this",
    ),
    (
        "=round_half_up(trigger.order.lines[0].note, 2)",
        1,
        16,
        "type_error",
        "round_half_up(…) wants a number or a text or a decimal",
    ),
    ("=parse_date(trigger.order.total)", 1, 13, "type_error", "parse_date(…) wants a text here; this is a number."),
    ('=date(2026, 1, "a")', 1, 16, "type_error", "date(…) wants a whole number here; this is 'a'."),
    ("=date(2026, 1, 31) + 1", 1, 2, "type_error", "+ cannot stand between a date and 1."),
    (
        '=to_zone(trigger.order.total, "Europe/Berlin")',
        1,
        10,
        "type_error",
        "to_zone(…) wants a time or a text here; this is a number.",
    ),
    ("=trigger.order.total.year", 1, 22, "type_error", "trigger.order.total is a number: it has no fields."),
    ('=f"{trigger.order.totl}"', 1, 19, "unknown_field", "There is no field 'totl' in trigger.order. Did you mean"),
    (
        "=sorted(trigger.order.lines, key=lambda line: line.note)",
        1,
        2,
        "type_error",
        "sorted(…) does not take what it is given here: something",
    ),
    ('={"a": trigger.order.totl}', 1, 22, "unknown_field", "There is no field 'totl' in trigger.order. Did you mean"),
    (
        '=[{"sku": l.sku} for l in trigger.order.lines][0].skku',
        1,
        51,
        "unknown_field",
        "There is no field 'skku' in (…)[0]. Did you mean 'sku'?",
    ),
    (
        '={"EU": {"rate": 1}}[config.region].rat',
        1,
        37,
        "unknown_field",
        "There is no field 'rat' in (…). Did you mean 'rate'?",
    ),
    ("=trigger.totals.net + 1", 1, 2, "type_error", "+ cannot stand between a number or null and 1. Check for"),
    ("=trigger.totals.items2", 1, 17, "unknown_field", "There is no field 'items2' in trigger.totals."),
    ("=trigger.tree.value", 1, 15, "type_error", "trigger.tree may be null; check it first, for example with"),
    ("=trigger.mixed.upper()", 1, 16, "type_error", "trigger.mixed may be a whole number, and that has no .upper()."),
    (
        "=trigger.order.customer.items().x",
        1,
        33,
        "type_error",
        "trigger.order.customer.items(…) is a list: choose an item",
    ),
    (
        "=trigger.order.discount.items()",
        1,
        25,
        "type_error",
        "trigger.order.discount is not an object, or may be null: it",
    ),
    (
        "=trigger.order.previous.items()",
        1,
        25,
        "type_error",
        "trigger.order.previous is not an object, or may be null: it",
    ),
    (
        "=(trigger.order.customer | trigger.order.discount)",
        1,
        3,
        "type_error",
        "These two cannot be joined with |: both must be objects,",
    ),
    ("={**trigger.order.previous}", 1, 5, "type_error", "{**…} wants an object here; this is a list or null."),
    ("=dict(trigger.order.total)", 1, 2, "type_error", "dict(…) does not take what it is given here: something may"),
    ("=next(trigger.order.total)", 1, 7, "type_error", "next(…) wants an iterator here; this is a number."),
    ("=len()", 1, 2, "type_error", "No argument provided for required parameter obj of function"),
    ("=len(trigger.order.lines, 3)", 1, 27, "type_error", "Too many positional arguments to function len: expected 1,"),
    ("=trigger.order.id.split(1)", 1, 19, "type_error", "split(…) does not take what it is given here: something may"),
    ('=trigger.order.lines[0].tags["x"]', 1, 30, "type_error", "trigger.order.lines[0].tags is a list: choose an item"),
    ("=re.sub(1, 2)", 1, 5, "type_error", "sub(…) does not take what it is given here: something may"),
    ('=math.floor("a")', 1, 7, "type_error", "floor(…) does not take what it is given here: something may"),
    ("=uuid()", 1, 2, "type_error", "No argument provided for required parameter name of"),
    ("=url_quote(trigger.order.lines)", 1, 12, "type_error", "url_quote(…) wants a text here; this is a list."),
    ("=json_loads(5)", 1, 13, "type_error", "json_loads(…) wants a text here; this is 5."),
    ('=range("a")', 1, 8, "type_error", "range(…) wants a whole number here; this is 'a'."),
    ('=abs("a")', 1, 6, "type_error", "abs(…) wants a number here; this is 'a'."),
    ("=trigger.order.paid.x", 1, 21, "type_error", "trigger.order.paid is true or false: it has no fields."),
    ("x {{ trigger.order.totl }} y", 1, 20, "unknown_field", "There is no field 'totl' in trigger.order. Did you mean"),
    (
        "=trigger.order.id +\n  trigger.order.totl",
        2,
        17,
        "unknown_field",
        "There is no field 'totl' in trigger.order. Did you mean",
    ),
    (
        "=[\n  line.skuu\n  for line in trigger.order.lines\n]",
        2,
        8,
        "unknown_field",
        "There is no field 'skuu' in line. Did you mean 'sku'?",
    ),
    ("=steps.mapped[0].exact.quantize(1)", 1, 24, "type_error", "steps.mapped[0].exact is a number, and that has no"),
    ("=steps.day.year", 1, 12, "type_error", "steps.day is a text: it has no fields."),
    (
        "=trigger.order['ship-too']",
        1,
        16,
        "unknown_field",
        "There is no field 'ship-too' in trigger.order. Did you mean",
    ),
    ("=config.region + 1", 1, 2, "type_error", "+ cannot stand between 'EU' or 'US' and 1."),
    (
        "=[n + 'x' for n, line in enumerate(trigger.order.lines)]",
        1,
        3,
        "type_error",
        "+ cannot stand between a whole number and 'x'.",
    ),
    ("={'a': trigger.order.id}.a + 1", 1, 2, "type_error", "+ cannot stand between a text and 1."),
)
"""The value, the line and column of the problem, its code, and how its message begins."""


@pytest.fixture(scope="module")
def found(sandbox: Sandbox) -> list[list[Problem]]:
    return problems_of_values([value for value, *_ in WRONG], sandbox)


@pytest.mark.parametrize("number", range(len(WRONG)), ids=lambda number: WRONG[number][0][:40])
def test_a_wrong_expression_gives_one_problem_at_its_place(found: list[list[Problem]], number: int) -> None:
    _, line, column, code, message = WRONG[number]
    assert [(each.line, each.column, each.code) for each in found[number]] == [(line, column, code)]
    assert found[number][0].message.startswith(message)


def test_no_message_shows_a_name_of_ours(found: list[list[Problem]]) -> None:
    messages = " ".join(problem.message for problems in found for problem in problems)
    assert not [word for word in ("FS_", "TypedDict", "M1", "T1", "`", "make1", "Unknown") if word in messages]


def test_the_table_of_wrong_expressions_is_long_enough() -> None:
    assert len(WRONG) >= 60
