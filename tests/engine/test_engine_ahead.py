"""Steps that are evaluated together give what they give one by one.

The first run of a version evaluates them one by one, the later ones together.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from engine_rig import in_loop, rig, steps_of
from flow_parts import ANYTHING, flow_of, loop, set_, stop

from flowslot.base.json_text import dump
from flowslot.domain.runs import RunStatus
from flowslot.flowlang.chains import Link, compile_chain

INPUT = {
    "n": 7,
    "big": 2**80,
    "price": Decimal("2.50"),
    "tiny": Decimal("1E-7"),
    "text": 'ä"\n',
    "list": [1, {"a": None}],
}

FLOWS: dict[str, list[dict[str, Any]]] = {
    "values that build on one another": [
        set_("a", "=trigger.n + 1"),
        set_("b", {"twice": "=steps.a * 2", "list": ["=trigger.list", "=steps.a"]}),
        set_("c", "=steps.b.list[0][1].a"),
        stop(details=["=steps.a + 0", "=steps.b", "=steps.c"]),
    ],
    "numbers as they were written": [
        set_("a", "=[trigger.price][0]"),
        set_("b", "=trigger.price"),
        set_("c", {"a": "=[steps.a, steps.b]", "big": "=trigger.big * 2", "tiny": "=[trigger.tiny]"}),
        stop(details=["=steps.a", "=steps.b", "=steps.c"]),
    ],
    "texts with numbers in them": [
        set_("a", "costs {{ trigger.price }}"),
        set_("b", "=steps.a.upper()"),
        set_("c", "{{ steps.b }} or {{ trigger.n * 2 }} {{ trigger.text }}"),
        stop(details=["=steps.a", "=steps.b", "=steps.c"]),
    ],
    "dates become texts between steps": [
        set_("a", "=date(2024, 2, 29)"),
        set_("b", "=steps.a + '!'"),
        set_("c", "=decimal('1.10') + decimal('2.20')"),
        stop(details=["=steps.a", "=steps.b", "=steps.c"]),
    ],
    "constants, conditions and what is skipped": [
        set_("a", True),
        set_("b", "=not steps.a"),
        set_("c", "=steps.b or 'c'", **{"if": "=not steps.b"}),
        set_("d", "=steps.c", **{"if": "=steps.b"}),
        stop(details="=[steps.a, steps.b, steps.c, steps.d]"),
    ],
    "a check between": [
        set_("a", "=trigger.n * 3"),
        {"id": "check", "kind": "assert", "label": "Three times", "actual": "=steps.a", "expected": "=21 * 1"},
        set_("b", "=steps.a + 1"),
        set_("c", "=[steps.b, steps.check]"),
        stop(details="=steps.c + [0]"),
    ],
}


@pytest.mark.parametrize("name", FLOWS)
@in_loop
async def test_later_runs_give_what_the_first_gave(given: Any, name: str) -> None:
    async with rig(*given) as it:
        it.flow(flow_of(*FLOWS[name]))
        first, *later = [await it.run(INPUT) for _ in range(4)]
        assert first.status is RunStatus.SUCCESS, first.error
        for run in later:
            assert run.status is RunStatus.SUCCESS, run.error
            assert dump([step.output for step in run.steps]) == dump([step.output for step in first.steps])


@in_loop
async def test_each_item_of_a_loop_is_evaluated_with_its_own_names(given: Any) -> None:
    async with rig(*given) as it:
        steps = [set_("a", "=item * 2"), set_("b", "=steps.a + index"), set_("c", "=[steps.a, steps.b, item + 0]")]
        it.flow(flow_of(loop("=trigger", *steps, concurrency=4), stop(details="=steps.loop")))
        for _ in range(2):
            run = await it.run(list(range(20)))
            assert run.outcome is not None, run.error
            assert run.outcome.details == [[2 * n, 3 * n, n] for n in range(20)]


@in_loop
async def test_an_error_stands_at_its_own_step_also_when_evaluated_ahead(given: Any) -> None:
    async with rig(*given) as it:
        it.flow(flow_of(set_("a", "=trigger + 1"), set_("b", {"x": "=10 // steps.a"}), set_("c", "=steps.b.x + 1")))
        assert (await it.run(1)).status is RunStatus.SUCCESS
        for _ in range(5):
            failed = await it.run(-1)
            assert failed.error is not None
            assert (failed.error.code, failed.error.step, failed.error.pointer) == (
                "expression_error",
                "b",
                "/steps/1/value/x",
            )
            assert {path: each.status for path, each in steps_of(failed).items()} == {"a": "success", "b": "failed"}
        assert steps_of(await it.run(1))["c"].output == 6


@in_loop
async def test_versions_do_not_share_what_they_learned(given: Any) -> None:
    async with rig(*given) as it:
        for number in range(3):
            definition = {
                "trigger": ANYTHING,
                "steps": [set_("a", f"=trigger + {number}"), set_("b", "=steps.a + 0"), stop(details="=[steps.b]")],
            }
            if number == 0:
                it.flow(definition)
            else:
                it.save("orders", definition)
            for _ in range(2):
                run = await it.run(10)
                assert run.outcome is not None
                assert run.outcome.details == [10 + number]


def test_values_that_may_come_out_otherwise_are_no_chain() -> None:
    text = Link("a", "costs {{ trigger.price }}")
    assert compile_chain([text, Link("b", "=steps.a + ''")]) is None
    chain = compile_chain([text, Link("b", "=trigger.n + 1")])
    assert chain is not None
    assert chain.roots == {"trigger"}
