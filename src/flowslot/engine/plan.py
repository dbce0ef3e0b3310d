"""What running a version needs, made once for each content: its definition and its compiled values."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping

from flowslot.app.dispatch import Plans
from flowslot.base.errors import Invalid
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition, Step
from flowslot.domain.runs import RunError
from flowslot.engine.ahead import Habits
from flowslot.flowlang.fill import filler
from flowslot.flowlang.kinds import StepFailure, StepKind
from flowslot.flowlang.values import Compiled, MapValues, compile_map, compile_values

MOST_PLANS = 500


class Plan:
    """A version ready to run. Its values are compiled when they are first evaluated."""

    __slots__ = ("_compiled", "acts", "definition", "fill_config", "fill_trigger", "habits", "kinds", "pins_config")

    def __init__(self, definition: Definition, kinds: Mapping[str, StepKind]) -> None:
        self.definition = definition
        self.kinds = kinds
        self.fill_trigger = filler(definition.trigger.input_schema)
        self.fill_config = filler(definition.config_schema)
        self.pins_config = definition.config_schema is not None
        self.habits = Habits()
        self.acts = False
        """Whether a run of it was seen to do something outside, or to take long: it is accepted before it begins."""
        self._compiled: dict[tuple[str, str], tuple[Json, Compiled]] = {}

    def values(self, step: Step, values: Json, *, pointer: str) -> Compiled:
        """The compiled values that stand at `pointer` of a step."""
        return self._once(
            (step.id, pointer), values, lambda: compile_values(values, pointer=f"{step.pointer}{pointer}")
        )

    def mapping(self, step: Step, values: MapValues) -> Compiled:
        """The compiled mapping of a map step."""
        return self._once(
            (step.id, "map"),
            values,
            lambda: compile_map(values.over, values.to, values.where, pointer=step.pointer),
        )

    def _once(self, place: tuple[str, str], values: Json, make: Callable[[], Compiled]) -> Compiled:
        known = self._compiled.get(place)
        if known is not None and (known[0] is values or known[0] == values):
            return known[1]
        try:
            compiled = make()
        except Invalid as refused:
            raise _failure(refused) from None
        self._compiled[place] = (values, compiled)
        return compiled


def _failure(refused: Invalid) -> StepFailure:
    """An expression that cannot be read fails its step; saving refuses such a version, older ones may hold one."""
    problem = refused.problems[0]
    line, column = problem.line, problem.column
    return StepFailure(RunError("expression_error", problem.message, pointer=problem.pointer, line=line, column=column))


class PlanCache:
    """Plans by content hash; the oldest one goes when there are too many."""

    def __init__(self, plans: Plans, kinds: Mapping[str, StepKind]) -> None:
        self._plans = plans
        self._kinds = kinds
        self._kept: OrderedDict[str, Plan] = OrderedDict()

    def known(self, content_hash: str) -> Plan | None:
        return self._kept.get(content_hash)

    async def read(self, content_hash: str) -> Plan:
        """The plan of a version that is not known yet; its definition is read in a thread."""
        definition = await asyncio.to_thread(self._plans.of, content_hash)
        plan = self._kept[content_hash] = Plan(definition, self._kinds)
        if len(self._kept) > MOST_PLANS:
            self._kept.popitem(last=False)
        return plan
