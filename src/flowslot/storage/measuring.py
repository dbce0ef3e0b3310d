"""What the journal counts: runs that were accepted and that ended, and what each transaction took."""

from __future__ import annotations

from flowslot.app.journal import Ending
from flowslot.base.ids import seconds_of
from flowslot.base.meters import Meters


def note_ending(meters: Meters, ending: Ending) -> None:
    """Counts a run whose end is durable, and its steps."""
    status, began = ending.status.value, ending.started_at
    meters.ended.add(status)
    meters.run_seconds.observe((ending.ended_at - began).total_seconds(), status)
    accepted = seconds_of(ending.run)
    if accepted is not None:
        meters.run_wait.observe(max(began.timestamp() - accepted, 0.0))
    for step in ending.steps:
        meters.steps.add(step.kind, step.status)


def note_group(meters: Meters, operations: int, seconds: float) -> None:
    """Counts a transaction of the journal."""
    meters.journal_group.observe(operations)
    meters.journal_seconds.observe(seconds)
