"""The dispatcher port and the cache of parsed versions: what accepting a run needs beside the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flowslot.app.journal import Ending, Loaded
from flowslot.base.ids import RunId
from flowslot.domain.definition import Definition
from flowslot.domain.runs import StepRecord


@dataclass(frozen=True, slots=True)
class SoFar:
    """A run while it is worked on."""

    started_at: datetime
    steps: Sequence[StepRecord]
    """What is known of its steps; `running` are those that are being executed."""


class Dispatcher(Protocol):
    """Works on runs, stretch by stretch. Called from the event loop."""

    def dispatch(self, run: RunId, *, loaded: Loaded | None = None) -> None:
        """Has the run's next stretch worked on soon; harmless when it is being worked on already.

        `loaded` is the run as it was accepted just now, so that it need not be read back. A run being worked on looks
        at its row again (has it been canceled? did a signal come?) before its next effect.
        """
        ...

    def so_far(self, run: RunId) -> SoFar | None:
        """What is known of a run that this process works on; None for others."""
        ...

    async def outright(self, loaded: Loaded) -> Ending | None:
        """The end of a run that is not accepted yet, if it does nothing outside and there is room to work it out now.

        It is then accepted and ended in one statement. None: accept it, and dispatch it as any other.
        """
        ...

    def ended_outright(self, loaded: Loaded, ending: Ending) -> None:
        """A run that was accepted with its end is durable now: tells all who watch."""
        ...

    async def ended(self, run: RunId, *, seconds: float) -> Ending | None:
        """Waits until the run has ended; how it did. None when it has not in that time."""
        ...


class Plans(Protocol):
    """Parsed versions by content hash, in a bounded cache."""

    def of(self, content_hash: str) -> Definition:
        """Raises NotFound when no version has this content."""
        ...
