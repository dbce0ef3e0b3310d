"""What is said of a run once its end is durable: a line in the log and, where traces are kept, its spans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowslot.app.journal import Ending, Loaded, ending_of
from flowslot.base.log import get_log
from flowslot.domain.runs import RunStatus

if TYPE_CHECKING:
    from flowslot.engine.run_traces import RunTraces

log = get_log("engine")


class RunWatch:
    """Told of each run that has ended, by whoever ended it."""

    __slots__ = ("_traces",)

    def __init__(self, traces: RunTraces | None = None) -> None:
        self._traces = traces

    def ended(self, loaded: Loaded, ending: Ending) -> None:
        run, error = loaded.run, ending.error
        told = log.warning if ending.status in (RunStatus.FAILED, RunStatus.EXCEPTION) else log.debug
        told(
            "run.ended",
            run=run.id,
            status=ending.status.value,
            flow=loaded.flow_slug,
            version=run.version,
            slot=run.slot.value,
            workspace=loaded.workspace_slug,
            code=None if error is None else error.code,
            step=None if error is None else error.step,
        )
        if self._traces is not None:
            self._traces.ended(loaded, ending)

    def told(self, loaded: Loaded) -> None:
        """A run was ended from outside, such as one that waited and was canceled; its row says how."""
        ending = ending_of(loaded.run)
        if ending is not None:
            self.ended(loaded, ending)
