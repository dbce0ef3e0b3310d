"""What those who run the server are told: what retention keeps and removes, and the quarantine."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.app.quarantine import Standing


class RemovableAnswer(Struct, frozen=True):
    """What is kept, and what could be removed now."""

    keep_payloads: Annotated[int, Meta(description="Days an ended run keeps its payload; 0 for ever.")]
    keep_runs: Annotated[int, Meta(description="Days an ended run is kept; 0 for ever.")]
    most_runs: Annotated[int, Meta(description="Runs kept of each registration; 0 for no limit.")]
    keep_ids: Annotated[int, Meta(description="Days a run that came with an id of the sender's is kept in any case.")]
    payloads: Annotated[int, Meta(description="Payloads that could be removed now; counted up to 100,000.")]
    runs: Annotated[int, Meta(description="Runs that could be removed now; counted up to 100,000.")]


class RemovedAnswer(Struct, frozen=True):
    """What was removed."""

    payloads: Annotated[int, Meta(description="Payloads.")]
    runs: Annotated[int, Meta(description="Runs.")]
    answers: Annotated[int, Meta(description="Remembered answers of idempotency keys.")]
    more: Annotated[bool, Meta(description="Whether more is left to remove: ask again.")]


class OpenRunsAnswer(Struct, frozen=True):
    """Runs that have not ended."""

    queued: Annotated[int, Meta(description="Accepted and not begun.")]
    running: Annotated[int, Meta(description="Begun.")]
    suspended: Annotated[int, Meta(description="Waiting for a time, a signal or another run.")]


class QuarantineAnswer(Struct, frozen=True):
    """Whether the server is under quarantine."""

    on: Annotated[bool, Meta(description="While it is, nothing is started and nothing is sent out.")]
    since: Annotated[str | None, Meta(description="When the backup was restored.")]
    why: Annotated[str | None, Meta(description="What was restored.")]
    open_runs: Annotated[OpenRunsAnswer, Meta(description="Runs that would go on.")]
    missed_ticks: Annotated[int, Meta(description="Schedules whose time has passed; they go on with their next tick.")]


class ReleasedAnswer(Struct, frozen=True):
    """What the end of a quarantine did."""

    schedules: Annotated[int, Meta(description="Schedules moved on to their next tick.")]
    canceled: Annotated[int, Meta(description="Open runs canceled.")]


def quarantine_answer(found: Standing) -> QuarantineAnswer:
    counts = {status.value: count for status, count in found.open_runs.items()}
    there = found.quarantine
    return QuarantineAnswer(
        on=there is not None,
        since=None if there is None else there.since,
        why=None if there is None else there.why,
        open_runs=OpenRunsAnswer(*(counts.get(name, 0) for name in OpenRunsAnswer.__struct_fields__)),
        missed_ticks=found.missed_ticks,
    )
