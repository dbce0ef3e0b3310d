"""Evaluating ahead: pure steps that follow one another take one call of the sandbox together, not one each.

What a step evaluates is learned when it runs for the first time, and compared when it runs again: where it evaluates or
gives something else than before, nothing made ahead is used. So this is quicker, and never different. The items of a
loop are evaluated ahead alike, many in one call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.engine.scope import Scope
from flowslot.flowlang.chains import ITEMS, Chain, EachChain, Link, compile_chain, compile_each
from flowslot.flowlang.kinds import StepFailure
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.values import MapValues

MOST_LINKS = 20
MOST_FAILURES = 3
"""Chains that failed so often in a row are tried only now and then."""
NOW_AND_THEN = 50
RESULT = ""
"""Stands for a loop's `result` where others are named by their step."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What a step evaluated first when it ran for the first time."""

    pointer: str
    values: Json | MapValues
    asks_sandbox: bool
    gave_it: bool
    """Whether the value was the step's output: then later steps can be evaluated with it."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A value that was evaluated before its step began."""

    habit: Habit
    value: Json

    def fits(self, values: Json | MapValues, pointer: str) -> bool:
        """Whether this is what the step evaluates now."""
        habit = self.habit
        return habit.pointer == pointer and (habit.values is values or habit.values == values)


Made = Mapping[str, Ahead]
"""What was made ahead, by step."""
NOTHING: Made = {}


class _Links:
    """A chain of steps, and how it fares."""

    __slots__ = ("_chain", "_failures", "_skipped", "habits")

    def __init__(self, chain: Chain | EachChain, habits: Mapping[str, Habit]) -> None:
        self._chain = chain
        self.habits = habits
        self._failures = 0
        self._skipped = 0

    async def values(self, sandbox: Sandbox, scope: Scope, more: Mapping[str, Json] | None = None) -> Sequence[Json]:
        """What the chain gives; nothing when it fails, or failed too often."""
        if self._failures >= MOST_FAILURES:
            self._skipped += 1
            if self._skipped % NOW_AND_THEN:
                return ()
        try:
            values: Sequence[Json] = await sandbox.evaluate(self._chain, scope.seen(self._chain.roots, more))
        except StepFailure:
            self._failures += 1
            return ()
        self._failures = 0
        return values

    def made(self, values: Sequence[Json]) -> Made:
        pairs = zip(self.habits.items(), values, strict=True)
        return {step: Ahead(habit, value) for (step, habit), value in pairs}


class Habits:
    """What is known of a version's steps, and the chains made of it."""

    def __init__(self) -> None:
        self._of: dict[str, Habit | None] = {}
        """None for a step that evaluates nothing by itself."""
        self._links: dict[str, _Links | None] = {}
        """By the first step; None where there is no chain."""
        self._loops: dict[str, _Links | None] = {}
        """By the step that loops."""

    def knows(self, step: Step) -> bool:
        return step.id in self._of

    def learn(self, step: Step, habit: Habit | None) -> None:
        self._of[step.id] = habit

    async def evaluate(self, steps: tuple[Step, ...], at: int, *, scope: Scope, sandbox: Sandbox) -> Made:
        """The values of the step at a place and of those that follow it, by step, if there is a chain of them."""
        links = self._links_from(steps, at)
        if links is None:
            return NOTHING
        values = await links.values(sandbox, scope)
        return links.made(values) if values else NOTHING

    async def evaluate_items(
        self,
        loop: Step,
        steps: tuple[Step, ...],
        scopes: Sequence[Mapping[str, Json]],
        *,
        result: Json | None,
        scope: Scope,
        sandbox: Sandbox,
    ) -> Sequence[Made]:
        """The values of the steps of a block for each item, and under RESULT the item's result; or nothing."""
        links = self._links_of(loop, steps, names=frozenset(scopes[0]), result=result)
        if links is None:
            return ()
        return [links.made(row) for row in await links.values(sandbox, scope, {ITEMS: list(scopes)})]

    def _links_from(self, steps: tuple[Step, ...], at: int) -> _Links | None:
        first = steps[at].id
        if first not in self._links:
            habits, complete = self._known(steps[at : at + MOST_LINKS])
            if _asked(habits) >= 2:
                chain = compile_chain(_chained(habits))
                self._links[first] = None if chain is None else _Links(chain, habits)
            elif complete:
                self._links[first] = None
        return self._links.get(first)

    def _links_of(
        self, loop: Step, steps: tuple[Step, ...], *, names: frozenset[str], result: Json | None
    ) -> _Links | None:
        if loop.id not in self._loops:
            habits, complete = self._known(steps[:MOST_LINKS])
            if not complete:
                return None
            if result is not None and len(habits) == len(steps) and all(each.gave_it for each in habits.values()):
                habits[RESULT] = Habit("/result", result, asks_sandbox=True, gave_it=True)
            chain = compile_each(_chained(habits), names=names) if _asked(habits) else None
            self._loops[loop.id] = None if chain is None else _Links(chain, habits)
        return self._loops[loop.id]

    def _known(self, steps: tuple[Step, ...]) -> tuple[dict[str, Habit], bool]:
        """The habits of steps of which each but the last gives what it evaluates; whether no more can be learned."""
        found: dict[str, Habit] = {}
        for step in steps:
            if step.id not in self._of:
                return found, False
            habit = self._of[step.id]
            if habit is None:
                break
            found[step.id] = habit
            if not habit.gave_it:
                break
        return found, True


def result_of(made: Made, scope: Scope) -> Ahead | None:
    """The item's result as it was made ahead, if every step before it gave what was made ahead for it."""
    result = made.get(RESULT)
    if result is None:
        return None
    same = all(scope.outputs.get(f"steps.{step}") is each.value for step, each in made.items() if step != RESULT)
    return result if same else None


def _asked(habits: Mapping[str, Habit]) -> int:
    return sum(habit.asks_sandbox for habit in habits.values())


def _chained(habits: Mapping[str, Habit]) -> list[Link]:
    return [Link(step, habit.values) for step, habit in habits.items()]
