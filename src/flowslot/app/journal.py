"""The journal port: accepting runs, recording effects, parking, ending. Written in group commits; storage gives it.

Every method returns after its entry is durable (fsync). All are called from the event loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flowslot.base.ids import FlowId, RegistrationId, RunId, WorkspaceId
from flowslot.base.json_text import Json
from flowslot.domain.called import call_failed
from flowslot.domain.resolve import CallSlot
from flowslot.domain.runs import Outcome, Run, RunError, RunStatus, StepRecord, Trigger
from flowslot.domain.slots import Slot


@dataclass(frozen=True, slots=True)
class Route:
    """Where a trigger leads, as read once and cached. The row decides: accepting checks both revisions again."""

    registration: RegistrationId
    flow: FlowId
    flow_slug: str
    workspace: WorkspaceId
    workspace_slug: str
    registration_revision: int
    slots_revision: int
    active: bool
    slot: Slot
    version: int | None
    hash: str | None
    config: Json
    connections: Mapping[str, str]
    sealed_secrets: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A definition that is in no history, to be run once; it is kept with its run, and goes with it."""

    hash: str
    definition: bytes
    """JSON text."""
    actor: str
    """Who tries it, for the record (R19)."""


@dataclass(frozen=True, slots=True)
class Target:
    """Which run to insert. Exactly one of the ways in: a hook token, or a flow and workspace."""

    hook: str | None = None
    flow: FlowId | None = None
    workspace: WorkspaceId | None = None
    version: int | None = None
    """Only for test runs and reruns on the same version: this version instead of the resolved one."""
    trial: Trial | None = None
    """Only for test runs: this definition instead of a version."""
    call: CallSlot | None = None
    caller_slot: Slot | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A run to be accepted."""

    id: RunId
    route: Route
    target: Target
    trigger: Trigger
    trigger_key: str | None
    """Unique per registration: a second order with the same key is answered with the first run."""
    input: bytes
    """JSON text."""
    queued_at: datetime
    parent: RunId | None = None
    parent_path: str | None = None
    depth: int = 0
    test: bool = False
    ending: Ending | None = None
    """How the run ended already, for one that did nothing outside: it is accepted and ended in one statement."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The run exists and is durable. `fresh` is false when its trigger key had been accepted before."""

    id: RunId
    version: int | None
    """None for a trial."""
    hash: str
    slot: Slot
    fresh: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """The recorded result of one effect: exactly one of output and error."""

    run: RunId
    path: str
    output: Json = None
    error: RunError | None = None
    attempts: int = 1
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """What a parked run waits for: the first of a time, a signal or a called run."""

    until: datetime | None = None
    signals: tuple[str, ...] = ()
    """Ids of the wait steps that take a signal."""
    runs: tuple[RunId, ...] = ()


@dataclass(frozen=True, slots=True)
class Loaded:
    """A run with its journal, as a stretch needs it."""

    run: Run
    input: Json
    entries: Mapping[str, Entry]
    config: Json
    connections: Mapping[str, str]
    flow_slug: str
    workspace_slug: str
    cancel_requested: bool
    owner: str | None = None
    """The process that works on it; None where the process that accepted it does, or nobody yet."""
    fence: int = 0
    """How often it was taken over."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended."""

    run: RunId
    status: RunStatus
    outcome: Outcome | None
    error: RunError | None
    steps: Sequence[StepRecord]
    started_at: datetime
    ended_at: datetime


def ending_of(run: Run) -> Ending | None:
    """How a run ended, by its row; None while it has not."""
    if run.ended_at is None:
        return None
    return Ending(run.id, run.status, run.outcome, run.error, run.steps, run.started_at or run.ended_at, run.ended_at)


def result_for_parent(ending: Ending) -> Entry:
    """What the calling step gets: `{run, status, message, details}`, or call_failed when no stop step said anything."""
    said = ending.outcome or (Outcome() if ending.status is RunStatus.SUCCESS else None)
    if said is not None:
        output = {"run": ending.run, "status": said.status, "message": said.message, "details": said.details}
        return Entry(ending.run, "", output=output, started_at=ending.started_at, ended_at=ending.ended_at)
    error = call_failed(ending.run, ending.status, ending.error)
    return Entry(ending.run, "", error=error, started_at=ending.started_at, ended_at=ending.ended_at)


@dataclass(frozen=True, slots=True)
class Due:
    """A schedule that is due: one tick of a flow's slot."""

    flow: FlowId
    slot: Slot
    tick: datetime
    version: int
    hash: str
    since: datetime | None = None
    """See domain.schedule.Next."""
    registrations: int = 0
    """How many the flow has."""


class Journal(Protocol):
    """Durable memory of runs."""

    def route_of_hook(self, token: str) -> Route | None:
        """Blocking, quick. None when no registration has the address."""
        ...

    def route_of(self, flow: FlowId, workspace: WorkspaceId, target: Target) -> Route | None:
        """Blocking, quick."""
        ...

    def definition(self, content_hash: str) -> Json:
        """Blocking. The document with this content hash, of a version or of a trial."""
        ...

    async def accept(self, order: Order) -> Accepted | None:
        """Inserts the run; its version is resolved in the inserting statement. None: read the route again."""
        ...

    async def refuse(self, route: Route, trigger: Trigger, code: str, at: datetime) -> None:
        """Records that a trigger was answered with a refusal (R7)."""
        ...

    async def started(self, run: RunId, at: datetime) -> None:
        """Marks a run running; need not be durable before the stretch goes on."""
        ...

    async def record(self, entry: Entry) -> None:
        """Records an effect. The unique (run, path) makes a second record of it an error."""
        ...

    async def park(self, run: RunId, wait: Wait, steps: Sequence[StepRecord]) -> bool:
        """Suspends a run. False when what it waits for has come meanwhile: go on at once."""
        ...

    async def end(self, ending: Ending) -> RunId | None:
        """Ends a run once and for all; the parked parent that waits for it, if any, now due. Raises AlreadyEnded."""
        ...

    async def signal(self, run: RunId, step: str, payload: Json, at: datetime) -> bool:
        """Records a signal for a waiting step; False when the run does not wait for it."""
        ...

    async def cancel(self, run: RunId, at: datetime) -> RunStatus:
        """Asks a run to end: a queued or suspended one ends now, a running one at its next effect. The status after.

        With a run that ends as canceled, here or by `end`, the called runs it waits for are canceled likewise.
        """
        ...

    async def canceled_below(self, run: RunId) -> Sequence[RunId]:
        """The called runs that were canceled with this run, or asked to end: whoever works on them must look."""
        ...

    async def load(self, run: RunId) -> Loaded:
        """Everything a stretch needs."""
        ...

    async def open_runs(self) -> Sequence[RunId]:
        """Queued and running runs of this process, oldest first: what recovery puts back to work."""
        ...

    async def next_wake(self) -> datetime | None:
        """When the next parked run of this process, or a schedule, is due."""
        ...

    async def wake(self, now: datetime) -> Sequence[RunId]:
        """Queues the parked runs of this process whose time has come."""
        ...

    async def due(self, now: datetime) -> Sequence[Due]:
        """The schedules whose time has come."""
        ...

    async def tick(self, due: Due, *, next_at: datetime | None, queued_at: datetime) -> Sequence[RunId]:
        """Starts one run for each active registration on the slot, and sets the next tick, in one transaction."""
        ...
