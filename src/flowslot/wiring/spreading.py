"""What happens in one process, told to those who listen to GET /events in the others."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from flowslot.api.events import Broadcast
from flowslot.app.bus import CHANGED, CHANGES_WANTED, Bus
from flowslot.base.json_text import Json

WANTED_FOR = 30.0
"""Seconds that the others pass on what happens to their runs, after somebody said that he listens."""
SAID_EVERY = 10.0


class Interest:
    """Whether somebody listens to GET /events, in this process or in another one, which says so now and then."""

    def __init__(self, here: Broadcast, bus: Bus) -> None:
        self._here = here
        self._bus = bus
        self._wanted_until = 0.0
        self._again: asyncio.TimerHandle | None = None
        here.opened = self._want
        bus.subscribe(CHANGES_WANTED, self._wanted)

    @property
    def elsewhere(self) -> bool:
        return time.monotonic() < self._wanted_until

    def anywhere(self) -> bool:
        return self._here.watched or self.elsewhere

    def _wanted(self, about: Json) -> None:
        self._wanted_until = time.monotonic() + WANTED_FOR

    def _want(self) -> None:
        """Somebody listens here: says so, and again as long as it is so."""
        self._bus.publish(CHANGES_WANTED, {})
        if self._again is None:
            self._again = asyncio.get_running_loop().call_later(SAID_EVERY, self._want_again)

    def _want_again(self) -> None:
        self._again = None
        if self._here.listeners:
            self._want()


class Spread:
    """The Watchers of an engine beside others: what its runs do is told to the others only while somebody listens."""

    def __init__(self, here: Broadcast, bus: Bus) -> None:
        self._here = here
        self._bus = bus
        self._interest = Interest(here, bus)
        bus.subscribe(CHANGED, lambda about: here.publish(about["events"]))

    @property
    def watched(self) -> bool:
        return self._interest.anywhere()

    def publish(self, events: Sequence[Json]) -> None:
        """From any thread; never waits."""
        self._here.publish(events)
        if self._interest.elsewhere:
            self.tell_all(events)

    def tell_all(self, events: Sequence[Json]) -> None:
        """The other processes, whether anybody listens there or not."""
        for event in events:
            self._bus.publish(CHANGED, {"events": [event]})


class Committed:
    """The Watchers of use cases beside other processes: what they change is told to all, wherever it is watched."""

    def __init__(self, here: Broadcast, spread: Spread) -> None:
        self._here = here
        self._spread = spread

    def publish(self, events: Sequence[Json]) -> None:
        """From any thread; never waits."""
        self._here.publish(events)
        self._spread.tell_all(events)
