"""The type of every kind's output, as the checker of expressions knows it, and what each kind wants of its settings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from one_call import document

from flowslot.base.json_text import Json
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.flowlang.definitions import FlowDefinitions
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS

INPUT: Json = {
    "type": "object",
    "required": ["lines", "n", "text"],
    "properties": {
        "lines": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["sku", "qty"],
                "properties": {"sku": {"type": "string"}, "qty": {"type": "integer"}},
            },
        },
        "n": {"type": "integer"},
        "text": {"type": "string"},
    },
}
APPROVAL: Json = {
    "type": "object",
    "required": ["amount"],
    "properties": {"amount": {"type": "number"}},
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def definitions() -> Iterator[FlowDefinitions]:
    checking = Sandbox(1)
    yield FlowDefinitions(KINDS, checking)
    checking.close()


def put(id_: str, value: Json) -> Json:
    return {"id": id_, "kind": "set", "value": value}


def loop(**keys: Json) -> Json:
    return {"id": "a", "kind": "for_each", "in": "=trigger.lines", "steps": [put("s", "=item.qty * 2")], **keys}


def attempt(**keys: Json) -> Json:
    return {"id": "a", "kind": "try", "steps": [put("s", "=trigger.n")], **keys}


def http(**keys: Json) -> Json:
    return {"id": "a", "kind": "http_request", "url": "https://example.com", **keys}


CODE = {"id": "a", "kind": "code", "code": "def main(x): return x", "inputs": {"x": "=trigger.n"}}
CHECK = {"id": "a", "kind": "condition", "if": "=trigger.n > 1", "then": [put("s", "=trigger.n")]}
CALL = {"id": "a", "kind": "call_flow", "flow": "approval", "input": {"amount": "=trigger.n"}}
CSV = {"id": "a", "kind": "parse_csv", "text": "=trigger.text"}
TYPED = {**CSV, "columns": {"sku": "text", "qty": "integer"}}

FITS: list[tuple[Json, str]] = [
    (put("a", {"x": "=trigger.n"}), "=steps.a.x + 1"),
    (
        {"id": "a", "kind": "map", "over": "=trigger.lines", "to": {"q": "=item.qty"}},
        "=sum(line.q for line in steps.a)",
    ),
    (CHECK, "=steps.a == 'then'"),
    (CHECK, "=(steps.s or 0) + 1"),
    (loop(), "=sum(steps.a)"),
    (loop(**{"as": "line", "steps": [put("s", "=line.qty + line_index")]}), "=steps.a[0] + 1"),
    (
        loop(result={"sku": "=item.sku", "twice": "=steps.s"}),
        "=[each.sku.upper() for each in steps.a if each.twice > 1]",
    ),
    (loop(on_error="collect"), "=[each.error.code for each in steps.a]"),
    (attempt(), "=steps.a + 1"),
    (attempt(catch=[put("c", "=len(error.message)")]), "=steps.a + 1"),
    (CODE, "=steps.a.anything.at.all"),
    ({**CODE, "output": APPROVAL}, "=steps.a.amount + 1"),
    (http(), "=steps.a.status + 1"),
    (http(), "=steps.a.headers['x-total'].upper() + steps.a.text"),
    (http(), "=steps.a.body.items[0].price"),
    (CALL, "=steps.a.run + steps.a.status + (steps.a.message or '')"),
    (CALL, "=steps.a.details.whatever"),
    ({"id": "a", "kind": "wait", "signal": True}, "=steps.a.by"),
    ({"id": "a", "kind": "assert", "label": "x", "actual": "=trigger.n", "expected": 1}, "=steps.a is True"),
    (CSV, "=steps.a[0]['sku'].upper()"),
    ({**CSV, "header": False}, "=steps.a[0][1].upper()"),
    (TYPED, "=[row.sku.upper() for row in steps.a if row.qty is not None and row.qty > 1]"),
]


@pytest.mark.parametrize(("step", "use"), FITS, ids=[f"{step['kind']} {use}" for step, use in FITS])
def test_what_a_step_gives_can_be_used(definitions: FlowDefinitions, step: Json, use: str) -> None:
    assert problems(definitions, step, put("use", use)) == []


WRONG: list[tuple[Json, str]] = [
    (put("a", {"x": "=trigger.n"}), "=steps.a.y"),
    ({"id": "a", "kind": "map", "over": "=trigger.lines", "to": {"q": "=item.qty"}}, "=steps.a[0].qty"),
    (CHECK, "=steps.s + 1"),
    (loop(), "=steps.a[0].upper()"),
    (loop(), "=steps.s"),
    (loop(result={"sku": "=item.sku"}), "=steps.a[0].qty"),
    (attempt(), "=steps.a.upper()"),
    (attempt(catch=[put("c", "=error.message")]), "=steps.a + 1"),
    ({**CODE, "output": APPROVAL}, "=steps.a.amont"),
    (http(), "=steps.a.statos"),
    (http(), "=steps.a.text + 1"),
    (CALL, "=steps.a.message.upper()"),
    ({"id": "a", "kind": "wait", "for": "1s"}, "=steps.a + 1"),
    (CSV, "=steps.a[0]['qty'] + 1"),
    (TYPED, "=[row.qty + 1 for row in steps.a]"),
    (TYPED, "=[row.price for row in steps.a]"),
]


@pytest.mark.parametrize(("step", "use"), WRONG, ids=[f"{step['kind']} {use}" for step, use in WRONG])
def test_a_wrong_use_of_what_a_step_gives_is_found(definitions: FlowDefinitions, step: Json, use: str) -> None:
    assert problems(definitions, step, put("use", use)) == ["/steps/1/value"]


SETTINGS: list[tuple[Json, str]] = [
    (put("a", {"deep": ["=trigger.nn"]}), "/value/deep/0"),
    ({**put("a", 1), "if": "=trigger.nn"}, "/if"),
    ({"id": "a", "kind": "map", "over": "=trigger.n", "to": 1}, "/over"),
    ({"id": "a", "kind": "map", "over": "=trigger.lines", "to": "=item.nn"}, "/to"),
    ({"id": "a", "kind": "map", "over": "=trigger.lines", "to": 1, "where": "=item.nn"}, "/where"),
    ({**CHECK, "if": "=trigger.n > 'x'"}, "/if"),
    ({**CHECK, "elif": [{"if": "=trigger.nn", "then": []}]}, "/elif/0/if"),
    ({**CHECK, "else": [put("t", "=trigger.nn")]}, "/else/0/value"),
    (loop(**{"in": "=trigger.n"}), "/in"),
    (loop(result="=item.nn"), "/result"),
    (attempt(catch=[put("c", "=error.cod")]), "/catch/0/value"),
    (attempt(**{"finally": [put("f", "=error.code")]}), "/finally/0/value"),
    ({**CODE, "inputs": {"x": "=trigger.nn"}}, "/inputs/x"),
    (http(headers={"X": "=trigger.nn"}), "/headers/X"),
    (http(method="POST", json={"a": "=trigger.nn"}), "/json/a"),
    ({**http(), "url": "=trigger.n"}, "/url"),
    ({**CALL, "input": {"amount": "=trigger.text"}}, "/input/amount"),
    ({**CALL, "input": {"amount": 1, "amont": 2}}, "/input/amont"),
    ({**CALL, "input": "=trigger"}, "/input"),
    ({"id": "a", "kind": "wait", "for": "=trigger.lines"}, "/for"),
    ({"id": "a", "kind": "wait", "until": "=trigger.n"}, "/until"),
    ({"id": "a", "kind": "wait", "signal": True, "timeout": "=trigger.lines"}, "/timeout"),
    ({"id": "a", "kind": "assert", "label": "{{ trigger.nn }}", "actual": 1, "expected": 1}, "/label"),
    ({"id": "a", "kind": "assert", "label": "", "actual": "=trigger.nn", "expected": 1}, "/actual"),
    ({**CSV, "text": "=trigger.n"}, "/text"),
    ({"id": "a", "kind": "stop", "status": "=trigger.nn"}, "/status"),
    ({"id": "a", "kind": "stop", "status": "success", "message": "{{ trigger.nn }}"}, "/message"),
    ({"id": "a", "kind": "stop", "status": "success", "details": {"x": "=trigger.nn"}}, "/details/x"),
]


@pytest.mark.parametrize(("step", "pointer"), SETTINGS, ids=[f"{step['kind']} {place}" for step, place in SETTINGS])
def test_every_setting_is_checked_where_it_stands(definitions: FlowDefinitions, step: Json, pointer: str) -> None:
    assert set(problems(definitions, step)) == {f"/steps/0{pointer}"}


@pytest.mark.parametrize("name", KINDS)
def test_the_example_has_no_problem(definitions: FlowDefinitions, name: str) -> None:
    found = definitions.parse(document(KINDS[name].example["step"], connections={"erp": {"connector": "http"}}))
    assert not definitions.type_problems(found, {})


def problems(definitions: FlowDefinitions, *steps: Json) -> list[str]:
    found = definitions.parse(document(*steps, trigger={"kind": "on_demand", "input": INPUT}))
    return [
        problem.pointer
        for problem in definitions.type_problems(
            found, {FlowCall("approval"): CalledFlow(callable=True, input_schema=APPROVAL)}
        )
    ]
