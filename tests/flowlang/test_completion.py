"""Hints at a caret: what may stand there, with its type, while the expression and the flow around it are broken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from checked_flows import BEFORE, definition

from flowslot.base.json_text import Json
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.domain.hints import Hints, Writing
from flowslot.domain.resolve import CallSlot
from flowslot.flowlang.hints import hints_at
from flowslot.flowlang.parse import parse
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS

STEP = f"/steps/{len(BEFORE)}"
HERE: Json = {"id": "here", "kind": "set"}


def hinted(
    sandbox: Sandbox,
    text: str,
    *steps: Json,
    pointer: str = f"{STEP}/value",
    document: Json = None,
    called: Mapping[FlowCall, CalledFlow] | None = None,
) -> Hints:
    """The hints where `|` stands in a text."""
    before, _, after = text.partition("|")
    written = document or definition(list(steps) or [HERE])
    return hints_at(written, Writing(pointer, before + after, len(before)), KINDS, lambda _: called or {}, sandbox)


def types_of(hints: Hints) -> Mapping[str, str]:
    return {item.label: item.type for item in hints.items}


CUSTOMER = {"name": "str", "country": "str | None", "vat": "str | None", "address": "object | None"}
FIELDS: Sequence[tuple[str, Mapping[str, str]]] = (
    ("=trigger.order.customer.|", CUSTOMER),
    ("=trigger.order.customer.na|", CUSTOMER),
    ("=trigger.order.customer.|name.upper()", CUSTOMER),
    ("=trigger.order.customer.|.upper()", CUSTOMER),
    ("=trigger.order . customer . |", CUSTOMER),
    ('=trigger["order"].customer.|', CUSTOMER),
    ('=trigger.order["cust|', {"customer": "object", "ship-to": "str"}),
    ('=trigger.order["cust|"].name', {"customer": "object", "ship-to": "str"}),
    ("=trigger.order[|", {'"customer"': "object", '"ship-to"': "str", "trigger": "object"}),
    ("=trigger.order.lines[0].|", {"sku": "str", "delivery": "object | None"}),
    ("=trigger.order.lines[0].delivery.|", {"date": "str"}),
    ("=round(trigger.order.lines[0].q|", {"qty": "int", "price": "float"}),
    ("=1 if trigger.order.|", {"paid": "bool"}),
    ("=trigger.order.total + trigger.order.|", {"total": "float"}),
    ("={'a': trigger.order.|", {"total": "float"}),
    ("=[line.| for line in trigger.order.lines]", {"sku": "str", "note": "str | None"}),
    ("=[line.sku for line in trigger.order.lines if line.|", {"sku": "str", "note": "str | None"}),
    ("=sum(line.qty for line in trigger.|)", {"flags": "list[bool]", "mixed": "str | int"}),
    ("=sorted(trigger.order.lines, key=lambda line: line.|)", {"sku": "str"}),
    ("=(trigger.order or trigger.order).|", {"paid": "bool"}),
    ('=f"{trigger.order.|} and more"', {"paid": "bool"}),
    ("Hello {{ trigger.order.|", {"id": "str"}),
    ("Hello {{ trigger.order.id }} and {{ trigger.order.to|, sincerely", {"total": "float"}),
    ("Hello {{ trigger.order.| }}, sincerely", {"id": "str"}),
    ("=config.|", {"limit": "float", "region": "Literal['EU', 'US']"}),
    ("=run.|", {"started_at": "str", "version": "int"}),
    ("=steps.|", {"table": "object", "label": "str", "mapped": "list[object]", "maybe": "object | None"}),
    ('=steps["ta|', {"table": "object"}),
    ("=steps.table.|", {"DE": "int"}),
    ("=steps.mapped[0].|", {"sku": "str", "total": "float"}),
    ("=steps.maybe.|", {"n": "int"}),
    ("=steps.called.|", {"status": "int", "headers": "dict[str, str]", "body": "Any"}),
    ("=trigger.order.id.|", {"upper": "upper() -> str", "split": "split(separator=None) -> list[str]"}),
    ("=parse_date(trigger.order.id).|", {"year": "int", "weekday": "weekday() -> int"}),
    ("=math.fl|", {"floor": "math.floor(number)", "pi": "math.pi"}),
    ("=datetime.|", {"fromisoformat": "datetime.fromisoformat(text)"}),
)


@pytest.mark.parametrize(("text", "expected"), FIELDS)
def test_after_a_dot_stand_the_fields_of_the_type(sandbox: Sandbox, text: str, expected: Mapping[str, str]) -> None:
    assert expected.items() <= types_of(hinted(sandbox, text)).items()


NAMES: Sequence[tuple[str, str, set[str], int]] = (
    ("a whole text", "=|", {"trigger", "config", "run", "steps", "round", "math"}, 1),
    ("a word", "=tri|", {"trigger"}, 1),
    ("an open call", "=round(trigger.order.total * tr|", {"trigger"}, 29),
    ("an element", "=[li| for line in trigger.order.lines]", {"line", "trigger"}, 2),
    ("a template", "Hello {{ tr|", {"trigger"}, 9),
)


@pytest.mark.parametrize(("about", "text", "expected", "start"), NAMES, ids=[case[0] for case in NAMES])
def test_a_word_begins_with_what_is_in_scope(
    sandbox: Sandbox, about: str, text: str, expected: set[str], start: int
) -> None:
    found = hinted(sandbox, text)
    assert (expected <= set(types_of(found)), found.start) == (True, start)


NOWHERE = ("Hel|lo", "=='|", '="a.|"', "=1.|", "{{ trigger.order.id }} |", "|=trigger")


@pytest.mark.parametrize("text", NOWHERE)
def test_where_nothing_can_stand_nothing_is_offered(sandbox: Sandbox, text: str) -> None:
    assert hinted(sandbox, text).items == ()


LINES = "=trigger.order.lines"
PLACES: Sequence[tuple[Json, str, str, Mapping[str, str]]] = (
    ({"kind": "map", "over": LINES, "to": {"a": [{}]}}, "/to/a/0/b", "=item.|", {"sku": "str"}),
    ({"kind": "map", "over": LINES}, "/to", "=|", {"item": "object", "index": "int"}),
    ({"kind": "map", "over": LINES, "to": 1}, "/where", "=item.|", {"qty": "int"}),
    ({"kind": "map", "to": 1}, "/over", "=trigger.order.|", {"lines": "list[object]"}),
    ({"kind": "for_each", "in": LINES, "as": "line", "steps": [HERE]}, "/steps/0/value", "=line.|", {"sku": "str"}),
    ({"kind": "for_each", "in": LINES, "steps": [HERE]}, "/steps/0/value", "=|", {"item": "object", "index": "int"}),
    ({"kind": "for_each", "in": LINES, "steps": [HERE]}, "/steps/1/value", "=steps.|", {"table": "object"}),
    ({"kind": "try", "steps": [], "catch": [HERE]}, "/catch/0/value", "=error.|", {"code": "str", "message": "str"}),
    ({"kind": "condition", "then": [HERE]}, "/if", "=trigger.order.|", {"paid": "bool"}),
    (
        {"kind": "condition", "if": True, "then": [], "elif": [{"then": [HERE]}]},
        "/elif/0/then/0/value",
        "=run.|",
        {"id": "str"},
    ),
    ({"kind": "set", "value": 1}, "/if", "=trigger.order.|", {"paid": "bool"}),
    ({"kind": "http_request", "method": "POST"}, "/json/lines/0/sku", "=trigger.order.|", {"id": "str"}),
    ({"kind": "http_request"}, "/url", "https://x.test/{{ trigger.order.|", {"id": "str"}),
    ({"kind": "call_flow"}, "/input/total", "=trigger.order.|", {"total": "float"}),
    ({"kind": "wait"}, "/for", "=trigger.order.|", {"total": "float"}),
    ({"kind": "code"}, "/inputs/order", "=trigger.order.|", {"total": "float"}),
    ({"kind": "stop", "status": "success"}, "/details", "=trigger.order.|", {"total": "float"}),
    ({"kind": "nonsense", "steps": 7}, "/value/deep", "=steps.table.|", {"DE": "int"}),
    ({}, "/value", "=steps.table.|", {"DE": "int"}),
)


@pytest.mark.parametrize(("step", "place", "text", "expected"), PLACES)
def test_hints_are_given_in_every_place_of_a_step(
    sandbox: Sandbox, step: Json, place: str, text: str, expected: Mapping[str, str]
) -> None:
    found = hinted(sandbox, text, {"id": "here", **step} if step else {}, pointer=f"{STEP}{place}")
    assert expected.items() <= types_of(found).items()


def test_only_steps_that_may_have_run_are_offered(sandbox: Sandbox) -> None:
    steps = [
        {"id": "choice", "kind": "condition", "if": True, "then": [{"id": "inner", "kind": "set", "value": 1}]},
        HERE,
        {"id": "later", "kind": "set", "value": 1},
    ]
    place = f"/steps/{len(BEFORE) + 1}/value"
    found = types_of(hinted(sandbox, "=steps.|", *steps, pointer=place))
    assert found["inner"] == "Literal[1] | None"
    assert not {"here", "later"} & set(found)


def test_steps_that_are_broken_take_nothing_from_the_others(sandbox: Sandbox) -> None:
    broken: list[Json] = [{"id": "empty"}, {"id": "bad", "kind": "set", "value": "=trigger. +"}, None, 5, HERE]
    place = f"/steps/{len(BEFORE) + 4}/value"
    found = types_of(hinted(sandbox, "=steps.|", *broken, pointer=place))
    assert {"table": "object", "empty": "Any", "bad": "Any"}.items() <= found.items()


@pytest.mark.parametrize("document", [{}, {"steps": 5}, {"steps": []}, {"trigger": [], "steps": [[]]}, [], None])
def test_a_definition_may_be_anything(sandbox: Sandbox, document: Json) -> None:
    found = hints_at(document, Writing("/steps/0/value", "=tr", 3), KINDS, lambda _: {}, sandbox)
    assert not found.items or "trigger" in types_of(found)


@pytest.mark.parametrize(
    "pointer", ["", "/", "/trigger/input", "/steps", "/steps/x/value", "/steps/9999999999/value", "x"]
)
def test_a_place_in_no_step_has_no_hints(sandbox: Sandbox, pointer: str) -> None:
    assert hinted(sandbox, "=x|", pointer=pointer).items in ((), hinted(sandbox, "=x|").items)


def test_a_called_flow_is_known_by_what_it_ends_with(sandbox: Sandbox) -> None:
    ends = {"id": "done", "kind": "stop", "status": "success", "details": {"number": "=trigger.amount"}}
    schema: Json = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}}
    flow = parse({"flow": 1, "trigger": {"kind": "on_demand", "input": schema}, "steps": [ends]}, KINDS)
    called = {FlowCall("other", CallSlot.OWN): CalledFlow(True, 1, True, schema, definition=flow)}
    steps = [{"id": "ask", "kind": "call_flow", "flow": "other", "input": {"amount": 1}}, HERE]
    place = f"/steps/{len(BEFORE) + 1}/value"
    found = hinted(sandbox, "=steps.ask.details.|", *steps, pointer=place, called=called)
    assert types_of(found)["number"] == "int"


def test_descriptions_of_the_schema_stand_beside_its_fields(sandbox: Sandbox) -> None:
    total = {"type": "number", "description": "What is to be paid."}
    schema = {"type": "object", "description": "An invoice.", "properties": {"total": total}}
    document = {"flow": 1, "trigger": {"kind": "on_demand", "input": schema}, "steps": [HERE]}
    fields = hinted(sandbox, "=trigger.to|tal", document=document, pointer="/steps/0/value")
    assert (fields.items[0].label, fields.items[0].about) == ("total", "What is to be paid.")
    assert fields.hover is not None
    assert (fields.hover.text, fields.hover.type, fields.hover.about) == (
        "trigger.total",
        "float | None",
        "What is to be paid.",
    )
    names = hinted(sandbox, "=tri|gger", document=document, pointer="/steps/0/value")
    assert names.hover is not None
    assert names.hover.about == "An invoice."


HOVERS: Sequence[tuple[str, tuple[int, int, str, str] | None]] = (
    ("=trigger.or|der.customer.name", (1, 14, "trigger.order", "object")),
    ("=trigger.order.customer.name|", (1, 28, "trigger.order.customer.name", "str")),
    ("=1 + steps.table.D|E", (5, 19, "steps.table.DE", "int")),
    ("=steps.ta|ble.DE", (1, 12, "steps.table", "object")),
    ('=trigger.order["sh|ip-to"]', (1, 25, 'trigger.order["ship-to"]', "str")),
    ("=[li|ne.sku for line in trigger.order.lines]", (2, 6, "line", "object")),
    ("=ro|und(2.5)", (1, 6, "round", "round(number, digits)")),
    ("=trigger.order.id.up|per()", (1, 23, "trigger.order.id.upper", "upper() -> str")),
    ("A {{ trigger.order.i|d }}", (5, 21, "trigger.order.id", "str")),
    ("=trigger.nothing|", None),
    ("=nothing|", None),
    ("=trigger.order.total |+ 1", None),
)


@pytest.mark.parametrize(("text", "expected"), HOVERS)
def test_what_is_under_the_caret_is_told(
    sandbox: Sandbox, text: str, expected: tuple[int, int, str, str] | None
) -> None:
    found = hinted(sandbox, text).hover
    assert (None if found is None else (found.start, found.end, found.text, found.type)) == expected


WHOLE: Sequence[tuple[str, str | None]] = (
    ("=trigger.order.total * 2|", "float"),
    ("=sum(line.qty for line in trigger.order.lines)|", "int"),
    ("=[line.sku for line in trigger.order.lines]|", "list[str]"),
    ("={'a': 1}|", "object"),
    ("Order {{ trigger.order.id }}|", "str"),
    ("=trigger.order.total + 'a'|", None),
    ("=trigger.order.|", None),
    ("=nothing|", None),
    ("Order {{ trigger.order.nothing }}|", None),
    ("Order|", None),
)


@pytest.mark.parametrize(("text", "expected"), WHOLE)
def test_the_type_of_the_whole_is_told_where_it_can_be_evaluated(
    sandbox: Sandbox, text: str, expected: str | None
) -> None:
    assert hinted(sandbox, text).type == expected


HOSTILE = (
    "=|" + "+a" * 4900,
    "=" + "(" * 5000 + "|",
    "=" + "[" * 3000 + "trigger.|",
    "=" + "trigger." * 700 + "|",
    "='" + "x" * 9000 + "|",
    "{{" * 3000 + "|",
    "=" + "lambda x:" * 150 + "|",
    "=\ud800.|",
    "=trigger.\0|",
    "=" + "x" * 20_000 + "|",
)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_text_may_be_anything(sandbox: Sandbox, text: str) -> None:
    assert hinted(sandbox, text).type is None
