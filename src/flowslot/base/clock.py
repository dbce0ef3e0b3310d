"""The clock, passed in wherever time matters, and times as text (RFC 3339, UTC, microseconds)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Says what time it is, in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


_OFFSET = len("+00:00")


def time_text(moment: datetime) -> str:
    """RFC 3339 with microseconds and `Z`; texts sort as the times do."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="microseconds")[:-_OFFSET] + "Z"


def time_from(text: str) -> datetime:
    """The moment an RFC 3339 text names; ValueError when it names none or has no zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs a zone, for example 2026-01-31T12:00:00Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("this time is before the year 1 or after the year 9999 in UTC") from None
