"""The bus between the processes of one machine: an inbox for each, which its supervisor keeps open (the Bus port)."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Iterable

from flowslot.app.bus import Callback
from flowslot.base.errors import Malformed
from flowslot.base.json_text import Json, dump, parse
from flowslot.base.log import get_log

MOST_BYTES = 100_000
"""Of one message."""
MOST_WAITING = 10_000
"""Messages that wait for room in an inbox; the oldest beyond are lost, and cost their receiver a look at a row."""

log = get_log("bus")


class ProcessBus:
    """Messages are datagrams: whole, or lost."""

    def __init__(self, own: socket.socket, others: Iterable[socket.socket]) -> None:
        self._own = own
        self._letters = [_Letters(other) for other in others]
        self._callbacks: dict[str, list[Callback]] = defaultdict(list)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._thread = loop, threading.get_ident()
        self._own.setblocking(False)
        loop.add_reader(self._own.fileno(), self._read)

    def subscribe(self, kind: str, callback: Callback) -> None:
        self._callbacks[kind].append(callback)

    def publish(self, kind: str, about: Json) -> None:
        loop, message = self._loop, dump([kind, about])
        if loop is None or len(message) > MOST_BYTES:
            return
        if threading.get_ident() == self._thread:
            self._send(message)
            return
        try:
            loop.call_soon_threadsafe(self._send, message)
        except RuntimeError:
            return  # the loop is closed: this process is ending

    def close(self) -> None:
        """Called on the loop's thread, or once the loop has ended."""
        loop, self._loop = self._loop, None
        if loop is not None and not loop.is_closed():
            loop.remove_reader(self._own.fileno())
            for letters in self._letters:
                letters.stop(loop)

    def _send(self, message: bytes) -> None:
        if self._loop is not None:
            for letters in self._letters:
                letters.send(message, self._loop)

    def _read(self) -> None:
        try:
            message = self._own.recv(MOST_BYTES)
            kind, about = parse(message)
        except (OSError, Malformed, ValueError):
            return  # nothing there after all, or the words of another release
        for callback in self._callbacks.get(kind, ()):
            callback(about)


class _Letters:
    """What is to go into one inbox."""

    def __init__(self, other: socket.socket) -> None:
        other.setblocking(False)
        self._other = other
        self._waiting: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._watched = False

    def send(self, message: bytes, loop: asyncio.AbstractEventLoop) -> None:
        self._waiting.append(message)
        if not self._watched:
            self._flush(loop)

    def stop(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._watched:
            self._watched = False
            loop.remove_writer(self._other.fileno())

    def _flush(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            try:
                self._other.send(self._waiting[0])
            except BlockingIOError:
                self._wait(loop)
                return
            except OSError as error:  # best effort: it could not be delivered
                log.warning("bus.lost", error=str(error))
            self._waiting.popleft()
        self.stop(loop)

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._watched:
            self._watched = True
            loop.add_writer(self._other.fileno(), self._flush, loop)
