"""The bus between processes on one PostgreSQL: LISTEN and NOTIFY (the Bus port)."""

from __future__ import annotations

import asyncio
import queue
import secrets
import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flowslot.app.bus import Callback
from flowslot.base.errors import Malformed
from flowslot.base.json_text import Json, dump, parse
from flowslot.base.log import get_log
from flowslot.storage.database import Database
from flowslot.storage.drivers import RawConnection

CHANNEL = "flowslot"
MOST_BYTES = 7_500
"""Of one notification; PostgreSQL takes less than 8,000."""
PAUSE = 0.005
"""Seconds in which messages gather: a notifying commit takes a lock that all of them share."""
AFTER_A_FAULT = 0.5
MOST_WAITING = 10_000
"""Messages that wait to be sent; those beyond are lost, and cost their receivers a look at a row."""

log = get_log("bus")

_Message = tuple[str, bytes]


class PostgresBus:
    """Two threads, each with a connection of its own: one speaks, one listens."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._me = secrets.token_hex(8)
        self._callbacks: dict[str, list[Callback]] = defaultdict(list)
        self._waiting: queue.SimpleQueue[_Message | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = threading.Event()
        self._threads: tuple[threading.Thread, ...] = ()
        self.listens = threading.Event()
        """Set while messages of others arrive."""

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._threads = (
            threading.Thread(target=self._speak, name="bus_speaker", daemon=True),
            threading.Thread(target=self._listen, name="bus_listener", daemon=True),
        )
        for thread in self._threads:
            thread.start()

    def publish(self, kind: str, about: Json) -> None:
        if self._loop is not None and not self._closing.is_set() and self._waiting.qsize() < MOST_WAITING:
            self._waiting.put((kind, dump(about)))

    def subscribe(self, kind: str, callback: Callback) -> None:
        self._callbacks[kind].append(callback)

    def close(self) -> None:
        self._closing.set()
        self._waiting.put(None)
        for thread in self._threads:
            thread.join(timeout=10)

    # ------------------------------------------------------------ speaking

    def _speak(self) -> None:
        connection: RawConnection | None = None
        last = False
        while not last:
            first = self._waiting.get()
            self._closing.wait(PAUSE)
            batch = [first, *self._others()]
            last = None in batch
            said = list(dict.fromkeys(message for message in batch if message is not None))
            try:
                connection = connection or self._database.connect()
                self._send(connection, said, bye=last)
            except Exception as error:  # noqa: BLE001  # best effort: what was to be said is lost
                log.warning("bus.lost", messages=len(said), error=str(error))
                _close(connection)
                connection = None
                self._closing.wait(AFTER_A_FAULT)
        _close(connection)

    def _others(self) -> Iterator[_Message | None]:
        while True:
            try:
                yield self._waiting.get_nowait()
            except queue.Empty:
                return

    def _send(self, connection: RawConnection, said: Sequence[_Message], *, bye: bool) -> None:
        """All messages in as few notifications as hold them. The last one wakes this process's own listener."""
        payloads = [*_payloads(self._me, said), *([f"{self._me}:"] if bye else [])]
        if payloads:
            connection.cursor().execute("SELECT pg_notify(%s, each) FROM unnest(%s::text[]) each", (CHANNEL, payloads))

    # ------------------------------------------------------------ listening

    def _listen(self) -> None:
        connection: Any = None  # Any: psycopg's connection, for its generator of notifications
        while not self._closing.is_set():
            try:
                connection = connection or self._database.connect()
                connection.execute(f"LISTEN {CHANNEL}")
                self.listens.set()
                for notification in connection.notifies():
                    self._hear(notification.payload)
                    if self._closing.is_set():
                        break
            except Exception as error:  # noqa: BLE001  # best effort: whoever waits looks at rows as well
                self.listens.clear()
                _close(connection)
                connection = None
                if not self._closing.wait(AFTER_A_FAULT):
                    log.warning("bus.deaf", error=str(error))
        _close(connection)

    def _hear(self, payload: str) -> None:
        sender, _, text = payload.partition(":")
        loop = self._loop
        if sender == self._me or loop is None or not text:
            return
        try:
            said = parse(text)
            loop.call_soon_threadsafe(self._deliver, said)
        except (Malformed, RuntimeError):
            return  # another release's words, or a loop that has ended

    def _deliver(self, said: Json) -> None:
        for kind, about in said:
            for callback in self._callbacks.get(kind, ()):
                callback(about)


def _payloads(sender: str, said: Iterable[_Message]) -> Iterator[str]:
    """`sender:[[kind, about], …]`; a message that fits into no notification is left out."""
    parts: list[bytes] = []
    size = 0
    for kind, about in said:
        part = b"[" + dump(kind) + b"," + about + b"]"
        if len(part) > MOST_BYTES:
            continue
        if size + len(part) > MOST_BYTES:
            yield f"{sender}:[{b','.join(parts).decode()}]"
            parts, size = [], 0
        parts.append(part)
        size += len(part) + 1
    if parts:
        yield f"{sender}:[{b','.join(parts).decode()}]"


def _close(connection: Any) -> None:  # Any: either kind of connection
    """Ends a connection that may be broken."""
    if connection is not None:
        try:
            connection.close()
        except Exception:  # noqa: BLE001  # nothing is to be done about it
            return
