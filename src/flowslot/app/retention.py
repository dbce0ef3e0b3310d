"""How long runs and their payloads are kept: the limits, as the settings and the time give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from flowslot.base.settings import Settings

SETTLED = timedelta(hours=1)
"""Nothing is touched of a run that ended less long ago: somebody may be waiting for it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be removed at a moment. None: nothing for its age.

    Whatever the limits say, nothing is removed of a run that is open, that was called by an open run, or that called
    one that is still open; and nothing of versions, promotions and the audit log.
    """

    now: datetime
    payloads_before: datetime | None
    """Payloads of runs that ended before."""
    runs_before: datetime | None
    """Runs that ended before."""
    most_runs: int
    """Of each registration; 0 for any number."""
    ids_since: datetime
    """Runs accepted since, under an id of the sender's, stay: the id must be known when it comes again."""

    @property
    def settled_before(self) -> datetime:
        """When a run must have ended to be removed for their number."""
        return self.now - SETTLED


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed."""

    payloads: int = 0
    runs: int = 0
    answers: int = 0

    def __add__(self, other: Removed) -> Removed:
        return Removed(self.payloads + other.payloads, self.runs + other.runs, self.answers + other.answers)


@dataclass(frozen=True, slots=True)
class Removable:
    """What the next pass would remove, each counted up to `MOST_COUNTED`."""

    payloads: int
    runs: int


MOST_COUNTED = 100_000


class Retention(Protocol):
    """Removes what the limits let go. Blocking."""

    def steps(self, limits: Limits) -> Iterator[Removed]:
        """One short transaction after the other, until nothing is left to remove; may be left at any of them."""
        ...

    def removable(self, limits: Limits) -> Removable:
        """Counts, and removes nothing."""
        ...


class Keeper(Protocol):
    """What removes old runs in a server, for those who do not want to wait for it. Blocking."""

    def removable(self) -> Removable: ...

    def remove(self, *, seconds: float) -> tuple[Removed, bool]:
        """Removes for at most so long; what, and whether more is left."""
        ...

    def look_now(self) -> None:
        """Has the server look at once whether its quarantine has ended. Does not block."""
        ...


def limits_of(settings: Settings, now: datetime) -> Limits:
    """The limits that the settings give at a moment."""
    return Limits(
        now=now,
        payloads_before=_days_before(now, settings.keep_payloads),
        runs_before=_days_before(now, settings.keep_runs),
        most_runs=settings.most_runs,
        ids_since=now - timedelta(days=settings.keep_ids),
    )


def _days_before(now: datetime, days: int) -> datetime | None:
    return now - max(timedelta(days=days), SETTLED) if days else None
