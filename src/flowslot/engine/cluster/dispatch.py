"""The dispatcher of a process that runs nothing itself: a queued row is all it needs; the bus makes it quick."""

from __future__ import annotations

import asyncio
import time

from flowslot.app.bus import CHANGED, RUN_DUE, RUN_ENDED, RUN_LOOK, SCHEDULES_LOOK, Bus
from flowslot.app.journal import Journal, Loaded
from flowslot.base.ids import RunId
from flowslot.base.json_text import Json
from flowslot.domain.runs import ENDED
from flowslot.engine.endings import Endings

LONGEST_TRUST = 1.0
"""Seconds between two looks at the row of a run whose end is waited for: a message may be lost."""


class OutboxDispatcher:
    """The Dispatcher port of an API process in a cluster."""

    def __init__(self, journal: Journal, bus: Bus) -> None:
        self._journal = journal
        self._bus = bus
        self._endings = Endings()
        bus.subscribe(RUN_ENDED, lambda about: self._endings.tell(RunId(about["run"])))

    def dispatch(self, run: RunId, *, loaded: Loaded | None = None) -> None:
        """The row is queued or changed already: only the others need to know."""
        self._bus.publish(RUN_DUE, {})
        if loaded is None:
            self._bus.publish(RUN_LOOK, {"run": run})

    async def ended(self, run: RunId, *, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while True:
            future = self._endings.expect(run)
            try:
                if (await self._journal.load(run)).run.status in ENDED:
                    return True
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                await asyncio.wait((future,), timeout=min(left, LONGEST_TRUST))
                if future.done():
                    return not future.cancelled()
            finally:
                self._endings.forget(run, future)

    def look_again(self) -> None:
        """A schedule may have changed: the leader looks. From any thread."""
        self._bus.publish(SCHEDULES_LOOK, {})

    def give_up(self) -> None:
        """Nobody waits any more: the process ends."""
        self._endings.give_up()


def told(events: object) -> Json:
    """What the bus says of changes that GET /events shows."""
    return {"events": events}


__all__ = ["CHANGED", "LONGEST_TRUST", "OutboxDispatcher", "told"]
