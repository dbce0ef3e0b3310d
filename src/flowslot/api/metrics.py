"""What GET /metrics shows: what each process counted, what it does now, and what the database says of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flowslot import __version__
from flowslot.app.views import Measures
from flowslot.base.meters import Meters
from flowslot.base.metrics import Family, gauge, gauge_by, labelled
from flowslot.base.process_figures import process_families
from flowslot.domain.runs import ENDED, RunStatus

PROCESS = "process"
"""Label that tells the processes of one installation apart."""


@dataclass(slots=True)
class Counts:
    """What this process counts of the requests it answers, since it started."""

    meters: Meters = field(default_factory=Meters)

    def add(self, operation: str, *, status: int, seconds: float) -> None:
        self.meters.api_requests.add(operation, str(status))
        self.meters.api_seconds.observe(seconds, operation)

    def webhook(self, status: int) -> None:
        self.meters.webhooks.add(str(status))

    def refused(self, trigger: str, code: str) -> None:
        """A trigger was refused."""
        self.meters.refused.add(trigger, code)


def own_families(meters: Meters, gauges: Sequence[Family], *, process: str) -> list[Family]:
    """All that one process says of itself."""
    return labelled([*meters.families(), *gauges, *process_families()], PROCESS, process)


def shared_families(measures: Measures) -> list[Family]:
    """What is the same whichever process is asked."""
    runs = {status.value: measures.open_runs.get(status, 0) for status in RunStatus if status not in ENDED}
    sizes = measures.database_bytes
    return [
        gauge_by("version", "flowslot_build_info", "The release that answers; always 1.", {__version__: 1.0}),
        gauge_by("status", "flowslot_open_runs", "Runs that have not ended, of all processes.", runs),
        gauge("flowslot_schedules_late", "Schedules whose tick is due and has not fired.", measures.schedules_late),
        gauge("flowslot_schedule_lateness_seconds", "How long the latest of them has been due.", measures.lateness),
        gauge_by("part", "flowslot_database_size_bytes", "Size of the database on disk, by part.", sizes),
    ]
