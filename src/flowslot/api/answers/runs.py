"""Runs as the API shows them: lines of a list, and one with its input and steps."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import replace

from flowslot.app.dispatch import SoFar
from flowslot.app.views import RunDefinition, RunRow
from flowslot.base.clock import time_text
from flowslot.base.json_text import Json
from flowslot.domain.runs import RunStatus, StepRecord
from flowslot.domain.slots import Slot


class OutcomeAnswer(Struct, frozen=True):
    """What a `stop` step said, or the default of a run that ended without one."""

    status: Annotated[str, Meta(description="`success` or `failure`.")]
    message: Annotated[str | None, Meta(description="What the step said.")]
    details: Annotated[Json, Meta(description="What the step gave; in a list, null where it is large.")] = None


class RunErrorAnswer(Struct, frozen=True):
    """Why a run or a step failed, with its place in the definition."""

    code: Annotated[str, Meta(description="What kind of failure.")]
    message: Annotated[str, Meta(description="What went wrong.")]
    step: Annotated[str | None, Meta(description="Id of the step.")] = None
    pointer: Annotated[str | None, Meta(description="JSON pointer into the definition.")] = None
    line: Annotated[int | None, Meta(description="Line in the expression or code, from 1.")] = None
    column: Annotated[int | None, Meta(description="Column in that line.")] = None


class StepAnswer(Struct, frozen=True):
    """What one step of a run did."""

    id: Annotated[str, Meta(description="Id of the step.")]
    path: Annotated[str, Meta(description="Its place with loop indexes, for example `loop[3].post`.")]
    kind: Annotated[str | None, Meta(description="Kind of the step.")]
    status: Annotated[str, Meta(description="How it went.")]
    input: Annotated[Json, Meta(description="What it was given, expressions evaluated.")] = None
    output: Annotated[Json, Meta(description="What it gave.")] = None
    error: Annotated[RunErrorAnswer | None, Meta(description="Why it failed.")] = None
    attempts: Annotated[int, Meta(description="How often it was tried.")] = 1
    started_at: Annotated[str | None, Meta(description="When it began.")] = None
    ended_at: Annotated[str | None, Meta(description="When it was done.")] = None


class RunAnswer(Struct, frozen=True):
    """A run with its input and what its steps did; in a list, without what is large."""

    id: Annotated[str, Meta(description="Its id; later runs have higher ids.")]
    flow: Annotated[str, Meta(description="Slug of the flow.")]
    flow_name: Annotated[str, Meta(description="Name of the flow for people.")]
    workspace: Annotated[str, Meta(description="Slug of the workspace.")]
    workspace_name: Annotated[str, Meta(description="Name of the workspace for people.")]
    version: Annotated[
        int | None,
        Meta(
            description="Number of the version it runs, fixed when it was accepted; null where an unsaved definition "
            "was tried."
        ),
    ]
    hash: Annotated[str, Meta(description="Content hash of the definition it runs.")]
    slot: Annotated[Slot, Meta(description="The slot it was accepted on.")]
    status: Annotated[RunStatus, Meta(description="Where it stands.")]
    trigger: Annotated[Json, Meta(description="What started it: `kind`, and what is worth keeping of it.")]
    input: Annotated[Json, Meta(description="What started it.")]
    outcome: Annotated[OutcomeAnswer | None, Meta(description="How it ended, as the flow said; null until then.")]
    error: Annotated[RunErrorAnswer | None, Meta(description="Why it failed; null where it did not.")]
    queued_at: Annotated[str, Meta(description="When it was accepted.")]
    started_at: Annotated[str | None, Meta(description="When work on it began.")]
    ended_at: Annotated[str | None, Meta(description="When it ended.")]
    parent: Annotated[str | None, Meta(description="Id of the run that called it.")]
    test: Annotated[bool, Meta(description="Whether it is a test run.")]
    steps: Annotated[list[StepAnswer], Meta(description="Its steps, in the order they began.")]
    payload_removed_at: Annotated[
        str | UnsetType,
        Meta(
            description="When its input, its steps and its details were removed, as the settings of retention say: "
            "then they are null and empty here because they are gone, whatever they were. Absent while all is kept."
        ),
    ] = UNSET
    waits_for: Annotated[
        Json | UnsetType,
        Meta(
            description="What a suspended run waits for, the first of: `until` a time, `signals` (paths of the steps "
            "that take one), `runs` (ids of called runs). Absent in a list, and where it does not wait."
        ),
    ] = UNSET
    shortened: Annotated[
        tuple[str, ...] | UnsetType,
        Meta(
            description="What this list leaves out because it is large or still grows: `input`, `outcome.details`, "
            "`steps`. `GET /runs/{id}` has it. Absent where nothing is left out."
        ),
    ] = UNSET


class RunDefinitionAnswer(Struct, frozen=True):
    """What a run executes."""

    definition: Annotated[Json, Meta(description="The flow definition.")]
    version: Annotated[int | None, Meta(description="Number of its version; null where it was tried unsaved.")]
    hash: Annotated[str, Meta(description="Its content hash.")]


_WHERE_SO = ("payload_removed_at", "waits_for", "shortened")
"""Said only of the runs of which it is so."""


def run_answer(row: RunRow) -> RunAnswer:
    given = {name: getattr(row, name) for name in RunAnswer.__struct_fields__}
    return RunAnswer(**given | {name: given[name] or UNSET for name in _WHERE_SO})


def run_definition_answer(found: RunDefinition) -> RunDefinitionAnswer:
    return RunDefinitionAnswer(found.definition, found.version, found.hash)


def open_run_answer(row: RunRow, so_far: SoFar) -> RunAnswer:
    """A run that is being worked on: its row may not say so yet, and holds fewer steps."""
    answer, begun = run_answer(row), time_text(so_far.started_at)
    steps = [_step_answer(each) for each in so_far.steps]
    return replace(answer, status=RunStatus.RUNNING, started_at=row.started_at or begun, steps=steps, waits_for=UNSET)


def _step_answer(record: StepRecord) -> StepAnswer:
    given = {name: getattr(record, name) for name in StepAnswer.__struct_fields__}
    error = None if record.error is None else RunErrorAnswer(**asdict(record.error))
    times = {name: None if given[name] is None else time_text(given[name]) for name in ("started_at", "ended_at")}
    return StepAnswer(**given | times | {"error": error})
