"""A worker's sign of life, and who leads: one thread that tells the database every second."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flowslot.app.cluster import Census, Crew
from flowslot.base.log import get_log

EVERY = 1.0
"""Seconds between two signs of life."""

log = get_log("cluster")


class Heart:
    """Beats until it is stopped. A thread, so that a loop full of work does not make a worker look dead."""

    def __init__(self, crew: Crew, *, places: int, changed: Callable[[bool], None]) -> None:
        """`changed` is told whenever this worker begins or ceases to lead, in the heart's thread."""
        self._crew = crew
        self._places = places
        self._changed = changed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart", daemon=True)
        self.leads = False
        self.census = Census({}, ())
        """Who was alive a moment ago, as far as the leader knows."""

    def start(self) -> None:
        """Beats once, so that the worker is known when this returns, then goes on in its thread."""
        self._crew.beat(places=self._places)
        self._thread.start()

    def stop(self) -> None:
        """Leaves the crew. Blocking."""
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        while True:
            try:
                self._crew.beat(places=self._places)
                leads = self._crew.lead()
                if leads:
                    self.census = self._crew.census()
            except Exception as error:  # noqa: BLE001  # a thread's edge: the database may be back in a second
                log.warning("cluster.no_heartbeat", error=str(error))
                leads = False
            self._lead(leads)
            if self._stop.wait(EVERY):
                break
        self._lead(False)
        try:
            self._crew.leave()
        except Exception as error:  # noqa: BLE001  # then it is found dead a little later
            log.warning("cluster.not_left", error=str(error))

    def _lead(self, leads: bool) -> None:
        if leads != self.leads:
            self.leads = leads
            log.info("cluster.leads" if leads else "cluster.follows")
            self._changed(leads)
