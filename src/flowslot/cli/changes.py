"""What the server says has changed, read from its event stream in a thread, so that many are taken at once."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from flowslot.base.json_text import Json, parse
from flowslot.cli.client import Client
from flowslot.cli.refusals import NotReached, Refused

TOGETHER = 0.1
"""Seconds within which changes are taken together."""
_OPENED: Mapping[str, Json] = {}
"""Stands in the queue for the stream's first line."""


class Lost(Exception):
    """The stream has ended; the server may still be there."""


class Changes:
    """The events of runs, from one connection."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._told: queue.SimpleQueue[Mapping[str, Json] | Exception] = queue.SimpleQueue()
        self._closed = False

    def __enter__(self) -> Self:
        threading.Thread(target=self._read, name="changes", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True

    def opened(self) -> None:
        """Waits until the server sends. Raises NotReached, Refused, Lost."""
        self._next()

    def some(self) -> list[Mapping[str, Json]]:
        """The next events of runs, at least one. Raises NotReached, Refused, Lost."""
        found = [self._next()]
        until = time.monotonic() + TOGETHER
        while (left := until - time.monotonic()) > 0:
            try:
                each = self._told.get(timeout=left)
            except queue.Empty:
                break
            if isinstance(each, Exception):
                self._told.put(each)
                break
            found.append(each)
        return [each for each in found if each is not _OPENED]

    def _next(self) -> Mapping[str, Json]:
        told = self._told.get()
        if isinstance(told, Exception):
            raise told
        return told

    def _read(self) -> None:
        try:
            for number, line in enumerate(self._client.lines("events")):
                if self._closed:
                    return
                if not number:
                    self._told.put(_OPENED)
                event = parse(line.removeprefix("data:")) if line.startswith("data:") else None
                if event is not None and _concerns_a_run(event):
                    self._told.put(event)
            self._told.put(Lost("The server has ended the stream."))
        except (NotReached, Refused) as error:
            self._told.put(error)
        except Exception as error:  # noqa: BLE001  # a thread's edge: told to the one who waits
            self._told.put(Lost(f"The stream broke ({type(error).__name__})."))


def _concerns_a_run(event: Mapping[str, Json]) -> bool:
    """Whether an event says where a run stands; not that it is at another step."""
    action = str(event["action"])
    return action.startswith("run.") and action != "run.step"
