"""A definition to check expressions in: a trigger and configuration with every kind of field, and some steps before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.flowlang.checker import type_problems
from flowslot.flowlang.parse import parse
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS

LINE: Json = {
    "type": "object",
    "required": ["sku", "qty", "price", "kind", "tags"],
    "properties": {
        "sku": {"type": "string"},
        "qty": {"type": "integer"},
        "price": {"type": "number"},
        "kind": {"enum": ["goods", "service"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "note": {"type": "string"},
        "items": {"type": "integer"},
        "delivery": {"type": "object", "required": ["date"], "properties": {"date": {"type": "string"}}},
    },
}
TRIGGER: Json = {
    "type": "object",
    "required": ["order", "rates", "anything", "mixed", "open", "choice", "flags", "totals"],
    "properties": {
        "order": {
            "type": "object",
            "required": ["id", "total", "lines", "customer", "paid", "ship-to"],
            "properties": {
                "id": {"type": "string"},
                "total": {"type": "number"},
                "paid": {"type": "boolean"},
                "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
                "customer": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {
                        "name": {"type": "string"},
                        "country": {"type": "string"},
                        "vat": {"type": ["string", "null"]},
                        "address": {"type": "object", "required": ["zip"], "properties": {"zip": {"type": "string"}}},
                    },
                },
                "ship-to": {"type": "string"},
                "discount": {"type": "number"},
                "previous": {"type": "array", "items": {"type": "string"}},
            },
        },
        "rates": {"type": "object", "additionalProperties": {"type": "number"}},
        "anything": {},
        "mixed": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        "open": {"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": True},
        "choice": {
            "oneOf": [
                {"type": "object", "properties": {"x": {"type": "string"}}},
                {"type": "object", "properties": {"y": {"type": "string"}}},
            ]
        },
        "flags": {"type": "array", "items": {"type": "boolean"}},
        "totals": {"type": "object", "properties": {"net": {"type": "number"}, "tax": {"type": "number"}}},
        "tree": {"$ref": "#/$defs/node"},
    },
    "$defs": {
        "line": LINE,
        "node": {"type": "object", "properties": {"value": {"type": "integer"}, "child": {"$ref": "#/$defs/node"}}},
    },
}
CONFIG: Json = {
    "type": "object",
    "required": ["limit", "region"],
    "properties": {
        "limit": {"type": "number"},
        "region": {"enum": ["EU", "US"]},
        "accounts": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
BEFORE: Sequence[Json] = [
    {"id": "table", "kind": "set", "value": {"DE": 19, "FR": 20}},
    {"id": "label", "kind": "set", "value": "Order {{ trigger.order.id }}"},
    {
        "id": "mapped",
        "kind": "map",
        "over": "=trigger.order.lines",
        "to": {
            "sku": "=item.sku.upper()",
            "total": "=round(item.qty * item.price, 2)",
            "exact": "=decimal(item.price)",
        },
    },
    {"id": "maybe", "kind": "set", "if": "=trigger.order.paid", "value": {"n": 5}},
    {"id": "day", "kind": "set", "value": "=parse_date('2026-01-31')"},
    {"id": "called", "kind": "http_request", "method": "GET", "url": "https://example.com"},
]


def definition(steps: Sequence[Json], **more: Json) -> Json:
    """A definition with these steps after those of BEFORE."""
    return {
        "flow": 1,
        "trigger": {"kind": "on_demand", "input": TRIGGER},
        "config": CONFIG,
        "steps": [*BEFORE, *steps],
        **more,
    }


def problems_in(
    document: Json, sandbox: Sandbox, *, called: Mapping[FlowCall, CalledFlow] | None = None
) -> Sequence[Problem]:
    """What the static check says of a definition."""
    return type_problems(parse(document, KINDS), KINDS, called or {}, sandbox)


def problems_of_values(values: Sequence[Json], sandbox: Sandbox) -> list[list[Problem]]:
    """What the static check says of each value, all in one definition as steps of their own."""
    steps = [{"id": f"checked{number}", "kind": "set", "value": value} for number, value in enumerate(values)]
    found: list[list[Problem]] = [[] for _ in values]
    for problem in problems_in(definition(steps), sandbox):
        found[int(problem.pointer.split("/")[2]) - len(BEFORE)].append(problem)
    return found
