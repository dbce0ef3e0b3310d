"""Ids: a type for each noun, and how new ones are made (time-ordered, so that new rows stand together)."""

from __future__ import annotations

import os
import secrets
import threading
import time
from datetime import datetime
from typing import NewType, Protocol

WorkspaceId = NewType("WorkspaceId", str)
FlowId = NewType("FlowId", str)
RegistrationId = NewType("RegistrationId", str)
ConnectionId = NewType("ConnectionId", str)
RunId = NewType("RunId", str)
PromotionId = NewType("PromotionId", str)
UserId = NewType("UserId", str)
TokenId = NewType("TokenId", str)
SessionId = NewType("SessionId", str)

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


def _base32(number: int, *, length: int) -> str:
    out = []
    for _ in range(length):
        out.append(_DIGITS[number & 31])
        number >>= 5
    return "".join(reversed(out))


def earliest_id(prefix: str, moment: datetime) -> str:
    """The lowest id that could have been made at a moment: every id made since is at least as high."""
    return f"{prefix}_{_base32(int(moment.timestamp() * 1000) << 80, length=26)}"


_IN_PYTHON = str.maketrans(_DIGITS, "0123456789abcdefghijklmnopqrstuv")


def seconds_of(id: str) -> float | None:  # noqa: A002  # it is one
    """When an id was made, in seconds since 1970; None for one that tells no time."""
    digits = id.rpartition("_")[2]
    if len(digits) != 26:
        return None
    try:
        return int(digits[:10].translate(_IN_PYTHON), 32) / 1000
    except ValueError:
        return None


class Ids(Protocol):
    """Makes ids; passed in, so that tests can make them predictable."""

    def new(self, prefix: str) -> str:
        """A new id `<prefix>_<26 characters>`, later ids sort after earlier ones of this process."""
        ...

    def secret(self) -> str:
        """160 random bits in 32 characters, for addresses and tokens."""
        ...


class TimeOrderedIds:
    """48 bits of milliseconds, then 80 bits that begin random and count up within one millisecond (as ULID does)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self._tail = 0

    def new(self, prefix: str) -> str:
        with self._lock:
            now = time.time_ns() // 1_000_000
            if now > self._last:
                self._last, self._tail = now, int.from_bytes(os.urandom(10)) >> 1
            else:
                self._tail += 1
            number = (self._last << 80) | self._tail
        return f"{prefix}_{_base32(number, length=26)}"

    def secret(self) -> str:
        return _base32(secrets.randbits(160), length=32)
