"""Processes of a cluster for tests: several in this one, on one PostgreSQL, or real ones that can be killed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from engine_rig import LOOPBACK, MovingClock, Rig, Seen

from flowslot.app.cluster import Batch, Work
from flowslot.base.ids import RunId
from flowslot.base.settings import Settings
from flowslot.engine.cluster.process import WorkerProcess
from flowslot.storage.database import Database, open_database
from flowslot.storage.outbox import SqlOutbox
from flowslot.wiring.cluster import worker_process
from flowslot.wiring.parts import Joined, joined


@dataclass
class Queue:
    """Batches in memory, shared by the processes of a test: what a second engine would bring (the Batches port)."""

    waiting: list[str] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)


class QueuedBatches:
    """One process's side of the queue. Works on the loop that started it."""

    def __init__(self, queue: Queue, name: str) -> None:
        self._queue = queue
        self._name = name
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Future[None] | None = None

    def start(self, work: Work) -> None:
        async def begin() -> None:
            self._task = asyncio.ensure_future(self._take(work))

        asyncio.run_coroutine_threadsafe(begin(), self._loop).result(10)

    async def _take(self, work: Work) -> None:
        tasks = set()
        try:
            while True:
                while self._queue.waiting:
                    batch = self._queue.waiting.pop(0)
                    self._queue.taken[batch] = self._name
                    tasks.add(asyncio.create_task(self._work(work, batch)))
                await asyncio.sleep(0.01)
        finally:
            for task in tasks:
                task.cancel()

    async def _work(self, work: Work, batch: str) -> None:
        await work(batch)
        if self._queue.taken.get(batch) == self._name:
            del self._queue.taken[batch]

    def enqueue(self, batches: Sequence[str], *, transaction: object) -> None:
        self._queue.waiting.extend(batches)

    def unfinished(self, batches: Collection[str]) -> Collection[str]:
        return [each for each in batches if each in self._queue.waiting or each in self._queue.taken]

    def take_over(self, dead: Sequence[str]) -> int:
        lost = [batch for batch, name in self._queue.taken.items() if name in dead]
        for batch in lost:
            del self._queue.taken[batch]
        self._queue.waiting.extend(lost)
        return len(lost)

    def clean(self) -> None:
        return

    def stop(self, *, grace: float) -> None:
        if self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)


@dataclass
class Hand:
    """A process of a test cluster: its parts, its worker, and a rig to make flows and start runs with."""

    parts: Joined
    rig: Rig
    process: WorkerProcess

    async def work(self, batch: str) -> None:
        """Works on a batch as an engine would have it do."""
        await self.process._gear.worker.work(batch)  # what an engine is given at its start

    def look(self, run: RunId) -> None:
        self.process._gear.worker.look(run)


@asynccontextmanager
async def hand(settings: Settings, name: str, *, queue: Queue | None = None, **more: Any) -> AsyncIterator[Hand]:
    """A process that can work on batches; with a queue it takes them by itself, and leads if it is the first."""
    given = replace(settings, engine="dbos", sandboxes=1, allow_networks=LOOPBACK, **more)
    with joined(given, worker=name) as parts:
        batches = QueuedBatches(queue or Queue(), name)
        process = worker_process(parts, name, batches=batches)
        parts.journal.start(asyncio.get_running_loop())
        rig = Rig(parts.database, parts.runs, parts.tools, parts.engine, MovingClock(), Seen())  # type: ignore[arg-type]
        await (parts.engine.start() if queue is None else process.start())
        try:
            yield Hand(parts, rig, process)
        finally:
            await process.stop(grace=1)
            await parts.engine.stop()
            await parts.outgoing.close()
            await parts.outbound.close()
            parts.journal.close()


def give_out(database: Database, batch: str, runs: Sequence[RunId]) -> None:
    """Puts runs into a batch that no engine knows."""
    SqlOutbox(database).give_out([Batch(batch, runs)], lambda _: None)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    database = open_database(settings)
    try:
        yield database
    finally:
        database.close()


def row_of(database: Database, run: str, *columns: str) -> tuple[Any, ...]:
    """What stands in a run's row."""
    with database.read() as connection:
        names = ", ".join(columns)
        return tuple(connection.exec_driver_sql(f"SELECT {names} FROM run WHERE id = %s", (run,)).one())
