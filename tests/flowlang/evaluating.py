"""Evaluates value trees in a real sandbox, as a step would."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal

from flowslot.base.errors import Invalid, Problem
from flowslot.base.json_text import Json
from flowslot.domain.runs import RunError
from flowslot.flowlang.kinds import StepFailure
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.values import compile_map, compile_values

DATA: Mapping[str, Json] = {
    "trigger": {
        "order": {
            "id": "A-7",
            "total": Decimal("119.50"),
            "paid": True,
            "note": None,
            "items": 3,
            "customer": {"name": "Zoë", "country": "DE"},
            "lines": [
                {"sku": "a", "qty": 2, "price": Decimal("2.50"), "kind": "goods"},
                {"sku": "b", "qty": 1, "price": Decimal("10"), "kind": "service"},
            ],
            "ship-to": "Kiel",
        },
        "big": 12345678901234567890123,
        "exact": Decimal("0.12345678901234567890123"),
        "rates": {"EUR": Decimal("1.10"), "USD": 2},
        "größe": 5,
    },
    "config": {"limit": 100},
    "steps.before": {"n": 5},
    "run": {"id": "run_1", "started_at": "2026-01-31T10:00:00.000000Z"},
}


def value_of(sandbox: Sandbox, values: Json, data: Mapping[str, Json] = DATA) -> Json:
    """What a value tree gives."""
    return asyncio.run(sandbox.evaluate(compile_values(values, pointer="/value"), data))


def mapped(sandbox: Sandbox, over: Json, to: Json, where: Json | None = None, data: Mapping[str, Json] = DATA) -> Json:
    """What a mapping gives."""
    return asyncio.run(sandbox.evaluate(compile_map(over, to, where, pointer="/map"), data))


def failure_of(sandbox: Sandbox, values: Json, data: Mapping[str, Json] = DATA) -> RunError:
    """How the evaluation of a value tree fails."""
    try:
        found = value_of(sandbox, values, data)
    except StepFailure as failure:
        return failure.error
    raise AssertionError(f"it gave {found!r}")


def refusal_of(values: Json) -> Problem:
    """The first problem with which a value tree is refused before it is ever run."""
    try:
        compile_values(values, pointer="/value")
    except Invalid as refused:
        return refused.problems[0]
    raise AssertionError("it was accepted")
