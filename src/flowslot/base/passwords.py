"""Passwords at rest: Argon2id, only a few worked on at once, since each takes 64 MB of memory for a moment."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from flowslot.base.errors import TooMany

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 10
LONGEST = 200
AT_ONCE = 2
"""Passwords worked on at the same time."""
WAITING = 6
"""Callers that may wait for their turn; more would take all threads of the API."""


class Passwords:
    """Hashes passwords and checks them; blocking. One for a process."""

    def __init__(self) -> None:
        self._turn = threading.BoundedSemaphore(AT_ONCE)
        self._places = threading.BoundedSemaphore(AT_ONCE + WAITING)

    def hash(self, password: str) -> str:
        """What is kept of a password. Raises TooMany while too many wait."""
        with self._worked_on():
            return self._hasher.hash(password)

    def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether it is the password of a hash. Takes as long where there is none. Raises TooMany."""
        from argon2.exceptions import VerificationError

        with self._worked_on():
            try:
                self._hasher.verify(password_hash or self._nobodys, password)
            except VerificationError:
                return False
        return password_hash is not None

    @contextmanager
    def _worked_on(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise TooMany("Too many people sign in at once.", extra={"retry_after": 1})
        try:
            with self._turn:
                self._nobodys  # noqa: B018  # made before the first check, or that one would take longer
                yield
        finally:
            self._places.release()

    @cached_property
    def _hasher(self) -> PasswordHasher:
        from argon2 import PasswordHasher, profiles

        return PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)

    @cached_property
    def _nobodys(self) -> str:
        """A hash of a password that nobody knows."""
        return self._hasher.hash(secrets.token_urlsafe())
