"""Evaluating ahead: pure steps that follow one another take one call of the sandbox together, not one each.

What a step evaluates is learned when it runs for the first time, and compared when it runs again: where it evaluates or
gives something else than before, nothing made ahead is used. So this is quicker, and never different.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.engine.scope import Scope
from flowslot.flowlang.chains import Chain, Link, compile_chain
from flowslot.flowlang.kinds import StepFailure
from flowslot.flowlang.sandbox import Sandbox

MOST_LINKS = 20
MOST_FAILURES = 3
"""Chains that failed so often in a row are given up."""


@dataclass(frozen=True, slots=True)
class Habit:
    """What a step evaluated first when it ran for the first time."""

    pointer: str
    values: Json
    asks_sandbox: bool
    gave_it: bool
    """Whether the value was the step's output: then later steps can be evaluated with it."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A value that was evaluated before its step began."""

    habit: Habit
    value: Json

    def fits(self, values: Json, pointer: str) -> bool:
        """Whether this is what the step evaluates now."""
        habit = self.habit
        return habit.pointer == pointer and (habit.values is values or habit.values == values)


@dataclass(slots=True)
class _Links:
    """A chain of steps, and how it fares."""

    chain: Chain
    habits: Mapping[str, Habit]
    failures: int = 0


class Habits:
    """What is known of a version's steps, and the chains made of it."""

    def __init__(self) -> None:
        self._of: dict[str, Habit | None] = {}
        """None for a step that evaluates nothing by itself."""
        self._links: dict[str, _Links | None] = {}
        """By the first step; None where there is no chain."""

    def knows(self, step: Step) -> bool:
        return step.id in self._of

    def learn(self, step: Step, habit: Habit | None) -> None:
        self._of[step.id] = habit

    async def evaluate(
        self, steps: tuple[Step, ...], at: int, *, scope: Scope, sandbox: Sandbox
    ) -> Mapping[str, Ahead]:
        """The values of the step at a place and of those that follow it, by step, if there is a chain of them."""
        links = self._links_from(steps, at)
        if links is None:
            return _NOTHING
        try:
            values = await sandbox.evaluate(links.chain, scope.seen(links.chain.roots, None))
        except StepFailure:
            links.failures += 1
            return _NOTHING
        links.failures = 0
        pairs = zip(links.habits.items(), values, strict=True)
        return {step: Ahead(habit, value) for (step, habit), value in pairs}

    def _links_from(self, steps: tuple[Step, ...], at: int) -> _Links | None:
        first = steps[at].id
        if first not in self._links:
            habits, complete = self._known(steps[at : at + MOST_LINKS])
            if sum(habit.asks_sandbox for habit in habits.values()) >= 2:
                self._links[first] = _linked(habits)
            elif complete:
                self._links[first] = None
        links = self._links.get(first)
        return None if links is None or links.failures >= MOST_FAILURES else links

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


_NOTHING: Mapping[str, Ahead] = {}


def _linked(habits: Mapping[str, Habit]) -> _Links | None:
    chain = compile_chain([Link(step, habit.values) for step, habit in habits.items()])
    return None if chain is None else _Links(chain, habits)
