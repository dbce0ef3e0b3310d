"""Idempotency-Key: the same request asked again gets the first answer, and is carried out once."""

from __future__ import annotations

import hashlib
from asyncio import Lock
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from flowslot.base.canonical import content_hash
from flowslot.base.errors import FlowslotError, IdempotencyKeyReused, Malformed
from flowslot.base.json_text import Json

MAX_KEY = 200
_NOT_KEPT = frozenset({401, 403, 429})


def key_of(given: Sequence[str], *, method: str, path: str) -> str | None:
    """The key an answer is remembered under: the caller's own key, for this method and path. Raises Malformed."""
    if not given:
        return None
    key = given[0]
    if len(given) > 1 or not 0 < len(key) <= MAX_KEY or not (key.isascii() and key.isprintable()):
        raise Malformed(f"Idempotency-Key is one text of 1 to {MAX_KEY} printable ASCII characters.")
    return hashlib.sha256("\0".join((method, path, key)).encode()).hexdigest()


def hash_of_request(query: Sequence[tuple[str, str]], body: Json) -> str:
    """Equal for requests that ask for the same. A password has no part in it: a quick hash of it would be stored."""
    told = {key: value for key, value in body.items() if key != "password"} if isinstance(body, dict) else body
    return content_hash([sorted(query), told])


def is_kept(error: FlowslotError) -> bool:
    """Whether a refusal is remembered: not one that signing in, another role or waiting may change."""
    return error.status < 500 and error.status not in _NOT_KEPT


def refuse_other_request(first: str, now: str) -> None:
    """Raises IdempotencyKeyReused unless both are the same request."""
    if first != now:
        raise IdempotencyKeyReused


class Turns:
    """Lets the requests with one key in one after the other."""

    def __init__(self) -> None:
        self._locks: dict[tuple[str, str], tuple[Lock, int]] = {}

    @asynccontextmanager
    async def turn(self, caller: str, key: str) -> AsyncIterator[None]:
        lock, waiting = self._locks.get((caller, key), (Lock(), 0))
        self._locks[caller, key] = lock, waiting + 1
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._locks.pop((caller, key))
            if waiting > 1:
                self._locks[caller, key] = lock, waiting - 1
