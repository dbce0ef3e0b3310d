"""Blocks of steps inside a step: one after another, or once for each item with bounded concurrency."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flowslot.app.journal import Wait
from flowslot.base.json_text import Json, dump
from flowslot.domain.runs import RunError
from flowslot.engine.ahead import NOTHING, Made, result_of
from flowslot.engine.leaving import Parked, first_of
from flowslot.engine.limits import MOST_OUTPUT
from flowslot.flowlang.kinds import StepFailure, Stopped

if TYPE_CHECKING:
    from flowslot.engine.step_call import Call

AHEAD_AT_ONCE = 200
"""Items that are evaluated ahead in one call of the sandbox."""


async def run_block(
    call: Call,
    name: str,
    *,
    more: Mapping[str, Json] | None,
    index: int | None,
    result: Json | None,
    ahead: Made = NOTHING,
) -> Json:
    """Runs a block of the step; with an index as an iteration with steps of its own."""
    from flowslot.engine.interpreter import run_steps  # the two need each other: steps hold blocks, blocks hold steps

    if index is None:
        prefix, scope = call.path[: len(call.path) - len(call.step.id)], call.scope.inside(more)
    else:
        prefix, scope = f"{call.path}[{index}].", call.scope.iteration(more)
    output = await run_steps(call.stretch, call.block(name).steps, scope=scope, prefix=prefix, ahead=ahead)
    if result is None:
        return output
    known = result_of(ahead, scope)
    if known is not None:
        return known.value
    compiled = call.stretch.plan.values(call.step, result, pointer="/result")
    return await call.stretch.tools.sandbox.evaluate(compiled, scope.seen(compiled.roots, None))


class ItemsAhead:
    """What is evaluated ahead for the items of a loop, so many at a time; only the latest of them are kept."""

    def __init__(self, call: Call, name: str, scopes: Sequence[Mapping[str, Json]], *, result: Json | None) -> None:
        self._call = call
        self._steps = call.block(name).steps
        self._scopes = scopes
        self._result = result
        self._made: Sequence[Made] = ()
        self._from = 0
        self._making = asyncio.Lock()

    async def of(self, index: int) -> Made:
        """What was made for an item; nothing while it is not known what the steps evaluate."""
        if not self._has(index):
            async with self._making:
                if index >= self._from + len(self._made):
                    await self._make(index)
        return self._made[index - self._from] if self._has(index) else NOTHING

    def _has(self, index: int) -> bool:
        return 0 <= index - self._from < len(self._made)

    async def _make(self, first: int) -> None:
        stretch = self._call.stretch
        self._made = await stretch.plan.habits.evaluate_items(
            self._call.step,
            self._steps,
            self._scopes[first : first + AHEAD_AT_ONCE],
            result=self._result,
            scope=self._call.scope,
            sandbox=stretch.tools.sandbox,
        )
        self._from = first


class Items:
    """The iterations of one loop. Their results take at most one output's size in all."""

    def __init__(
        self, call: Call, name: str, scopes: Sequence[Mapping[str, Json]], *, collect: bool, result: Json | None
    ) -> None:
        self._call = call
        self._name = name
        self._scopes = scopes
        self._collect = collect
        self._result = result
        self._ahead = ItemsAhead(call, name, scopes, result=result)
        self._results: list[Json | StepFailure] = [None] * len(scopes)
        self._failures: dict[int, StepFailure] = {}
        self._waits: list[Wait] = []
        self._size = 0

    async def run(self, concurrency: int) -> Sequence[Json | StepFailure]:
        """All results in order; raises the failure of the first item that failed, or Parked when items wait."""
        left = iter(range(len(self._scopes)))
        lanes = min(max(concurrency, 1), len(self._scopes))
        if lanes <= 1:
            await self._lane(left)
        else:
            await _together([asyncio.create_task(self._lane(left)) for _ in range(lanes)])
        if self._failures:
            raise self._failures[min(self._failures)]
        if self._waits:
            raise Parked(first_of(self._waits))
        return self._results

    async def _lane(self, left: Iterator[int]) -> None:
        """Runs items one after the other. A waiting item keeps its lane: no more than so many are ever begun."""
        for index in left:
            try:
                self._keep(index, await self._item(index))
            except Parked as parked:
                self._waits.append(parked.wait)
                return
            except StepFailure as failure:
                if not self._collect:
                    self._failures[index] = failure
                    return
                self._keep(index, failure)
            if self._failures:
                return

    async def _item(self, index: int) -> Json:
        ahead = await self._ahead.of(index)
        try:
            return await run_block(
                self._call, self._name, more=self._scopes[index], index=index, result=self._result, ahead=ahead
            )
        except Stopped as stopped:
            if stopped.outcome.status == "success":
                return stopped.outcome.details
            message = stopped.outcome.message or "The item stopped with failure."
            step = stopped.step or self._call.step
            raise StepFailure(RunError("stopped", message, step.id, step.pointer)) from None

    def _keep(self, index: int, result: Json | StepFailure) -> None:
        self._results[index] = result
        if not isinstance(result, StepFailure):
            self._size += len(dump(result)) + 1
        if self._size > MOST_OUTPUT:
            message = f"The results of the items are larger than {MOST_OUTPUT} bytes together."
            self._failures[index] = self._call.fail("output_too_large", message)


async def _together(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Waits for all; when one is left by more than a failure of its item, the others are canceled."""
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
