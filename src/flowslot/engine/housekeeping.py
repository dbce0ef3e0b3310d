"""What a server does for itself in the background: it watches the disk and its quarantine, and removes what is old.

One thread, so that nothing of it holds up the event loop; everything it writes is written in short transactions.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from flowslot.base.log import get_log

FIRST_PASS = 120.0
"""Seconds after the start: a start under load has other things to do."""
BETWEEN_PASSES = 900.0
SHARE = 2.0
"""How many times as long as a step took the thread rests before the next one."""
SHORTEST_REST = 0.002
LONGEST_REST = 0.5

log = get_log("housekeeping")


class Housekeeping:
    """Calls `watch` again and again, as it asks, and goes through the steps of `work` now and then."""

    def __init__(
        self,
        watch: Callable[[], float],
        work: Callable[[], Iterator[object]],
        *,
        first: float = FIRST_PASS,
        every: float = BETWEEN_PASSES,
    ) -> None:
        self._watch = watch
        """Gives the seconds until it wants to be called again."""
        self._work = work
        self._first = first
        self._every = every
        self._stop = threading.Event()
        self._look = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="housekeeping", daemon=True)
        self._thread.start()

    def look_now(self) -> None:
        """Has it watch at once. From any thread."""
        self._look.set()

    def stop(self) -> None:
        """Ends it after the step it is at. Blocking."""
        self._stop.set()
        self._look.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        due = time.monotonic() + self._first
        while not self._stop.is_set():
            rest = self._watched()
            if time.monotonic() >= due:
                self._pass(rest)
                due = time.monotonic() + self._every
            self._look.wait(min(rest, max(0.0, due - time.monotonic())))
            self._look.clear()

    def _watched(self) -> float:
        try:
            return self._watch()
        except Exception as fault:  # a thread's edge: a database that fails now may be back soon
            log.error("watch.fault", exc_info=fault)
            return 5.0

    def _pass(self, watch_every: float) -> None:
        """Step by step, resting in between, and watching as often as it wants to be."""
        watched = began = time.monotonic()
        try:
            for _ in self._work():
                now = time.monotonic()
                if self._stop.wait(min(max(SHORTEST_REST, (now - began) * SHARE), LONGEST_REST)):
                    return
                if now - watched >= watch_every:
                    self._watched()
                    watched = now
                began = time.monotonic()
        except Exception as fault:  # a thread's edge: the next pass takes up what this one left
            log.error("pass.fault", exc_info=fault)
