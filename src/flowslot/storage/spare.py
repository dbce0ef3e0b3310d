"""Spare connections for quick blocking reads, outside the pool and its costs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from flowslot.base.errors import Unavailable
from flowslot.storage.dialect import Backend
from flowslot.storage.drivers import RawConnection, RawCursor

T = TypeVar("T")


class Spares:
    """Connections in autocommit mode: each statement sees the newest committed state."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._idle: deque[RawConnection] = deque()
        self._closed = False

    def read(self, query: Callable[[RawCursor], T]) -> T:
        """What a query of one statement gives; asked again on a new connection when an idle one was dead."""
        while True:
            fresh, connection = self._take()
            try:
                found = query(connection.cursor())
            except Exception as error:
                if not self._backend.is_lost(connection, error):
                    self._give_back(connection)
                    raise self._backend.explained(error) or error from error
                connection.close()
                if fresh:
                    raise self._backend.explained(error) or error from error
            else:
                self._give_back(connection)
                return found

    def close(self) -> None:
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> tuple[bool, RawConnection]:
        if self._closed:
            raise Unavailable
        try:
            return False, self._idle.pop()
        except IndexError:
            return True, self._connect()

    def _connect(self) -> RawConnection:
        try:
            return self._backend.connect()
        except Exception as error:
            raise self._backend.explained(error) or error from error

    def _give_back(self, connection: RawConnection) -> None:
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)
