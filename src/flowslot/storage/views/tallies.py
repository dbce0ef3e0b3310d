"""Runs counted by flow or registration and by hour, from the index alone: no run's row is read.

Counting looks at no more than `MOST` runs at a time, so that a busy account cannot make a list slow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Table,
    column,
    false,
    func,
    literal,
    select,
    true,
    values,
)

from flowslot.base.ids import earliest_id
from flowslot.domain.runs import RunStatus
from flowslot.storage.tables import Text, flow, registration, run
from flowslot.storage.views.rows import AnySelect

MOST = 50_000
HOUR = timedelta(hours=1)

_ENDINGS = (RunStatus.SUCCESS, RunStatus.FAILED, RunStatus.EXCEPTION, RunStatus.CANCELED)
_BEYOND = "run_~"
"""Higher than the id of any run."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many runs stand how."""

    success: int = 0
    failed: int = 0
    exception: int = 0
    canceled: int = 0
    open: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.success + other.success,
            self.failed + other.failed,
            self.exception + other.exception,
            self.canceled + other.canceled,
            self.open + other.open,
        )


NOTHING = Tally()


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose runs are counted: those of `owners` (flows or registrations) by their id in `of`, a column of `run`."""

    owners: Table
    of: ColumnElement[str]
    which: ColumnElement[bool]
    only: Sequence[ColumnElement[bool]] = ()
    """Conditions on `run`, on columns that the index has."""


@dataclass(frozen=True, slots=True)
class Tallies:
    """Counts by owner and by the number of the period; what is not there is nothing."""

    counts: Mapping[str, Mapping[int, Tally]] = field(default_factory=dict)
    bounded: bool = False

    def of(self, owner: str) -> Tally:
        return sum(self.counts.get(owner, {}).values(), NOTHING)

    def by_period(self, owner: str, *, many: int) -> list[Tally]:
        found = self.counts.get(owner, {})
        return [found.get(number, NOTHING) for number in range(many)]


def of_flows(which: ColumnElement[bool], only: Sequence[ColumnElement[bool]] = ()) -> Whose:
    return Whose(flow, run.c.flow_id, which, only)


def of_registrations(which: ColumnElement[bool]) -> Whose:
    return Whose(registration, run.c.registration_id, which)


def tallied(connection: Connection, whose: Whose, starts: Sequence[datetime], *, most: int = MOST) -> Tallies:
    """Runs of each owner in each period; a period ends where the next begins, and the last one goes on.

    Where there are more than `most`, only those are counted that are among the newest of the account.
    """
    bounds = [earliest_id("run", start) for start in starts]
    ends = [*bounds[1:], _BEYOND]
    newest = _bound(connection, whose, since=bounds[0], most=most)
    periods = [
        (number, max(low, newest or low), high)
        for number, (low, high) in enumerate(zip(bounds, ends, strict=True))
        if newest is None or high > newest
    ]
    found: dict[str, dict[int, Tally]] = {}
    for row in connection.execute(_counting(whose, _table(periods))):
        if row.counts != "0,0,0,0,0":
            success, failed, exception, canceled, open_ = map(int, row.counts.split(","))
            found.setdefault(row.id, {})[row.number] = Tally(success, failed, exception, canceled, open_)
    return Tallies(found, newest is not None)


def hours_before(moment: datetime, many: int) -> list[datetime]:
    """The starts of the hours that end at a moment."""
    return [moment - HOUR * back for back in range(many, 0, -1)]


def _bound(connection: Connection, whose: Whose, *, since: str, most: int) -> str | None:
    """From which id on runs are counted where there are too many; None where all are."""
    owners = select(whose.owners.c.id).where(whose.which)
    seen = select(literal(1)).where(whose.of.in_(owners), run.c.id >= since).limit(most + 1).subquery()
    if (connection.scalar(select(func.count()).select_from(seen)) or 0) <= most:
        return None
    return connection.scalar(select(run.c.id).order_by(run.c.id.desc()).limit(1).offset(most - 1))


def _table(periods: Sequence[tuple[int, str, str]]) -> CTE:
    names = (column("number", Integer), column("low", Text), column("high", Text))
    return values(*names, name="period").data(list(periods)).cte("period")


def _counting(whose: Whose, period: CTE) -> AnySelect:
    ended = [func.count().filter(run.c.status == ending.value) for ending in _ENDINGS]
    is_open = func.count().filter(run.c.status.not_in([ending.value for ending in _ENDINGS]))
    counted = (
        select(func.concat_ws(",", *ended, is_open))
        .where(whose.of == whose.owners.c.id, run.c.id >= period.c.low, run.c.id < period.c.high)
        .where(run.c.test == false(), *whose.only)
        .correlate(whose.owners, period)
        .scalar_subquery()
    )
    owners = whose.owners.join(period, true())
    return select(whose.owners.c.id, period.c.number, counted.label("counts")).select_from(owners).where(whose.which)
