"""The bus port: short messages between the processes of one installation, best effort.

The rows decide; the bus only makes it quick. A message that is lost costs time, never correctness: whoever waits for
something looks at its row now and then as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from flowslot.base.json_text import Json

RUN_ENDED = "run.ended"
"""`{run, status}`: whoever waits for the run goes on."""
RUN_AWAITED = "run.awaited"
"""`{run, owner}`: its end is waited for elsewhere; the owner says so when it has ended."""
RUN_LOOK = "run.look"
"""`{run}` or `{run, owner}`: it was canceled or got a signal; whoever works on it, or is to, looks at its row."""
RUN_DUE = "run.due"
"""`{run}`: it is queued; its owner, or whoever gives out work, takes it up."""
SCHEDULES_LOOK = "schedules.look"
"""`{}` or `{at}`: a schedule or a parked run may be due, now or at that time."""
CHANGED = "changed"
"""`{events}`: what GET /events shows, for the listeners of the other processes."""

CHANGES_WANTED = "changed.wanted"
"""`{}`: somebody listens to GET /events here; for a while the others pass on what happens to their runs."""

Callback = Callable[[Json], None]


class Bus(Protocol):
    """Tells the other processes something. A process never hears its own messages."""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins to listen; callbacks are called on this loop."""
        ...

    def publish(self, kind: str, about: Json) -> None:
        """From any thread; never waits, and never fails."""
        ...

    def subscribe(self, kind: str, callback: Callback) -> None:
        """Has the callback called with each message of this kind."""
        ...

    def close(self) -> None:
        """Says what was still to be said, then ends. Blocking."""
        ...


class NoBus:
    """The bus of a process that is alone."""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        return

    def publish(self, kind: str, about: Json) -> None:
        return

    def subscribe(self, kind: str, callback: Callback) -> None:
        return

    def close(self) -> None:
        return
