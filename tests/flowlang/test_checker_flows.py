"""The static check of whole flows: what steps see of one another, and what a called flow takes."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from checked_flows import BEFORE, definition, problems_in

from flowslot.base.json_text import Json
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.flowlang.sandbox import Sandbox

FIRST = f"/steps/{len(BEFORE)}"
NEXT = f"/steps/{len(BEFORE) + 1}"


def told(sandbox: Sandbox, *steps: Json, called: Mapping[FlowCall, CalledFlow] | None = None) -> list[tuple[str, str]]:
    """Pointer and code of each problem."""
    problems = problems_in(definition(list(steps)), sandbox, called=called)
    return [(problem.pointer, problem.code) for problem in problems]


def set_to(step: str, value: Json) -> Json:
    return {"id": step, "kind": "set", "value": value}


def loop(*steps: Json, **more: Json) -> Json:
    return {"id": "loop", "kind": "for_each", "in": "=trigger.order.lines", "steps": list(steps), **more}


def branch(then: list[Json], otherwise: list[Json]) -> Json:
    return {"id": "fork", "kind": "condition", "if": "=trigger.order.paid", "then": then, "else": otherwise}


LOOPS: tuple[tuple[list[Json], list[tuple[str, str]]], ...] = (
    ([loop(set_to("a", "=item.sku + str(index)")), set_to("z", "=steps.loop[0].upper()")], []),
    ([loop(set_to("a", "=item.sku")), set_to("z", "=steps.loop[0] + 1")], [(f"{NEXT}/value", "type_error")]),
    ([loop(set_to("a", "=item.sku")), set_to("z", "=steps.a")], [(f"{NEXT}/value", "step_out_of_reach")]),
    ([loop(set_to("a", "=line.sku + str(line_index)"), **{"as": "line"})], []),
    ([loop(set_to("a", "=item.sku"), **{"as": "line"})], [(f"{FIRST}/steps/0/value", "unknown_name")]),
    ([loop(set_to("a", "=item.skuu"))], [(f"{FIRST}/steps/0/value", "unknown_field")]),
    ([loop(set_to("a", 1), **{"in": "=trigger.order.previous"})], [(f"{FIRST}/in", "type_error")]),
    ([loop(set_to("a", 1), **{"in": "=trigger.order.customer"})], [(f"{FIRST}/in", "type_error")]),
    ([loop(set_to("a", "=item.sku"), result="=steps.a + 1")], [(f"{FIRST}/result", "type_error")]),
    ([loop(set_to("a", 1), result="=item.sku"), set_to("z", "=steps.loop[0].upper()")], []),
    (
        [
            loop(
                {
                    "id": "inner",
                    "kind": "for_each",
                    "in": "=item.tags",
                    "as": "tag",
                    "steps": [set_to("b", "=tag.upper() + item.sku")],
                },
                set_to("c", "=steps.inner[0].upper() + item.sku"),
            ),
            set_to("z", "=steps.loop[0].lower()"),
        ],
        [],
    ),
    ([loop(set_to("a", "=item.tags")), set_to("z", "=item")], [(f"{NEXT}/value", "unknown_name")]),
)

BRANCHES: tuple[tuple[list[Json], list[tuple[str, str]]], ...] = (
    ([branch([set_to("a", "x")], []), set_to("z", "=steps.a.upper()")], [(f"{NEXT}/value", "type_error")]),
    ([branch([set_to("a", "x")], []), set_to("z", "=(steps.a or '').upper()")], []),
    ([branch([set_to("a", "x"), set_to("b", "=steps.a.upper()")], [])], []),
    ([branch([set_to("a", "x")], [set_to("d", "=steps.a")])], [(f"{FIRST}/else/0/value", "step_out_of_reach")]),
    ([branch([set_to("a", "=steps.z")], []), set_to("z", 1)], [(f"{FIRST}/then/0/value", "step_out_of_reach")]),
    ([branch([], []), set_to("z", "=steps.fork == 'then'")], []),
    ([set_to("z", "=steps.z")], [(f"{FIRST}/value", "step_out_of_reach")]),
    ([set_to("z", "=steps.tabel")], [(f"{FIRST}/value", "unknown_step")]),
    ([{**set_to("z", 1), "if": "=trigger.ordr"}], [(f"{FIRST}/if", "unknown_field")]),
    ([{**set_to("z", 1), "disabled": True}, set_to("y", "=steps.z + 1")], [(f"{NEXT}/value", "type_error")]),
)

TRIES: tuple[tuple[list[Json], list[tuple[str, str]]], ...] = (
    (
        [
            {
                "id": "t",
                "kind": "try",
                "steps": [set_to("a", "x")],
                "catch": [set_to("b", "=error.message + (steps.a or '')")],
            }
        ],
        [],
    ),
    (
        [{"id": "t", "kind": "try", "steps": [set_to("a", "x")], "catch": [set_to("b", "=error.massage")]}],
        [(f"{FIRST}/catch/0/value", "unknown_field")],
    ),
    (
        [{"id": "t", "kind": "try", "steps": [set_to("a", "x")], "catch": [set_to("b", "=steps.a.upper()")]}],
        [(f"{FIRST}/catch/0/value", "type_error")],
    ),
    (
        [
            {"id": "t", "kind": "try", "steps": [set_to("a", "x")], "catch": [set_to("b", "y")]},
            set_to("z", "=error.code"),
        ],
        [(f"{NEXT}/value", "unknown_name")],
    ),
    (
        [
            {"id": "t", "kind": "try", "steps": [set_to("a", "x")], "catch": [set_to("b", "y")]},
            set_to("z", "=steps.t.upper()"),
        ],
        [],
    ),
)

MAPS: tuple[tuple[list[Json], list[tuple[str, str]]], ...] = (
    (
        [{"id": "m", "kind": "map", "over": "=trigger.rates", "to": "{{ key }}"}, set_to("z", "=steps.m.EUR.upper()")],
        [],
    ),
    (
        [
            {"id": "m", "kind": "map", "over": "=trigger.rates", "to": "=item * 2 + index"},
            set_to("z", "=sum(steps.m.values())"),
        ],
        [],
    ),
    ([{"id": "m", "kind": "map", "over": "=trigger.order.previous", "to": "=item"}], [(f"{FIRST}/over", "type_error")]),
    ([{"id": "m", "kind": "map", "over": "=trigger.order.total", "to": "=item"}], [(f"{FIRST}/over", "type_error")]),
    (
        [{"id": "m", "kind": "map", "over": "=trigger.order.lines", "where": "=item.qtty", "to": {"a": "=item.skuu"}}],
        [(f"{FIRST}/where", "unknown_field"), (f"{FIRST}/to/a", "unknown_field")],
    ),
    (
        [
            {"id": "m", "kind": "map", "over": "=trigger.anything", "to": {"a": "=item.x"}},
            set_to("z", "=steps.m[0].a.b + 1"),
        ],
        [],
    ),
    ([{"id": "m", "kind": "map", "over": [1, "=trigger.order.total"], "to": "=item + 1"}], []),
)

LAMBDAS: tuple[tuple[list[Json], list[tuple[str, str]]], ...] = (
    (
        [
            set_to("a", "={l.sku: l.qty for l in trigger.order.lines}"),
            set_to("b", "=max(steps.a, key=lambda sku: steps.a[sku])"),
            set_to("c", 3),
            set_to("d", "=steps.c + 1"),
        ],
        [],
    ),
    (
        [set_to("a", {"n": 1}), set_to("b", "=list(map(lambda x: steps.a.m, [1]))"), set_to("c", "=steps.b")],
        [(f"{NEXT}/value", "unknown_field")],
    ),
    (
        [
            loop(set_to("a", "=sorted(item.tags, key=lambda tag: item.sku + tag)")),
            {**loop(set_to("b", "=max([1], key=lambda n: item + n)")), "id": "other", "in": "=[1, 2]"},
        ],
        [],
    ),
)
LISTS: tuple[tuple[list[Json], list[tuple[str, str]]], ...] = (
    ([set_to("a", [1, {"x": 2}, {"y": ["{{ 1 }}"]}]), set_to("z", "=steps.a[1].x + len(steps.a[2].y[0])")], []),
    ([set_to("a", [{"x": 1}, {"x": 2}]), set_to("z", "=steps.a[1].y")], [(f"{NEXT}/value", "unknown_field")]),
    ([set_to("a", "=[1, None]"), set_to("z", "=sum(filter(None, steps.a)) + 1")], []),
    ([set_to("a", "=[1.5]"), set_to("z", "=sum((decimal(x) for x in steps.a), decimal(0)) + 1")], []),
    ([set_to("a", "=[1.5]"), set_to("z", "=sum(steps.a, decimal(0))")], [(f"{NEXT}/value", "type_error")]),
    ([set_to("a", "=[[1], [2]]"), set_to("z", "=sum(steps.a, [])[0] + sum([1.5], 2)")], []),
)


@pytest.mark.parametrize(("steps", "expected"), [*LOOPS, *BRANCHES, *TRIES, *MAPS, *LAMBDAS, *LISTS])
def test_each_expression_sees_what_is_there_when_it_runs(
    sandbox: Sandbox, steps: list[Json], expected: list[tuple[str, str]]
) -> None:
    assert told(sandbox, *steps) == expected


INPUT: Json = {
    "type": "object",
    "required": ["invoice", "amount", "customer", "lines"],
    "additionalProperties": False,
    "properties": {
        "invoice": {"type": "string"},
        "amount": {"type": "number"},
        "note": {"type": "string"},
        "mode": {"enum": ["a", "b"]},
        "customer": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
    },
    "$defs": {
        "line": {
            "type": "object",
            "required": ["sku", "qty"],
            "properties": {"sku": {"type": "string"}, "qty": {"type": "integer"}},
        }
    },
}
RIGHT: Json = {
    "invoice": "=trigger.order.id",
    "amount": "=trigger.order.total",
    "customer": {"name": "{{ 1 }}"},
    "lines": "=trigger.order.lines",
    "note": "=trigger.order.customer.vat",
    "mode": "a",
}
CALLS: tuple[tuple[Json, list[tuple[str, str]]], ...] = (
    (RIGHT, []),
    ({**RIGHT, "amont": 1}, [("/amont", "unknown_field")]),
    ({key: value for key, value in RIGHT.items() if key != "amount"}, [("", "missing_field")]),
    ({**RIGHT, "mode": "c"}, [("/mode", "type_error")]),
    ({**RIGHT, "invoice": 5}, [("/invoice", "type_error")]),
    ({**RIGHT, "invoice": "=trigger.order.total"}, [("/invoice", "type_error")]),
    ({**RIGHT, "invoice": "=trigger.order.customer.vat"}, [("/invoice", "type_error")]),
    ({**RIGHT, "amount": "{{ 1 }}"}, [("/amount", "type_error")]),
    ({**RIGHT, "customer": "=trigger.order"}, [("/customer", "missing_field")]),
    ({**RIGHT, "customer": "=trigger.order.customer"}, []),
    ({**RIGHT, "customer": "=trigger.order.previous"}, [("/customer", "missing_field")]),
    ({**RIGHT, "customer": []}, [("/customer", "type_error")]),
    ({**RIGHT, "lines": "=[{'sku': l.sku, 'qty': l.qty} for l in trigger.order.lines]"}, []),
    (
        {**RIGHT, "lines": "=[{'sku': l.sku, 'qtty': l.qty} for l in trigger.order.lines]"},
        [("/lines", "missing_field")],
    ),
    ({**RIGHT, "lines": "=[{'sku': l.qty, 'qty': l.qty} for l in trigger.order.lines]"}, [("/lines", "type_error")]),
    ({**RIGHT, "lines": "=trigger.order.total"}, [("/lines", "type_error")]),
    ({**RIGHT, "lines": [{"sku": "a", "qty": "=trigger.order.id"}]}, [("/lines/0/qty", "type_error")]),
    ("=trigger.order", [("", "missing_field")]),
    ("=trigger.anything", []),
    ({**RIGHT, "lines": "=trigger.anything", "amount": "=trigger.anything.x"}, []),
)


@pytest.mark.parametrize(("given", "expected"), CALLS)
def test_a_call_is_checked_against_what_the_called_flow_takes(
    sandbox: Sandbox, given: Json, expected: list[tuple[str, str]]
) -> None:
    step = {"id": "call", "kind": "call_flow", "flow": "other", "input": given}
    found = told(sandbox, step, called={FlowCall("other"): CalledFlow(callable=True, input_schema=INPUT)})
    assert found == [(f"{FIRST}/input{pointer}", code) for pointer, code in expected]


def test_a_call_of_an_unknown_flow_is_checked_only_in_itself(sandbox: Sandbox) -> None:
    step = {"id": "call", "kind": "call_flow", "flow": "other", "input": {"x": "=trigger.ordr", "y": 1}}
    assert told(sandbox, step) == [(f"{FIRST}/input/x", "unknown_field")]


def test_a_definition_too_hard_to_check_is_said_to_be_so(sandbox: Sandbox) -> None:
    hard = "=" + "[" * 90 + "1" + "]" * 90
    found = problems_in(
        definition([set_to(f"s{number}", {f"k{n}": hard for n in range(20)}) for number in range(30)]), sandbox
    )
    assert [problem.code for problem in found] in ([], ["too_complex"])
    assert told(sandbox, set_to("z", "=trigger.ordr")) == [(f"{FIRST}/value", "unknown_field")]
