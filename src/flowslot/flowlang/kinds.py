"""The contract of a step kind: settings, static types, how it runs. steps/ implements it, the engine calls it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from pydantic import BaseModel, ConfigDict

from flowslot.base.json_text import Json
from flowslot.domain.definition import Block, Step
from flowslot.domain.runs import Outcome, RunError


class StepSettings(BaseModel):
    """Base of every kind's settings: unknown keys are refused, values are taken as they are."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=True)


class StepFailure(Exception):
    """A step failed; `try` and for_each's collect can catch it."""

    def __init__(self, error: RunError) -> None:
        super().__init__(error.message)
        self.error = error


class CircuitOpen(StepFailure):
    """Nothing was sent, because the host failed too often (decision 0012)."""

    def __init__(self, error: RunError, *, seconds: float, status: int | None) -> None:
        super().__init__(error)
        self.seconds = seconds
        """After which the host is tried again."""
        self.status = status
        """What it answered last; None: nothing."""


class Stopped(Exception):
    """A stop step ended the run (or, inside for_each, the item). `step` is the one that said so."""

    def __init__(self, outcome: Outcome, step: Step | None = None) -> None:
        super().__init__(outcome.status)
        self.outcome = outcome
        self.step = step


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """An outgoing request, before the connection adds its base URL and sign-in."""

    method: str
    connection: str | None
    """Name in the definition; with it `url` is a path below the connection's base URL."""
    url: str
    query: Sequence[tuple[str, str]]
    headers: Sequence[tuple[str, str]]
    body: bytes | None
    content_type: str | None
    timeout: float
    """Seconds in all."""
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back, already limited in size and decoded."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    text: str


@dataclass(frozen=True, slots=True)
class CallRequest:
    """A call of another flow (R13)."""

    flow: str
    input: Json
    wait: bool
    slot: str
    timeout: float | None = None
    """Seconds to wait for it at most."""


class StepCall(Protocol):
    """One execution of one step, as its kind sees it. The engine gives it."""

    step: Step
    settings: Any
    """The kind's own settings object."""

    async def evaluate(self, values: Json, *, pointer: str = "", scope: Mapping[str, Json] | None = None) -> Json:
        """`values` with each expression and template in it replaced by its result: one sandbox call at most.

        `pointer` is where `values` stands inside the step; `scope` adds names. Fails with expression_error and where.
        """
        ...

    async def evaluate_map(self, over: str | Json, to: Json, where: Json | None) -> Json:
        """The mapped list or object, in one sandbox call: `item`, `index` (and `key` for objects) in scope."""
        ...

    async def code(self, source: str, inputs: Json, *, seconds: float) -> Json:
        """What `main(**inputs)` of the source returns, run in a fresh sandbox process."""
        ...

    def set_input(self, value: Json) -> None:
        """What the run page shows as the step's input."""
        ...

    async def run_block(
        self,
        name: str,
        *,
        scope: Mapping[str, Json] | None = None,
        index: int | None = None,
        result: Json | None = None,
    ) -> Json:
        """Runs the steps of a block; the output of its last step. `index` makes it an iteration with steps of its own.

        `result`, where given, is evaluated at the end where `scope` and the block's steps are known, and is the output
        instead; it stands at `/result` of the step.
        """
        ...

    async def run_items(
        self,
        name: str,
        scopes: Sequence[Mapping[str, Json]],
        *,
        concurrency: int,
        collect: bool,
        result: Json | None = None,
    ) -> Sequence[Json | StepFailure]:
        """Runs a block once for each scope as run_block does, `concurrency` at a time; outputs in the scopes' order.

        A failing iteration raises its StepFailure and no further one begins; with `collect` it stands in the list.
        A stop ends only its item: its details, or a StepFailure. While one waits (timer, signal, call) others go on.
        Waiting leaves `run` as a BaseException that is the engine's own: kinds catch StepFailure and nothing wider.
        """
        ...

    async def effect(self, do: Callable[[], Awaitable[Json]], *, name: str = "") -> Json:
        """Does something in the outside world once: recorded before anything goes on, never repeated once recorded.

        `do` may call `retry_later`; while that retry is not due the run parks, and then `do` is called anew.
        """
        ...

    @property
    def idempotency_key(self) -> str:
        """`run.step path`: the same on every attempt of this very step."""
        ...

    async def http(self, request: HttpRequest) -> HttpResponse:
        """Sends a request through the one outbound client. StepFailure(network_error, blocked_address, timeout …)."""
        ...

    async def call_flow(self, request: CallRequest) -> Json:
        """Starts the called flow as its own run and, if asked, waits: {run, status, message, details}."""
        ...

    async def wait_until(self, moment: datetime) -> None:
        """Parks the run until a time, without a task or a thread; a replay waits for the time first asked for."""
        ...

    async def wait_for_signal(self, *, timeout_seconds: float | None) -> Json:
        """Parks until POST /runs/{id}/signals/{step}; its payload, or None after the timeout."""
        ...

    async def retry_later(self, *, attempt: int, seconds: float, error: RunError) -> None:
        """Records a failed attempt and parks until the next one is due."""
        ...

    def attempts_made(self) -> int:
        """Attempts recorded before this one."""
        ...

    def first_attempt_at(self) -> datetime | None:
        """When the first recorded attempt failed; None before any did."""
        ...

    def fail(self, code: str, message: str, *, pointer: str = "") -> StepFailure:
        """The failure to raise, with this step's id and place."""
        ...

    def now(self) -> datetime: ...


class TypeWriter(Protocol):
    """Collects the program that the static checker reads. Flowlang gives it; kinds describe themselves to it."""

    def value(self, values: Json, *, pointer: str, expected: Json | None = None) -> str:
        """A checker expression for a value tree (literals, expressions, templates), checked against a schema if any."""
        ...

    def mapped(self, over: Json, to: Json, where: Json | None) -> str:
        """A checker expression for a map step's list or object."""
        ...

    def of_schema(self, schema: Json | None) -> str:
        """The name of the checker type of a JSON Schema; `Any` for None."""
        ...

    def cast(self, type_name: str) -> str:
        """A checker expression of a type, known to be so."""
        ...

    def block(self, block: Block, *, names: Mapping[str, str] | None = None, result: Json | None = None) -> str:
        """Checks the steps of a block, with more names in scope (name → checker expression); the type it puts out last.

        `result`, where given, is checked at the end where the names and the block's steps are known, and is what the
        block gives instead; it stands at `/result` of the step.
        """
        ...

    def items_of(self, values: Json, *, pointer: str) -> str:
        """A checker expression for one item of the list an expression gives."""
        ...

    def problem(self, pointer: str, code: str, message: str) -> None: ...

    def code(self, source: str, *, inputs: Mapping[str, Json]) -> None:
        """Python with a function `main` that stands at `/code` and takes the inputs, which stand at `/inputs`."""
        ...

    def stop(self, *, status: Json, message: Json, details: Json) -> None:
        """The run ends here with these, as they are written."""
        ...

    def called_input(self, flow: str, *, slot: str) -> Json | None:
        """The input schema of a called flow, if known."""
        ...

    def called_outcome(self, flow: str, *, slot: str) -> Mapping[str, Json]:
        """The schemas of the status, message and details that a called flow ends with, as far as they are known."""
        ...


class StepKind(Protocol):
    """One kind of step: one module in steps/, one line in the registry."""

    name: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str]
    """Its page in the reference, in Markdown."""
    settings: ClassVar[type[StepSettings]]
    skips: ClassVar[bool]
    """Whether the common `if` skips the step (a condition has its own `if`)."""
    example: ClassVar[Json]
    """A test as well: {"step": …, "trigger": …, "config"?: …, "expect": …}."""

    def blocks(self, settings: Any) -> Sequence[tuple[str, Sequence[Json]]]:
        """The lists of steps inside, as written, with their place below the step (`then`, `elif/0/then`)."""
        ...

    def output_type(self, step: Step, types: TypeWriter) -> str:
        """Writes the step's expressions for the checker; a checker expression of its output."""
        ...

    async def run(self, call: StepCall) -> Json:
        """Does the step; its output."""
        ...


@dataclass(frozen=True, slots=True)
class TriggerKindSpec:
    """One kind of trigger: its settings and what the reference says of it."""

    name: str
    title: str
    about: str
    settings: type[StepSettings]
    example: Json
