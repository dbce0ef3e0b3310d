"""Lines of things that wait for a thread, which takes many of them in one go."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")


def waiting_in(line: queue.SimpleQueue[T | None], *, most: int) -> Iterator[T]:
    """What waits in a line now. None, the sign to end, is put back for the thread to find next."""
    for _ in range(most):
        try:
            found = line.get_nowait()
        except queue.Empty:
            return
        if found is None:
            line.put(None)
            return
        yield found
