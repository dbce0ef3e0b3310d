"""Runs as the API shows them: lines of a list, and one with its input and steps."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from flowslot.app.views import RunRow, RunView
from flowslot.base.json_text import Json
from flowslot.domain.runs import RunStatus
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


class RunRowAnswer(Struct, frozen=True):
    """A run, without its input and steps."""

    id: Annotated[str, Meta(description="Its id; later runs have higher ids.")]
    flow: Annotated[str, Meta(description="Slug of the flow.")]
    workspace: Annotated[str, Meta(description="Slug of the workspace.")]
    version: Annotated[int, Meta(description="Number of the version it runs; fixed when it was accepted.")]
    hash: Annotated[str, Meta(description="Content hash of that version.")]
    slot: Annotated[Slot, Meta(description="The slot it was accepted on.")]
    status: Annotated[RunStatus, Meta(description="Where it stands.")]
    trigger: Annotated[Json, Meta(description="What started it: `kind`, and what is worth keeping of it.")]
    outcome: Annotated[OutcomeAnswer | None, Meta(description="How it ended, as the flow said; null until then.")]
    error: Annotated[RunErrorAnswer | None, Meta(description="Why it failed; null where it did not.")]
    queued_at: Annotated[str, Meta(description="When it was accepted.")]
    started_at: Annotated[str | None, Meta(description="When work on it began.")]
    ended_at: Annotated[str | None, Meta(description="When it ended.")]
    parent: Annotated[str | None, Meta(description="Id of the run that called it.")]
    test: Annotated[bool, Meta(description="Whether it is a test run.")]
    payload_removed_at: Annotated[
        str | None,
        Meta(
            description="When its input, its steps and its details were removed, as the settings of retention say: "
            "then they are null and empty here because they are gone, whatever they were. Null while all is kept."
        ),
    ]


class RunAnswer(RunRowAnswer, frozen=True):
    """A run with its input and what its steps did."""

    input: Annotated[Json, Meta(description="What started it.")]
    steps: Annotated[list[StepAnswer], Meta(description="Its steps, in the order they began.")]


def run_row_answer(row: RunRow) -> RunRowAnswer:
    return RunRowAnswer(**_fields(row))


def run_answer(view: RunView) -> RunAnswer:
    return RunAnswer(**_fields(view.run), input=view.input, steps=view.steps)


def _fields(row: RunRow) -> dict[str, Any]:  # Any: documents are passed on as their text, unread
    return {name: getattr(row, name) for name in RunRowAnswer.__struct_fields__}
