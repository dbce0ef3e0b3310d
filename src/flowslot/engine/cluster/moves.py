"""The events that tell watchers where a run stands, and the end of a run that cannot be worked on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flowslot.app.journal import Ending, Loaded
from flowslot.base.clock import time_text
from flowslot.base.json_text import Json
from flowslot.domain.runs import RunError, RunStatus, StepRecord

STEPPED = "run.step"


def moved(loaded: Loaded, status: RunStatus, now: datetime) -> Json:
    """The event of a run's new status."""
    run = loaded.run
    return {
        "action": f"run.{status.value}",
        "at": time_text(now),
        "flow": loaded.flow_slug,
        "workspace": loaded.workspace_slug,
        "version": run.version,
        "about": {"run": run.id, "slot": run.slot.value, "test": run.test},
    }


def stepped(loaded: Loaded, under_way: Sequence[StepRecord], now: datetime) -> Json:
    """The event of a run whose steps have moved on, with those that are being executed."""
    event = moved(loaded, RunStatus.RUNNING, now)
    steps = [
        {
            "id": each.id,
            "path": each.path,
            "kind": each.kind,
            "status": each.status,
            "started_at": None if each.started_at is None else time_text(each.started_at),
        }
        for each in under_way
    ]
    return event | {"action": STEPPED, "about": event["about"] | {"steps": steps}}


def unreadable(loaded: Loaded, now: datetime) -> Ending:
    """The end of a run whose version cannot be read."""
    error = RunError("engine_error", "The version of this run cannot be read; the server's log says why.")
    run = loaded.run
    return Ending(run.id, RunStatus.EXCEPTION, None, error, run.steps, run.started_at or now, now)
