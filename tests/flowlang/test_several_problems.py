"""Every problem of a document that can be found is found at once: what cannot be read hides nothing else."""

from __future__ import annotations

import pytest
from checked_flows import TRIGGER

from flowslot.base.json_text import Json
from flowslot.domain.definition import Sketch
from flowslot.flowlang.checker import type_problems
from flowslot.flowlang.parse import sketch
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS

WRONG = "=trigger.ordr"
WRONG_HERE = ("/steps/9/value", "unknown_field")


def document(*steps: Json, **more: Json) -> Json:
    """A definition whose last step, /steps/9, has a wrong field."""
    between = [put(f"filler_{number}", number) for number in range(9 - len(steps))]
    trigger = {"kind": "on_demand", "input": TRIGGER}
    return {"flow": 1, "trigger": trigger, "steps": [*steps, *between, put("last", WRONG)], **more}


def put(name: str, value: Json) -> Json:
    return {"id": name, "kind": "set", "value": value}


def found(made: Sketch, sandbox: Sandbox) -> list[tuple[str, str]]:
    """Pointer and code of what is wrong with the structure and with the types, each once."""
    assert made.definition is not None
    problems = [*made.problems, *type_problems(made.definition, KINDS, {}, sandbox)]
    return list(dict.fromkeys((problem.pointer, problem.code) for problem in problems))


CASES: dict[str, tuple[Json, list[tuple[str, str]]]] = {
    "an expression that cannot be read": (
        document(put("a", "=1 +"), put("b", "=steps.a.anything + 1")),
        [("/steps/0/value", "syntax_error")],
    ),
    "a broken one beside a wrong one": (
        document(put("a", {"x": "=1 +", "y": "=trigger.ordr"})),
        [("/steps/0/value/x", "syntax_error"), ("/steps/0/value/y", "unknown_field")],
    ),
    "what is beside a broken one keeps its type": (
        document(put("a", {"x": "=1 +", "y": 1}), put("b", "=steps.a.x.z"), put("c", "=steps.a.yy")),
        [("/steps/0/value/x", "syntax_error"), ("/steps/2/value", "unknown_field")],
    ),
    "a broken piece of a text": (
        document(put("a", "{{ 1 + }} {{ trigger.ordr }}"), put("b", "=steps.a + 1")),
        [
            ("/steps/0/value", "syntax_error"),
            ("/steps/0/value", "unknown_field"),
            ("/steps/1/value", "type_error"),
        ],
    ),
    "a key that is not known": (
        document({**put("a", {"x": "=trigger.order.id"}), "valeu": 1}, put("b", "=steps.a.y")),
        [("/steps/0/valeu", "unknown_key"), ("/steps/1/value", "unknown_field")],
    ),
    "a key that is missing": (
        document({"id": "a", "kind": "map", "over": "=trigger.ordr"}, put("b", "=steps.a.anything")),
        [("/steps/0/to", "missing"), ("/steps/0/over", "unknown_field")],
    ),
    "an unknown kind": (
        document({"id": "a", "kind": "sett", "value": {"x": WRONG}}, put("b", "=steps.a.xx")),
        [("/steps/0/kind", "unknown_kind"), ("/steps/0/value/x", "unknown_field"), ("/steps/1/value", "unknown_field")],
    ),
    "a kind like none": (
        document({"id": "a", "kind": "qqqqqq", "steps": [put("c", WRONG)]}, put("b", "=[steps.a.x, steps.c]")),
        [("/steps/0/kind", "unknown_kind"), ("/steps/0/steps/0/value", "unknown_field")],
    ),
    "no id": (
        document({"kind": "set", "value": WRONG}),
        [("/steps/0/id", "missing"), ("/steps/0/value", "unknown_field")],
    ),
    "an id in capitals": (
        document(put("Total", "=trigger.order.id"), put("b", "=steps.Total.upper() + 1")),
        [("/steps/0/id", "invalid"), ("/steps/1/value", "type_error")],
    ),
    "steps inside a broken one": (
        document({"id": "a", "kind": "for_each", "as": "line", "steps": [put("in", "=[line.sku, line_index]")]}),
        [("/steps/0/in", "missing")],
    ),
    "a condition that cannot be read": (
        document({"id": "a", "kind": "condition", "if": "=1 +", "then": [put("in", WRONG)]}),
        [("/steps/0/if", "syntax_error"), ("/steps/0/then/0/value", "unknown_field")],
    ),
    "an if that is none": (
        document({**put("a", "=trigger.order.id"), "if": "yes"}, put("b", "=steps.a.upper()")),
        [("/steps/0/if", "invalid"), ("/steps/1/value", "type_error")],
    ),
    "a trigger that cannot be read": (
        {**document(put("a", "=trigger.anything")), "trigger": {"kind": "on_demnd"}},
        [("/trigger/kind", "unknown_kind")],
    ),
    "a configuration that is no schema": (
        document(put("a", "=config.anything"), config={"type": "objekt"}),
        [("/config/type", "bad_schema")],
    ),
    "code that is no Python": (
        document({"id": "a", "kind": "code", "code": "def main(:", "inputs": {"x": WRONG}}, put("b", "=steps.a.x")),
        [("/steps/0/code", "bad_code"), ("/steps/0/inputs/x", "unknown_field")],
    ),
    "two steps of one id": (
        document(put("a", "=trigger.order.id"), put("a", 1), put("b", "=trigger.order.idd")),
        [("/steps/1/id", "duplicate_id"), ("/steps/2/value", "unknown_field")],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_read_hides_no_other_problem(sandbox: Sandbox, case: str) -> None:
    """R3: the rest is checked as far as it can be; nothing follows from what was told already."""
    given, expected = CASES[case]
    last = [] if case == "a trigger that cannot be read" else [WRONG_HERE]
    assert sorted(found(sketch(given, KINDS), sandbox)) == sorted([*expected, *last])


def test_a_document_that_is_no_definition_at_all_has_no_sketch() -> None:
    for given in ([], "flow", {"flow": 99, "trigger": {}, "steps": []}):
        made = sketch(given, KINDS)
        assert made.definition is None
        assert made.problems


def test_the_sketch_of_a_right_document_is_its_definition() -> None:
    made = sketch(document(), KINDS)
    assert made.problems == ()
    assert made.definition is not None
    assert made.definition.steps[9].id == "last"
