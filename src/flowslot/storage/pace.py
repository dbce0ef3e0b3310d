"""How much background work goes into one transaction: so much that nobody who writes waits long."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from sqlalchemy import Connection

from flowslot.storage.database import Database

WANTED = 0.01
"""Seconds a transaction may take, its commit included, before the next one is no larger."""
LONGEST = 0.02
"""Seconds from which on the next one is smaller."""
LEAST = 48
"""So much goes into a transaction however slow the disk is: most of the time is then the commit's."""
MOST = 1_000


class Weighed(Protocol):
    """Something whose removal costs about as much as that of `weight` small rows."""

    @property
    def weight(self) -> int: ...


W = TypeVar("W", bound=Weighed)


class Pace:
    """Learns from each transaction how much fits into the next."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.budget = 100

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that is timed from the moment it holds up others."""
        began = time.perf_counter()
        with self._database.write() as connection:
            began = time.perf_counter()
            yield connection
        self._learn(time.perf_counter() - began)

    def batches(self, many: Sequence[W]) -> Iterator[list[W]]:
        """Parts of what is to be done, each as large as fits at that moment; at least one to a part."""
        batch: list[W] = []
        weight = 0
        for each in many:
            if batch and weight + each.weight > self.budget:
                yield batch
                batch, weight = [], 0
            batch.append(each)
            weight += each.weight
        if batch:
            yield batch

    def _learn(self, seconds: float) -> None:
        if seconds > LONGEST:
            self.budget = max(LEAST, self.budget // 2)
        elif seconds < WANTED:
            self.budget = min(MOST, self.budget + self.budget // 4)
