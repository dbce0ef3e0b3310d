"""Changes for whoever watches: the `Watchers` port, and each listener's queue behind GET /events."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from flowslot.base.errors import TooMany
from flowslot.base.ids import UserId
from flowslot.base.json_text import Json

MOST_OF_ONE = 10
"""Streams one user may have open."""
MOST = 500
"""Streams of all users."""
BACKLOG = 1000
"""Events a listener may be behind before its stream is ended; it connects again and reads anew."""


MOST_UNDER_WAY = 1000
"""Runs of which it is kept which steps are being executed."""


class Broadcast:
    """Passes each change on to everybody who listens now. Keeps nothing but which steps runs are at."""

    def __init__(self) -> None:
        self._listeners: dict[Listener, UserId] = {}
        self._closed = False
        self._under_way: dict[str, Sequence[Json]] = {}
        self.opened: Callable[[], None] = lambda: None
        """Called when somebody begins to listen."""

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return len(self._listeners)

    @property
    def watched(self) -> bool:
        """Whether anybody listens now."""
        return bool(self._listeners)

    def under_way(self, run: str) -> Sequence[Json]:
        """The steps of a run that are being executed, as far as it was told while somebody listened anywhere."""
        return self._under_way.get(run, ())

    def publish(self, events: Sequence[Json]) -> None:
        """From any thread; never waits."""
        self._note(events)
        for listener in list(self._listeners):
            listener.tell(events)

    def _note(self, events: Sequence[Json]) -> None:
        """Keeps the last word of what each run is at, here or in another process."""
        for event in events:
            if event["action"] == "run.step":
                self._under_way[event["about"]["run"]] = event["about"]["steps"]
                if len(self._under_way) > MOST_UNDER_WAY:
                    del self._under_way[next(iter(self._under_way))]
            elif self._under_way and event["action"].startswith("run."):
                self._under_way.pop(event["about"]["run"], None)

    @contextmanager
    def listening(self, user: UserId) -> Iterator[Listener]:
        """A listener for one stream, from the event loop. Raises TooMany beyond the limits."""
        if Counter(self._listeners.values())[user] >= MOST_OF_ONE or len(self._listeners) >= MOST:
            raise TooMany("Too many event streams are open; close one.", extra={"retry_after": 5})
        listener = Listener()
        self._listeners[listener] = user
        if self._closed:
            listener.end()
        self.opened()
        try:
            yield listener
        finally:
            del self._listeners[listener]

    def close(self) -> None:
        """Ends all streams, from any thread: a server that stops waits for them otherwise."""
        self._closed = True
        for listener in list(self._listeners):
            listener.end()


class Listener:
    """What one stream has yet to send."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[Json] = asyncio.Queue()
        self.over = False
        """Whether the stream is to end now: the listener fell behind, or the server stops."""
        self.behind = False
        """Whether it fell behind: it has to read anew what it shows."""

    @property
    def waiting(self) -> int:
        """How many events are yet to be sent."""
        return self._waiting.qsize()

    def tell(self, events: Sequence[Json]) -> None:
        self._on_loop(partial(self._add, events))

    def end(self) -> None:
        self._on_loop(self._finish)

    async def next(self, *, seconds: float) -> Json | None:
        """The next event; None when none came in that time, or the stream is over."""
        if self.over:
            return None
        try:
            async with asyncio.timeout(seconds):  # asyncio.wait_for can swallow a cancellation
                return await self._waiting.get()
        except TimeoutError:
            return None

    def _add(self, events: Sequence[Json]) -> None:
        if self.over:
            return
        if self._waiting.qsize() + len(events) > BACKLOG:
            self.behind = True
            self._finish()
            return
        for event in events:
            self._waiting.put_nowait(event)

    def _finish(self) -> None:
        """Ends the stream, and forgets what it has not sent."""
        self.over = True
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._waiting.put_nowait(None)

    def _on_loop(self, do: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(do)
