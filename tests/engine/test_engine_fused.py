"""Steps evaluated together give exactly what they give one by one: inputs, outputs, and errors with their place.

Flows are generated; each is run by a plan that knows nothing yet, step by step, and by one that has learned from runs.
"""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from flowslot.app.journal import Ending, Loaded
from flowslot.base.errors import Invalid
from flowslot.base.ids import FlowId, RegistrationId, RunId, WorkspaceId
from flowslot.base.json_text import Json, dump, parse
from flowslot.domain.runs import Run, RunStatus, Trigger, TriggerKind
from flowslot.domain.slots import Slot
from flowslot.engine import ahead
from flowslot.engine.interpreter import work_on
from flowslot.engine.plan import Plan
from flowslot.engine.stretch import Stretch
from flowslot.engine.tools import Tools
from flowslot.flowlang.parse import parse as parse_definition
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
INPUT: Json = {
    "n": 7,
    "zero": 0,
    "big": 2**70,
    "price": Decimal("2.50"),
    "text": 'ä"\n',
    "list": [3, Decimal("1.10"), "x", None, {"k": [1]}],
    "rows": [{"q": 2, "p": Decimal("9.950")}, {"q": 0, "p": 4}],
    "of": {"a": 1, "b": Decimal("0.20")},
}
OTHER: Json = {**INPUT, "n": 0, "text": "", "list": [], "price": 3, "rows": [{"q": 1}], "of": {}}
"""With these data many expressions fail that did not before."""


class _Clock:
    def now(self) -> datetime:
        return NOW


# ---------------------------------------------------------------- generated flows

ATOMS = (
    "trigger.n",
    "trigger.price",
    "trigger.text",
    "trigger['list']",
    "trigger.rows",
    "trigger.of",
    "trigger.big",
    "trigger.zero",
    "trigger.nope",
    "trigger.rows[0].p",
    "2.5",
    "None",
    "'x'",
)
FORMS = (
    "{0}",
    "[{0}][0]",
    "[{0}, {1}]",
    "{0} + {1}",
    "{0} * 2",
    "10 // {0}",
    "{0} == {1}",
    "{0} or {1}",
    "str({0})",
    "len({0})",
    "[each for each in {0}]",
    "{0}[0]",
    "date(2024, 2, 29)",
    "decimal('1.10') + 1",
    "b'x' if {0} else 1",
    "sum(each.q for each in trigger.rows)",
    "round({0}, 1)",
    "({0}, {1})",
)


def expressions(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    atoms = st.sampled_from((*ATOMS, *names, *names, *names))
    return st.builds(lambda form, a, b: form.format(a, b), st.sampled_from(FORMS), atoms, atoms)


def values(names: tuple[str, ...]) -> st.SearchStrategy[Json]:
    written = expressions(names).map("={}".format)
    template = st.builds(
        "{} is {{{{ {} }}}} and {{{{ {} }}}}".format, st.just("it"), expressions(names), expressions(names)
    )
    leaf = written | written | template | st.sampled_from([1, Decimal("4.50"), "plain", None, True])
    return leaf | st.fixed_dictionaries({"a": leaf, "b": leaf}) | st.lists(leaf, min_size=1, max_size=3)


@st.composite
def flows(draw: st.DrawFn) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = []
    names: tuple[str, ...] = ()
    for number in range(draw(st.integers(2, 5))):
        step = f"s{number}"
        steps.append(draw(_step(step, names)))
        names = (*names, f"steps.{step}")
    if draw(st.booleans()):
        steps.append({"id": "end", "kind": "stop", "status": "success", "details": draw(values(names))})
    return steps


@st.composite
def _step(draw: st.DrawFn, step: str, names: tuple[str, ...]) -> dict[str, Any]:
    kind = draw(st.sampled_from(("set", "set", "set", "map", "for_each", "assert", "condition")))
    more: dict[str, Any] = {"if": f"={draw(expressions(names))}"} if draw(st.integers(0, 7)) == 0 else {}
    base = {"id": step, "kind": kind}
    if kind == "map":
        inner = (*names, "item", "index", "key", "item.q", "item.p")
        found = {**base, **more, "over": draw(_many(names)), "to": draw(values(inner))}
        return {**found, "where": f"={draw(expressions(inner))}"} if draw(st.booleans()) else found
    if kind == "for_each":
        return {**base, **more, **draw(_loop(step, names))}
    if kind == "assert":
        return {**base, **more, "label": "same", "actual": draw(values(names)), "expected": draw(values(names))}
    if kind == "condition":
        then = {"id": f"{step}t", "kind": "set", "value": draw(values(names))}
        return {**base, "if": f"={draw(expressions(names))}", "then": [then]}
    return {**base, **more, "value": draw(values(names))}


@st.composite
def _loop(draw: st.DrawFn, step: str, names: tuple[str, ...]) -> dict[str, Any]:
    inner = (*names, "item", "index", "item.q")
    first, second = f"{step}a", f"{step}b"
    body = [{"id": first, "kind": "set", "value": draw(values(inner))}]
    last = (*inner, f"steps.{first}")
    if draw(st.booleans()):
        body.append({"id": second, "kind": "set", "value": draw(values(last))})
        last = (*last, f"steps.{second}")
    found: dict[str, Any] = {
        "in": draw(_many(names)),
        "steps": body,
        "on_error": draw(st.sampled_from(("fail", "collect"))),
    }
    if found["on_error"] == "collect":  # otherwise it is left to chance which items begin before one fails
        found["concurrency"] = draw(st.sampled_from((1, 3)))
    return {**found, "result": draw(values(last))} if draw(st.booleans()) else found


def _many(names: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(
        ("=trigger['list']", "=trigger.rows", "=[1, 2, 3]", "=list(trigger.of)", "=trigger.rows + []")
    )


# ---------------------------------------------------------------- running them


def loaded_with(value: Json) -> Loaded:
    run = Run(
        id=RunId("run_1"),
        flow=FlowId("flow_1"),
        workspace=WorkspaceId("ws_1"),
        registration=RegistrationId("reg_1"),
        version=1,
        hash="",
        slot=Slot.MAIN,
        status=RunStatus.QUEUED,
        trigger=Trigger(TriggerKind.ON_DEMAND, {}),
        input=value,
        outcome=None,
        error=None,
        queued_at=NOW,
        started_at=None,
        ended_at=None,
        parent=None,
        depth=0,
        test=False,
    )
    return Loaded(run, value, {}, {}, {}, "orders", "acme", False)


async def ended(plan: Plan, sandbox: Sandbox, value: Json) -> Ending:
    nothing: Any = None
    clock: Any = _Clock()
    tools = Tools(nothing, nothing, nothing, nothing, KINDS, sandbox, nothing, clock, nothing)
    ending = await work_on(Stretch(loaded_with(value), plan, tools, nothing, accepted=False))
    assert isinstance(ending, Ending)
    return ending


def told(ending: Ending) -> str:
    """Everything of a run that anybody can see."""
    steps = [
        (step.path, step.kind, step.status, dump(step.input), dump(step.output), step.error) for step in ending.steps
    ]
    details = None if ending.outcome is None else dump(ending.outcome.details)
    return "\n".join(map(str, (ending.status, ending.error, details, *sorted(steps, key=str))))


@pytest.fixture(scope="module")
def made_ahead(monkeypatch_module: pytest.MonkeyPatch) -> list[int]:
    """How many values were used that had been made ahead: that the comparison compares anything."""
    used = [0]
    fits = ahead.Ahead.fits

    def counted(self: Any, *given: Any) -> bool:
        found = fits(self, *given)
        used[0] += found
        return found

    monkeypatch_module.setattr(ahead.Ahead, "fits", counted)
    return used


@pytest.fixture(scope="module")
def monkeypatch_module() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_together_gives_what_one_by_one_gives(sandbox: Sandbox, made_ahead: list[int]) -> None:
    @settings(
        max_examples=int(os.environ.get("FUSED_EXAMPLES", "300")),
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(flows(), st.booleans())
    def compare(steps: list[dict[str, Any]], other: bool) -> None:
        document = parse(dump({"flow": 1, "trigger": {"kind": "on_demand"}, "steps": steps}))
        try:
            definition = parse_definition(document, KINDS)
        except Invalid:
            reject()

        async def both() -> None:
            warm = Plan(definition, KINDS)
            for _ in range(2):
                await ended(warm, sandbox, INPUT)
            value = OTHER if other else INPUT
            assert told(await ended(warm, sandbox, value)) == told(await ended(Plan(definition, KINDS), sandbox, value))

        asyncio.run(both())

    compare()
    assert made_ahead[0] > 300
