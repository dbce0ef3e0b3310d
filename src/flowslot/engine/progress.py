"""What is known of a run while it is worked on, and the events that tell watchers when its steps move on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from flowslot.app.dispatch import SoFar
from flowslot.app.ports import RunWatchers
from flowslot.base.clock import Clock
from flowslot.base.ids import RunId
from flowslot.engine.cluster.moves import stepped
from flowslot.engine.stretch import Stretch

EVERY = 0.2
"""Seconds between two events of one run."""


def so_far(stretch: Stretch) -> SoFar:
    """A run as it stands now; what it did before it waited, and has not come to again yet, behind the rest."""
    records = stretch.book.records()
    paths = {record.path for record in records}
    earlier = [record for record in stretch.loaded.run.steps if record.path not in paths]
    return SoFar(stretch.started_at, [*records, *earlier])


class Progress:
    """Looks now and then, while somebody listens, which runs have moved on: a step costs nothing by it."""

    def __init__(self, watchers: RunWatchers, working: Mapping[RunId, Stretch | None], clock: Clock) -> None:
        """`working`: the stretches that are being worked on; None for one that is not read yet."""
        self._watchers = watchers
        self._working = working
        self._clock = clock
        self._told: dict[RunId, tuple[int, int]] = {}

    async def run(self) -> None:
        """Tells, until it is canceled."""
        while True:
            await asyncio.sleep(EVERY)
            self.tell()

    def tell(self) -> None:
        """Tells of each run whose steps have moved on since the last time."""
        before, self._told = self._told, {}
        if not self._watchers.watched:
            return
        events = []
        for run, stretch in self._working.items():
            if stretch is None:
                continue
            stands = self._told[run] = (stretch.book.moves, len(stretch.entries))
            if before.get(run) != stands:
                events.append(stepped(stretch.loaded, stretch.book.under_way(), self._clock.now()))
        if events:
            self._watchers.publish(events)
