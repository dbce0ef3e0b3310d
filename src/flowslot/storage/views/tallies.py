"""Runs counted by flow or registration and by hour, from the index alone: no run's row is read.

Counting looks at no more than `MOST` runs at a time, so that a busy account cannot make a list slow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from flowslot.storage.views.period_condition import in_period
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


def tallied(connection: Connection, whose: Whose, starts: Sequence[datetime], *, most: int | None = None) -> Tallies:
    """Runs of each owner in each period; a period ends where the next begins, and the last one goes on.

    Where there are more than `most` (unless given, `MOST`), only those are counted that are among the account's newest.
    """
    bounds = [earliest_id("run", start) for start in starts]
    ends = [*bounds[1:], _BEYOND]
    newest = _bound(connection, whose, since=bounds[0], most=most or MOST)
    periods = [
        (number, max(low, newest or low), high)
        for number, (low, high) in enumerate(zip(bounds, ends, strict=True))
        if newest is None or high > newest
    ]
    found: dict[str, dict[int, Tally]] = {}
    for owner, number, counts in connection.execute(_counting(whose, _table(periods))).all():
        if not counts.startswith("0,"):
            many, success, failed, exception, canceled = map(int, counts.split(","))
            still_open = many - success - failed - exception - canceled
            found.setdefault(owner, {})[number] = Tally(success, failed, exception, canceled, still_open)
    return Tallies(found, newest is not None)


def hours_before(moment: datetime, many: int) -> list[datetime]:
    """The starts of the hours that end at a moment."""
    return [moment - HOUR * back for back in range(many, 0, -1)]


def _bound(connection: Connection, whose: Whose, *, since: str, most: int) -> str | None:
    """From which id on runs are counted where there are too many; None where all are."""
    newest = connection.scalar(select(run.c.id).order_by(run.c.id.desc()).limit(1).offset(most - 1))
    if newest is None or newest < since:
        return None
    owners = select(whose.owners.c.id).where(whose.which)
    seen = select(literal(1)).where(whose.of.in_(owners), run.c.id >= since).limit(most + 1).subquery()
    many = connection.scalar(select(func.count()).select_from(seen)) or 0
    return newest if many > most else None


def _table(periods: Sequence[tuple[int, str, str]]) -> CTE:
    names = (column("number", Integer), column("low", Text), column("high", Text))
    return values(*names, name="period").data(list(periods)).cte("period")


def _counting(whose: Whose, period: CTE) -> AnySelect:
    ended = [func.count().filter(run.c.status == ending.value) for ending in _ENDINGS]
    counted = (
        select(func.concat_ws(",", func.count(), *ended))
        .where(in_period(whose.of, run.c.id, whose.owners.c.id, period.c.low, period.c.high))
        .where(run.c.test == false(), *whose.only)
        .correlate(whose.owners, period)
        .scalar_subquery()
    )
    owners = whose.owners.join(period, true())
    return select(whose.owners.c.id, period.c.number, counted.label("counts")).select_from(owners).where(whose.which)


def by_workspace(
    connection: Connection, flow_id: str, *, statuses: Iterable[RunStatus], since: datetime
) -> Mapping[str, int]:
    """How many runs of a flow stand so in each workspace; of its newest `MOST`."""
    recent = (
        select(run.c.workspace_id, run.c.status)
        .where(run.c.flow_id == flow_id, run.c.id >= earliest_id("run", since), run.c.test == false())
        .order_by(run.c.id.desc())
        .limit(MOST)
        .subquery()
    )
    query = select(recent.c.workspace_id, func.count()).group_by(recent.c.workspace_id)
    stands_so = recent.c.status.in_([status.value for status in statuses])
    return {row[0]: row[1] for row in connection.execute(query.where(stands_so)).all()}
