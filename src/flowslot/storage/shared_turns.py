"""Taking turns at writing between the processes that share one SQLite file."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from flowslot.storage.turns import Turns

_NEXT, _TURN = 0, 1
"""Bytes of the file that are locked: to be the next one, and to write."""


class SharedTurns:
    """A fair lock over threads and processes.

    SQLite's own waiting is a sleep that is tried again, so whoever writes all the time would starve the others. Here
    the one that is next waits for the turn while it keeps everybody else from waiting for it: two processes alternate.
    The kernel gives up the locks of a process that dies.
    """

    def __init__(self, database: Path) -> None:
        self._threads = Turns()
        self._file = os.open(database.with_suffix(".turns"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    @property
    def in_line(self) -> int:
        """How many threads of this process wait for their turn."""
        return self._threads.in_line

    def __enter__(self) -> None:
        self._threads.__enter__()
        try:
            self._lock(_NEXT)
            try:
                self._lock(_TURN)
            finally:
                self._unlock(_NEXT)
        except BaseException as error:
            self._threads.__exit__(type(error), error, error.__traceback__)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._unlock(_TURN)
        self._threads.__exit__(kind, error, trace)

    def close(self) -> None:
        os.close(self._file)

    def _lock(self, byte: int) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, byte)

    def _unlock(self, byte: int) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, 1, byte)
