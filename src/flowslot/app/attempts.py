"""How often somebody may try to sign in: counted in memory, by name and by address, and forgotten after a minute."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from flowslot.base.errors import TooMany, Unauthenticated

WINDOW = timedelta(minutes=1)
OF_A_NAME = 10
"""Failed tries with one name in a minute."""
OF_AN_ADDRESS = 30
"""Failed tries from one address in a minute: more, because many people may be behind a proxy."""
MOST_KEPT = 10_000
"""Names and addresses remembered; beyond that the oldest are forgotten, so that nobody can fill the memory."""


class Attempts:
    """The failed tries of the last minute. One for a process, used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed: dict[tuple[str, str], list[datetime]] = {}

    @contextmanager
    def one(self, *, name: str | None, address: str, now: datetime) -> Iterator[None]:
        """One try, which counts as failed from its beginning, so that many at once are no way around the limit.

        Raises TooMany beyond the limits. It is taken back unless the block raises Unauthenticated.
        """
        keys = [(("address", address), OF_AN_ADDRESS)]
        if name is not None:
            keys.append((("name", hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()), OF_A_NAME))
        self._begin(keys, now)
        failed = False
        try:
            yield
        except Unauthenticated:
            failed = True
            raise
        finally:
            if not failed:
                self._take_back([key for key, _ in keys], now)

    def _begin(self, keys: list[tuple[tuple[str, str], int]], now: datetime) -> None:
        with self._lock:
            for key, limit in keys:
                recent = [each for each in self._failed.get(key, ()) if now - each < WINDOW]
                if len(recent) >= limit:
                    wait = max(1, round((WINDOW - (now - recent[0])).total_seconds()))
                    text = f"Too many failed tries to sign in; try again in {wait} s."
                    raise TooMany(text, extra={"retry_after": wait})
            for key, _ in keys:
                recent = [each for each in self._failed.pop(key, ()) if now - each < WINDOW]
                self._failed[key] = [*recent, now]  # put last: the first are the oldest
            while len(self._failed) > MOST_KEPT:
                del self._failed[next(iter(self._failed))]

    def _take_back(self, keys: list[tuple[str, str]], now: datetime) -> None:
        with self._lock:
            for key in keys:
                tries = self._failed.get(key, [])
                if now in tries:
                    tries.remove(now)
                if not tries:
                    self._failed.pop(key, None)
