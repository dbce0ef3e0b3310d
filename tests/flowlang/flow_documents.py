"""Definitions that the tests of the definition language start from."""

from __future__ import annotations

from copy import deepcopy

from flowslot.base.json_text import Json

MINIMAL: Json = {"flow": 1, "trigger": {"kind": "on_demand"}, "steps": []}


def document(*steps: Json, **keys: Json) -> Json:
    """A definition with these steps; keys replace those of the minimal one, and None takes one out."""
    found = deepcopy({**MINIMAL, "steps": list(steps), **keys})
    return {key: value for key, value in found.items() if value is not None}


def put(id_: str, **keys: Json) -> Json:
    """A `set` step."""
    return {"id": id_, "kind": "set", "value": 1, **keys}


INVOICE: Json = {
    "flow": 1,
    "trigger": {
        "kind": "webhook",
        "input": {
            "type": "object",
            "required": ["invoice"],
            "properties": {
                "invoice": {
                    "type": "object",
                    "required": ["id", "lines"],
                    "properties": {
                        "id": {"type": "string"},
                        "currency": {"type": "string"},
                        "lines": {
                            "type": "array",
                            "items": {
                                "type": "object",
                                "required": ["sku", "qty", "price"],
                                "properties": {
                                    "sku": {"type": "string"},
                                    "qty": {"type": "integer"},
                                    "price": {"type": "number"},
                                },
                            },
                        },
                    },
                }
            },
        },
    },
    "config": {
        "type": "object",
        "required": ["approval_limit"],
        "properties": {"approval_limit": {"type": "number", "title": "Approval limit"}},
    },
    "connections": {"erp": {"connector": "http"}},
    "steps": [
        {
            "id": "lines",
            "kind": "map",
            "over": "=trigger.invoice.lines",
            "to": {"sku": "=item.sku.upper()", "total": "=round(item.qty * item.price, 2)"},
        },
        {"id": "total", "kind": "set", "value": "=sum(line.total for line in steps.lines)"},
        {
            "id": "check",
            "kind": "condition",
            "if": "=steps.total > config.approval_limit",
            "then": [
                {
                    "id": "ask",
                    "kind": "call_flow",
                    "flow": "request-approval",
                    "input": {"invoice": "=trigger.invoice.id", "amount": "=steps.total"},
                }
            ],
            "else": [
                {
                    "id": "post",
                    "kind": "http_request",
                    "connection": "erp",
                    "method": "POST",
                    "path": "/invoices",
                    "json": {"id": "=trigger.invoice.id", "lines": "=steps.lines", "total": "=steps.total"},
                    "retry": {"attempts": 5, "within": "24h"},
                }
            ],
        },
        {
            "id": "done",
            "kind": "stop",
            "status": "success",
            "message": '=f"Invoice {trigger.invoice.id} handled"',
            "details": {"total": "=steps.total"},
        },
    ],
}
"""The definition that the format's own page shows."""
