"""A small StepCall: runs one step with the real sandbox; what is outside of it is written down in the test."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from flowslot.base.json_text import Json, dump, parse
from flowslot.domain.definition import Step
from flowslot.domain.runs import RunError
from flowslot.flowlang.kinds import CallRequest, HttpRequest, HttpResponse, StepFailure, Stopped
from flowslot.flowlang.parse import parse as parse_definition
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.values import compile_map, compile_values
from flowslot.steps.registry import KINDS

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


@dataclass
class Outside:
    """What is around a run: the names it knows, what it meets, and what it did."""

    sandbox: Sandbox
    names: dict[str, Json]
    answers: list[HttpResponse | RunError] = field(default_factory=list)
    called: Mapping[str, Json] = field(default_factory=dict)
    signals: Mapping[str, Json] = field(default_factory=dict)
    now: datetime = START
    sent: list[HttpRequest] = field(default_factory=list)
    calls: list[CallRequest] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)
    inputs: dict[str, Json] = field(default_factory=dict)
    recorded: dict[str, Json] = field(default_factory=dict)


class OneCall:
    """One execution of one step."""

    def __init__(self, outside: Outside, step: Step, *, path: str, names: dict[str, Json]) -> None:
        self.outside, self.step, self.path, self.names = outside, step, path, names
        self.settings: Any = step.settings
        self._failed_at: list[datetime] = []

    async def run(self) -> Json:
        step = self.step
        if step.disabled or (step.condition is not None and not await self.evaluate(step.condition, pointer="/if")):
            return None
        return await KINDS[step.kind].run(self)

    async def evaluate(self, values: Json, *, pointer: str = "", scope: Mapping[str, Json] | None = None) -> Json:
        compiled = compile_values(values, pointer=f"{self.step.pointer}{pointer}")
        known = {**self.names, **(scope or {})}
        return await self.outside.sandbox.evaluate(compiled, {root: known.get(root) for root in compiled.roots})

    async def evaluate_map(self, over: Json, to: Json, where: Json | None) -> Json:
        compiled = compile_map(over, to, where, pointer=self.step.pointer)
        return await self.outside.sandbox.evaluate(compiled, {root: self.names.get(root) for root in compiled.roots})

    async def code(self, source: str, inputs: Json, *, seconds: float) -> Json:
        return await self.outside.sandbox.code(source, inputs, seconds=seconds)

    def set_input(self, value: Json) -> None:
        self.outside.inputs[self.path] = value

    async def run_block(
        self,
        name: str,
        *,
        scope: Mapping[str, Json] | None = None,
        index: int | None = None,
        result: Json | None = None,
    ) -> Json:
        names = {**self.names, **(scope or {})}
        output: Json = None
        for step in next(block for block in self.step.blocks if block.name == name).steps:
            place = step.id if index is None else f"{self.path}[{index}].{step.id}"
            try:
                output = await OneCall(self.outside, step, path=place, names=names).run()
            except StepFailure as failure:
                raise self._placed(failure, step) from None
            names[f"steps.{step.id}"] = output
            if index is None:
                self.names[f"steps.{step.id}"] = output
        return output if result is None else await self.evaluate(result, pointer="/result", scope=names)

    def _placed(self, failure: StepFailure, step: Step) -> StepFailure:
        error = failure.error
        return StepFailure(RunError(error.code, error.message, error.step or step.id, error.pointer or step.pointer))

    async def run_items(
        self,
        name: str,
        scopes: Sequence[Mapping[str, Json]],
        *,
        concurrency: int,
        collect: bool,
        result: Json | None = None,
    ) -> Sequence[Json | StepFailure]:
        found: list[Json | StepFailure] = []
        for index, scope in enumerate(scopes):
            try:
                found.append(await self.run_block(name, scope=scope, index=index, result=result))
            except Stopped as stopped:
                found.append(stopped.outcome.details)
            except StepFailure as failure:
                if not collect:
                    raise
                found.append(failure)
        return found

    async def effect(self, do: Callable[[], Awaitable[Json]], *, name: str = "") -> Json:
        place = f"{self.path}:{name}"
        if place not in self.outside.recorded:
            self.outside.recorded[place] = await do()
        return self.outside.recorded[place]

    @property
    def idempotency_key(self) -> str:
        return f"run_1.{self.path}"

    async def http(self, request: HttpRequest) -> HttpResponse:
        self.outside.sent.append(request)
        answer = self.outside.answers.pop(0)
        if isinstance(answer, RunError):
            raise StepFailure(answer)
        return answer

    async def call_flow(self, request: CallRequest) -> Json:
        self.outside.calls.append(request)
        return {"run": "run_1", **self.outside.called[request.flow]}

    async def wait_until(self, moment: datetime) -> None:
        self.outside.waited.append((moment - self.outside.now).total_seconds())
        self.outside.now = max(moment, self.outside.now)

    async def wait_for_signal(self, *, timeout_seconds: float | None) -> Json:
        self.outside.waited.append(-1.0 if timeout_seconds is None else timeout_seconds)
        return self.outside.signals.get(self.step.id)

    async def retry_later(self, *, attempt: int, seconds: float, error: RunError) -> None:
        assert attempt == len(self._failed_at) + 1
        self._failed_at.append(self.outside.now)
        self.outside.waited.append(seconds)
        self.outside.now += timedelta(seconds=seconds)

    def attempts_made(self) -> int:
        return len(self._failed_at)

    def first_attempt_at(self) -> datetime | None:
        return self._failed_at[0] if self._failed_at else None

    def fail(self, code: str, message: str, *, pointer: str = "") -> StepFailure:
        return StepFailure(RunError(code, message, step=self.step.id, pointer=f"{self.step.pointer}{pointer}"))

    def now(self) -> datetime:
        return self.outside.now


def document(*steps: Json, **more: Json) -> Json:
    """A definition with these steps."""
    return {"flow": 1, "trigger": {"kind": "on_demand"}, "steps": list(steps), **more}


def step_of(raw: Json) -> Step:
    """A step as the parser reads it."""
    found = document(raw, connections={"erp": {"connector": "http"}})
    return parse_definition(parse(dump(found)), KINDS).steps[0]


def outcome_of(raw: Json, outside: Outside) -> Json:
    """A step's output; `{"stopped": …}` when it ended the run. Raises StepFailure."""
    step = step_of(raw)
    call = OneCall(outside, step, path=step.id, names=dict(outside.names))
    try:
        return asyncio.run(call.run())
    except Stopped as stopped:
        said = stopped.outcome
        return {"stopped": {"status": said.status, "message": said.message, "details": said.details}}


def error_of(raw: Json, outside: Outside) -> RunError:
    """The error a step fails with."""
    try:
        given = outcome_of(raw, outside)
    except StepFailure as failure:
        return failure.error
    raise AssertionError(f"it did not fail, it gave {given!r}")


def example_of(name: str, sandbox: Sandbox) -> tuple[Json, Outside]:
    """The example of a kind: its step, and what is around it."""
    example = parse(dump(KINDS[name].example))
    outside = Outside(
        sandbox,
        {"trigger": example["trigger"], "config": example.get("config", {})},
        answers=[HttpResponse(each["status"], each["headers"], each["text"]) for each in example.get("answers", ())],
        called=example.get("calls", {}),
        signals=example.get("signals", {}),
    )
    return example["step"], outside
