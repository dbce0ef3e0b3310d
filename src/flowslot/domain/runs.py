"""Runs: their states and the moves between them (R14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from flowslot.base.ids import FlowId, RegistrationId, RunId, WorkspaceId
from flowslot.base.json_text import Json
from flowslot.domain.slots import Slot


class RunStatus(Enum):
    """Where a run stands."""

    QUEUED = "queued"  # accepted, not begun
    RUNNING = "running"  # being worked on
    SUSPENDED = "suspended"  # waiting for a timer, a signal, a retry or a called flow
    SUCCESS = "success"  # ended well
    FAILED = "failed"  # a stop with failure, a failed assert, or an error nobody caught
    EXCEPTION = "exception"  # could not go on: an engine fault or a limit
    CANCELED = "canceled"  # ended on request


ENDED = frozenset({RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.EXCEPTION, RunStatus.CANCELED})

MOVES: Mapping[RunStatus, frozenset[RunStatus]] = {
    RunStatus.QUEUED: frozenset({RunStatus.RUNNING, RunStatus.SUSPENDED}) | ENDED,
    RunStatus.RUNNING: frozenset({RunStatus.QUEUED, RunStatus.SUSPENDED}) | ENDED,
    RunStatus.SUSPENDED: frozenset({RunStatus.QUEUED, RunStatus.RUNNING}) | ENDED,
    **{status: frozenset() for status in ENDED},
}
"""Every allowed move. Ended is ended: nothing leads out of it."""


def may_move(before: RunStatus, after: RunStatus) -> bool:
    """Whether a run may go from one state to the other."""
    return after in MOVES[before]


class TriggerKind(Enum):
    """What started a run."""

    ON_DEMAND = "on_demand"  # by hand or by the API
    WEBHOOK = "webhook"  # a request on the registration's address
    SCHEDULE = "schedule"  # a tick
    CALL = "call"  # another flow's call_flow step


@dataclass(frozen=True, slots=True)
class Trigger:
    """What started a run, with what is worth keeping of it (the tick's time, the calling run, …)."""

    kind: TriggerKind
    about: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class RunError:
    """Why a run or a step failed, with its place in the definition."""

    code: str
    message: str
    step: str | None = None
    pointer: str | None = None
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stop step said, or the default of a run that ended without one."""

    status: str = "success"
    message: str | None = None
    details: Json = None


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What one step of a run did. `path` names its place with loop indexes: `loop[3].post`."""

    id: str
    path: str
    kind: str
    status: str
    input: Json
    output: Json
    error: RunError | None
    attempts: int
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a registration on exactly one version, or one trial, fixed when it was accepted (R14)."""

    id: RunId
    flow: FlowId
    workspace: WorkspaceId
    registration: RegistrationId
    version: int | None
    """None for a trial: it runs a definition that is in no history."""
    hash: str
    slot: Slot
    status: RunStatus
    trigger: Trigger
    input: Json
    outcome: Outcome | None
    error: RunError | None
    queued_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    parent: RunId | None
    depth: int
    test: bool
    steps: tuple[StepRecord, ...] = ()
    payload_removed_at: datetime | None = None
    """When retention removed its input, its steps and its details; what is left of them is null and empty."""
