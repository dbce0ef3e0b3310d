"""What the leader of a cluster does besides watching the time: gives runs out, and takes them back from the dead."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from flowslot.app.cluster import Batch, Batches, Outbox
from flowslot.base.ids import Ids
from flowslot.base.log import get_log
from flowslot.engine.cluster.heart import Heart
from flowslot.engine.cluster.shares import MOST_OF_A_BATCH, batches_of, shared_out

PAUSE = 0.03
"""Seconds between two looks at the outbox at least: what comes meanwhile is given out together."""
LONGEST_PAUSE = 0.25
"""Seconds after which the outbox is looked at even if nobody said that something is in it."""
TAKE_OVER_EVERY = 1.0
SWEEP_EVERY = 2.0
CLEAN_EVERY = 30.0
AFTER_A_FAULT = 1.0

log = get_log("cluster")


@dataclass(frozen=True, slots=True)
class Desk:
    """What giving out needs."""

    outbox: Outbox
    batches: Batches
    heart: Heart
    ids: Ids
    most_of_one: int
    """Runs of one workspace that are worked on at the same time; 0: its fair share."""


class Giving:
    """A thread of each worker; it works while this worker leads. Harmless where two believe that they do."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._poked = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="giving", daemon=True)
        self._next: dict[str, float] = {}
        self._led = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Blocking."""
        self._over.set()
        self._poked.set()
        self._thread.join()

    def poke(self) -> None:
        """Something may be in the outbox. From any thread."""
        self._poked.set()

    def _run(self) -> None:
        while not self._over.is_set():
            self._poked.wait(LONGEST_PAUSE)
            self._poked.clear()
            pause = PAUSE
            try:
                self._look()
            except Exception as error:  # noqa: BLE001  # a thread's edge: the database may be back in a second
                log.warning("cluster.giving_failed", error=str(error))
                pause = AFTER_A_FAULT
            self._over.wait(pause)

    def _look(self) -> None:
        desk = self._desk
        if not desk.heart.leads:
            self._led = False
            return
        if not self._led:
            found = desk.outbox.adopt()
            self._led = True
            if found:
                log.info("cluster.adopted", runs=found)
        if self._is_time("take_over", TAKE_OVER_EVERY):
            self._take_over()
        if self._is_time("sweep", SWEEP_EVERY):
            self._sweep()
        if self._is_time("clean", CLEAN_EVERY):
            desk.batches.clean()
        self._give()

    def _is_time(self, what: str, every: float) -> bool:
        now = time.monotonic()
        if now < self._next.get(what, 0.0):
            return False
        self._next[what] = now + every
        return True

    def _give(self) -> None:
        desk, workers = self._desk, self._desk.heart.census.places
        if not workers:
            return
        places = sum(workers.values())
        load = desk.outbox.load(most=min(places, 4 * MOST_OF_A_BATCH))
        runs = shared_out(load, places=places, most_of_one=desk.most_of_one)
        parts = batches_of(runs, workers=len(workers), unclaimed=load.unclaimed)
        if not parts:
            return
        batches = [Batch(desk.ids.new("batch"), part) for part in parts]
        names = [batch.id for batch in batches]
        desk.outbox.give_out(batches, lambda transaction: desk.batches.enqueue(names, transaction=transaction))

    def _take_over(self) -> None:
        """Again and again for the same dead worker, until nothing of it is left: it is on the list for an hour."""
        dead = self._desk.heart.census.dead
        taken = self._desk.batches.take_over(dead) if dead else 0
        if taken:
            log.warning("cluster.taken_over", workers=list(dead), batches=taken)

    def _sweep(self) -> None:
        """Runs whose batch is finished or unknown have been left by a worker that lost them: they are queued again."""
        desk = self._desk
        given_out = set(desk.outbox.open_batches())
        lost = given_out - set(desk.batches.unfinished(given_out)) if given_out else set()
        found = desk.outbox.put_back(lost)
        if found:
            log.warning("cluster.put_back", runs=found)
