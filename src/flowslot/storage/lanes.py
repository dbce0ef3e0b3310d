"""A lane: a thread with a connection of its own that carries out whatever waits, many operations to a transaction."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Generic, TypeVar

from flowslot.base.errors import FlowslotError, Unavailable
from flowslot.base.lines import waiting_in
from flowslot.base.log import get_log
from flowslot.storage.dialect import Backend
from flowslot.storage.drivers import RawConnection, RawCursor

A = TypeVar("A")
P = TypeVar("P")
R = TypeVar("R")

MOST = 512
"""Operations in one transaction."""


@dataclass(frozen=True, slots=True, eq=False)
class Kind(Generic[A, P, R]):
    """One kind of operation. Those of a lower rank go first in a transaction."""

    rank: int
    prepare: Callable[[A], P]
    """Everything that needs no database; done before the transaction begins."""
    perform: Callable[[RawCursor, Sequence[P]], Sequence[R | FlowslotError]]
    """Carries out several at once; a result for each, or what it is refused with."""


@dataclass(slots=True)
class _Waiting:
    """An operation, and whoever waits for its result."""

    kind: Kind[Any, Any, Any]
    argument: Any
    future: asyncio.Future[Any]
    result: object = None
    error: Exception | None = None


_Turn = Callable[[], AbstractContextManager[None]]
_How = Callable[[RawCursor, Sequence[_Waiting]], None]


class Lane:
    """Operations wait in a queue; the thread takes all that wait, begins, carries out, commits and tells all."""

    def __init__(self, name: str, backend: Backend, *, begin: str, turn: _Turn) -> None:
        self._backend = backend
        self._begin = begin
        self._turn = turn
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connection: RawConnection | None = None
        self._log = get_log(name)
        self.watch: Callable[[int, float], None] | None = None
        """Told, in the lane's own thread, how many operations a transaction had and how many seconds it took."""
        self.unsure: Callable[[], None] | None = None
        """Told, in the loop, that a transaction failed: it may have been committed, and nobody was told."""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begins to work; results are given to futures of this loop."""
        self._loop = loop
        self._thread.start()

    def close(self) -> None:
        """Carries out what waits, then ends the thread. What comes later is refused."""
        if self._loop is not None:
            self._loop = None
            self._queue.put(None)
            self._thread.join()

    def submit(self, kind: Kind[A, P, R], argument: A) -> asyncio.Future[R]:
        """Has an operation carried out; its result once it is committed. Called from the event loop."""
        if self._loop is None:
            raise Unavailable
        future: asyncio.Future[R] = self._loop.create_future()
        self._queue.put(_Waiting(kind, argument, future))
        return future

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first, *waiting_in(self._queue, most=MOST - 1)]
            began = perf_counter()
            self._carry_out(batch)
            if self.watch is not None:
                self.watch(len(batch), perf_counter() - began)
            _tell(batch)
        self._hang_up()

    def _carry_out(self, batch: Sequence[_Waiting]) -> None:
        ready = [waiting for waiting in batch if self._prepared(waiting)]
        try:
            with self._turn():
                self._connection = self._connection or self._backend.connect()
                self._transaction(self._connection, ready)
        except Exception as error:  # noqa: BLE001  # whatever happens is told to those who wait; the thread goes on
            self._log.error("transaction_failed", operations=len(ready), error=str(error))
            for waiting in ready:
                waiting.error = self._explained(error)
            self._doubt(batch)

    def _doubt(self, batch: Sequence[_Waiting]) -> None:
        if self.unsure is not None:
            with suppress(RuntimeError):  # the loop is closed: the next start finds what is open
                batch[0].future.get_loop().call_soon_threadsafe(self.unsure)

    def _prepared(self, waiting: _Waiting) -> bool:
        try:
            waiting.argument = waiting.kind.prepare(waiting.argument)
        except Exception as error:  # noqa: BLE001  # one operation's own fault, told to the one who waits for it
            waiting.error = error
            return False
        return True

    def _transaction(self, connection: RawConnection, ready: Sequence[_Waiting]) -> None:
        """All together; if one of them fails, once more, each by itself."""
        try:
            self._attempt(connection, self._together, ready)
        except Exception:
            if self._connection is None:
                raise
            self._attempt(connection, self._one_by_one, ready)

    def _attempt(self, connection: RawConnection, how: _How, ready: Sequence[_Waiting]) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute(self._begin)
            how(cursor, ready)
            cursor.execute("COMMIT")
        except Exception as error:
            self._roll_back(connection, cursor, error)
            raise

    def _together(self, cursor: RawCursor, ready: Sequence[_Waiting]) -> None:
        for kind in sorted({waiting.kind for waiting in ready}, key=lambda kind: kind.rank):
            alike = [waiting for waiting in ready if waiting.kind is kind]
            _perform(cursor, kind, alike)

    def _one_by_one(self, cursor: RawCursor, ready: Sequence[_Waiting]) -> None:
        for waiting in sorted(ready, key=lambda waiting: waiting.kind.rank):
            cursor.execute("SAVEPOINT one")
            try:
                _perform(cursor, waiting.kind, [waiting])
            except Exception as error:
                if self._connection is not None and self._backend.is_lost(self._connection, error):
                    raise
                cursor.execute("ROLLBACK TO SAVEPOINT one")
                waiting.error = self._explained(error)
            cursor.execute("RELEASE SAVEPOINT one")

    def _roll_back(self, connection: RawConnection, cursor: RawCursor, error: Exception) -> None:
        """Leaves the connection as it was, or gives it up for a new one."""
        lost = self._backend.is_lost(connection, error)
        try:
            cursor.execute("ROLLBACK")
        except Exception:  # noqa: BLE001  # nothing to roll back, or nobody there: the connection is given up
            lost = True
        if lost:
            self._hang_up()

    def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _explained(self, error: Exception) -> Exception:
        return self._backend.explained(error) or error


def _perform(cursor: RawCursor, kind: Kind[Any, Any, Any], alike: Sequence[_Waiting]) -> None:
    results = kind.perform(cursor, [waiting.argument for waiting in alike])
    for waiting, result in zip(alike, results, strict=True):
        refused = isinstance(result, FlowslotError)
        waiting.result, waiting.error = (None, result) if refused else (result, None)


def _tell(batch: Sequence[_Waiting]) -> None:
    """Gives every result to its future, with one call into the loop."""
    loop = batch[0].future.get_loop()
    try:
        loop.call_soon_threadsafe(_settle, batch)
    except RuntimeError:
        return  # the loop is closed: nobody waits any more


def _settle(batch: Sequence[_Waiting]) -> None:
    for waiting in batch:
        if waiting.future.done():
            continue
        if waiting.error is not None:
            waiting.future.set_exception(waiting.error)
        else:
            waiting.future.set_result(waiting.result)
