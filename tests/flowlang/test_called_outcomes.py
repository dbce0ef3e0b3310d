"""What a called flow gives back is known from its stop steps: R3, R13."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from checked_flows import TRIGGER, definition, problems_in

from flowslot.base.json_text import Json
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.domain.resolve import CallSlot
from flowslot.flowlang.parse import parse
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS

PRICING = FlowCall("pricing")
LAST = "/steps/7/value"


def stop(status: str = "success", *, name: str = "done", **more: Json) -> Json:
    return {"id": name, "kind": "stop", "status": status, **more}


def put(name: str, value: Json) -> Json:
    return {"id": name, "kind": "set", "value": value}


def fork(then: list[Json], otherwise: list[Json] | None = None, *, name: str = "fork") -> Json:
    found: Json = {"id": name, "kind": "condition", "if": "=trigger.order.paid", "then": then}
    return found if otherwise is None else {**found, "else": otherwise}


def called(*steps: Json, calls: Mapping[FlowCall, CalledFlow] | None = None, key: str = "") -> CalledFlow:
    """A flow with the same trigger as the caller, and these steps."""
    document = {"flow": 1, "trigger": {"kind": "on_demand", "input": TRIGGER}, "steps": list(steps)}
    found = parse(document, KINDS)
    return CalledFlow(
        registered=True,
        version=1,
        callable=True,
        input_schema=TRIGGER,
        definition=found,
        calls=calls or {},
        key=key or found.hash,
    )


def told(sandbox: Sandbox, use: str, pricing: CalledFlow, **more: Json) -> list[tuple[str, str]]:
    """What is wrong with an expression after a call of `pricing`."""
    call = {"id": "c", "kind": "call_flow", "flow": "pricing", "input": "=trigger", **more}
    found = problems_in(definition([call, put("use", use)]), sandbox, called={PRICING: pricing})
    return [(problem.pointer, problem.message) for problem in found]


TOTALS = stop(details={"total": "=trigger.order.total", "lines": "=[line.sku for line in trigger.order.lines]", "n": 1})
NO_TOTL = "There is no field 'totl' in steps.c.details. Did you mean 'total'?"
MAYBE = "steps.c.details may be null; check it first, for example with 'if steps.c.details'."

CASES: dict[str, tuple[list[Json], str, str]] = {
    "a field": ([TOTALS], "=steps.c.details.total + steps.c.details.n", ""),
    "a list": ([TOTALS], "=steps.c.details.lines[0].upper()", ""),
    "a wrong field": ([TOTALS], "=steps.c.details.totl", NO_TOTL),
    "a wrong type": ([TOTALS], "=steps.c.details.n.upper()", "steps.c.details.n is a whole number"),
    "details that are no object": ([stop(details="=trigger.order.total")], "=steps.c.details + 1", ""),
    "a template": ([stop(details={"x": "{{ trigger.order.id }}"})], "=steps.c.details.x + 1", "cannot stand between"),
    "a field with a dash": ([stop(details={"ship-to": "x"})], "=steps.c.details['ship-to'].upper()", ""),
    "a wrong field beside one": (
        [stop(details={"ship-to": "x"})],
        "=steps.c.details['ship-too']",
        "no field 'ship-too'",
    ),
    "nested": ([stop(details={"a": {"b": [{"c": "=trigger.order.id"}]}})], "=steps.c.details.a.b[0].d", "no field 'd'"),
    "outputs of steps": (
        [put("x", {"y": "=trigger.order.lines"}), stop(details="=steps.x")],
        "=steps.c.details.y[0].skuu",
        "no field 'skuu'",
    ),
    "no stop": ([put("x", 1)], "=steps.c.details.total", MAYBE),
    "a stop without details": ([stop()], "=steps.c.details.total", MAYBE),
    "two stops": (
        [fork([stop(details={"a": 1})], [stop(name="b", details={"b": "x"})])],
        "=[steps.c.details.a + 1, steps.c.details.b.upper()]",
        "",
    ),
    "neither of two": (
        [fork([stop(details={"a": 1})], [stop(name="b", details={"b": "x"})])],
        "=steps.c.details.d",
        "no field 'd'",
    ),
    "of two types": (
        [fork([stop(details={"a": 1})], [stop(name="b", details={"a": "x"})])],
        "=steps.c.details.a + 1",
        "cannot stand between",
    ),
    "perhaps no stop": ([fork([stop(details={"a": 1})])], "=steps.c.details.a", MAYBE),
    "perhaps no stop, checked": ([fork([stop(details={"a": 1})])], "=steps.c.details.a if steps.c.details else 0", ""),
    "a stop that may be skipped": ([{**TOTALS, "if": "=trigger.order.paid"}], "=steps.c.details.total", MAYBE),
    "a disabled stop": (
        [{**stop(name="off", details={"a": 1}), "disabled": True}, TOTALS],
        "=steps.c.details.a",
        "no field 'a'",
    ),
    "failures have fields too": (
        [fork([stop("failure", details={"reason": "x"})]), {**TOTALS, "id": "end"}],
        "=steps.c.details.reason if steps.c.status == 'failure' else steps.c.details.total",
        "",
    ),
    "failures without details": (
        [fork([stop("failure")]), {**TOTALS, "id": "end"}],
        "=steps.c.details.total + 1",
        "",
    ),
    "only a failure": ([stop("failure", details={"reason": "x"})], "=steps.c.details.reson", "'reason'"),
    "a status of the moment": (
        [stop("='success' if trigger.order.paid else 'failure'", details={"a": 1})],
        "=steps.c.details.b",
        "no field 'b'",
    ),
    "a stop in a loop ends only its item": (
        [
            {"id": "l", "kind": "for_each", "in": "=trigger.flags", "steps": [stop(name="s", details={"a": 1})]},
            TOTALS,
        ],
        "=steps.c.details.a",
        "no field 'a'",
    ),
    "in both ways of a try": (
        [{"id": "t", "kind": "try", "steps": [TOTALS], "catch": [stop("failure", name="f")], "finally": [put("x", 1)]}],
        "=steps.c.details.total + 1",
        "",
    ),
    "in one way of a try": ([{"id": "t", "kind": "try", "steps": [TOTALS], "catch": []}], "=steps.c.details.n", MAYBE),
    "unknown data": ([stop(details="=trigger.anything")], "=steps.c.details.whatever.there.may.be", ""),
    "unknown data in a field": ([stop(details={"x": "=trigger.anything"})], "=steps.c.details.x.whatever", ""),
    "a message that is always there": ([stop(message="Done {{ trigger.order.id }}")], "=steps.c.message.upper()", ""),
    "a message that may be missing": (
        [fork([stop(message="x")], [stop(name="b")])],
        "=steps.c.message.upper()",
        "may be null",
    ),
    "dates are texts": (
        [stop(details={"on": "=parse_date('2026-01-31')"})],
        "=steps.c.details.on.year",
        "on is a text",
    ),
    "money is a number": ([stop(details={"x": "=decimal('1.5')"})], "=steps.c.details.x + 0.5", ""),
    "an optional field": ([stop(details="=trigger.order.customer")], "=steps.c.details.country.upper()", "may be null"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_a_called_flow_gives_back_is_known_from_its_stops(sandbox: Sandbox, case: str) -> None:
    """R3, R13: nothing is said of what cannot be known."""
    steps, use, expected = CASES[case]
    found = told(sandbox, use, called(*steps))
    if not expected:
        assert found == []
    else:
        ((pointer, message),) = found
        assert pointer == LAST
        assert expected in message


def test_a_call_that_does_not_wait_has_nothing_to_give_yet(sandbox: Sandbox) -> None:
    ((_, message),) = told(sandbox, "=steps.c.details.total", called(TOTALS), wait=False)
    assert message == MAYBE


def test_what_a_flow_gives_back_is_known_through_the_flows_that_it_calls(sandbox: Sandbox) -> None:
    """R13: pricing hands on what rates gave it."""
    rates = called(stop(details={"rate": "=trigger.order.total"}))
    call = {"id": "r", "kind": "call_flow", "flow": "rates", "input": "=trigger"}
    pricing = called(call, stop(details={"used": "=steps.r.details"}), calls={FlowCall("rates"): rates}, key="through")
    assert told(sandbox, "=steps.c.details.used.rate + 1", pricing) == []
    ((_, message),) = told(sandbox, "=steps.c.details.used.rte", pricing)
    assert message.endswith("Did you mean 'rate'?")


def test_each_call_gives_what_the_version_in_its_slot_gives(sandbox: Sandbox) -> None:
    """R13: one flow called in two slots may be two versions."""
    calls = [
        {"id": "own", "kind": "call_flow", "flow": "pricing", "input": "=trigger"},
        {"id": "main", "kind": "call_flow", "flow": "pricing", "input": "=trigger", "slot": "main"},
    ]
    use = put("use", "=[steps.own.details.a, steps.main.details.b, steps.own.details.b, steps.main.details.a]")
    slots = {
        PRICING: called(stop(details={"a": 1})),
        FlowCall("pricing", CallSlot.MAIN): called(stop(details={"b": 1})),
    }
    found = problems_in(definition([*calls, use]), sandbox, called=slots)
    assert [(each.pointer, each.message[:40]) for each in found] == [
        ("/steps/8/value", "There is no field 'b' in steps.own.detail"[:40]),
        ("/steps/8/value", "There is no field 'a' in steps.main.detai"[:40]),
    ]


def test_a_long_chain_of_calls_is_followed_without_getting_deep(sandbox: Sandbox) -> None:
    """R3: each flow hands on what the next gave it; those beyond a bounded number are not looked into."""
    deep = called(stop(details={"end": 1}))
    for number in range(200):
        call = {"id": "r", "kind": "call_flow", "flow": "next", "input": "=trigger", "note": str(number)}
        deep = called(call, stop(details="=steps.r.details"), calls={FlowCall("next"): deep}, key=f"chain {number}")
    assert told(sandbox, "=steps.c.details.anything", deep) == []


def test_what_is_the_same_is_worked_out_once(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two versions of the caller ask once for what the called one gives."""
    asked: list[str] = []
    check = sandbox.check
    monkeypatch.setattr(sandbox, "check", lambda program, stubs: asked.append(program) or check(program, stubs))
    pricing = called(stop(details={"once": "=trigger.order.total"}))
    assert told(sandbox, "=steps.c.details.once", pricing) == []
    assert told(sandbox, "=steps.c.details.once + 1", pricing) == []
    assert len(asked) == 3
