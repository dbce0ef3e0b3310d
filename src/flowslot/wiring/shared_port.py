"""Taking connections from a port that several processes listen on: one at a time, so that each gets its share."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from flowslot.base.log import get_log

AFTER_A_FAULT = 0.1
"""Seconds without taking any: there are no file descriptors left."""

log = get_log("server")


class SharedPort:
    """Takes what waits in the port. A loop's own server takes all of it at once: one process would have everything."""

    def __init__(self, listener: socket.socket, protocol: Callable[[], asyncio.Protocol]) -> None:
        self._listener = listener
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = True
        listener.setblocking(False)
        self._loop.add_reader(listener.fileno(), self._take)

    def close(self) -> None:
        """Takes no more; what waits is for the others."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._listener.fileno())

    def _take(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return  # another process was quicker, or the sender gave up
        except OSError as error:
            self._rest(error)
            return
        task = self._loop.create_task(self._begin(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _begin(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        try:
            await self._loop.connect_accepted_socket(self._protocol, connection)
        except OSError:
            connection.close()  # gone before it began

    def _rest(self, error: OSError) -> None:
        log.error("port.fault", error=str(error))
        self._loop.remove_reader(self._listener.fileno())
        self._loop.call_later(AFTER_A_FAULT, self._again)

    def _again(self) -> None:
        if self._open:
            self._loop.add_reader(self._listener.fileno(), self._take)
