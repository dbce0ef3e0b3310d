"""The ways a stretch of a run is left that no step may catch: waiting, limits, cancellation, a failed journal."""

from __future__ import annotations

from collections.abc import Iterable

from flowslot.app.journal import Wait
from flowslot.domain.runs import RunError


class Leaving(BaseException):
    """Leaves the stretch through every kind's `run`; a BaseException, so that `except Exception` lets it pass."""


class Parked(Leaving):
    """The run waits; the event it waits for begins its next stretch."""

    def __init__(self, wait: Wait) -> None:
        super().__init__()
        self.wait = wait


class OverLimit(Leaving):
    """The run went over a limit and ends as an exception."""

    def __init__(self, error: RunError) -> None:
        super().__init__(error.message)
        self.error = error


class ActsOutside(Leaving):
    """A run that is not accepted yet came to something that a run does only once it is durable."""


class CancelAsked(Leaving):
    """Somebody asked the run to end."""


class EndedElsewhere(Leaving):
    """The row says that the run has ended: nothing more is written."""


class JournalFailed(Leaving):
    """The journal did not take an entry: the stretch is begun anew from what it holds."""


def first_of(waits: Iterable[Wait]) -> Wait:
    """One wait that is over as soon as any of several is."""
    every = tuple(waits)
    times = [wait.until for wait in every if wait.until is not None]
    return Wait(
        until=min(times, default=None),
        signals=tuple(step for wait in every for step in wait.signals),
        runs=tuple(run for wait in every for run in wait.runs),
    )
