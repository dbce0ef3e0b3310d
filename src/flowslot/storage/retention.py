"""Removing what is old, in short transactions: payloads of ended runs, then the runs, and forgotten answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, false, func, or_, select, tuple_, update

from flowslot.app.retention import MOST_COUNTED, Limits, Removable, Removed
from flowslot.base.clock import time_text
from flowslot.base.ids import earliest_id
from flowslot.base.json_text import dump, stored
from flowslot.storage.answers import REMEMBERED
from flowslot.storage.database import Database
from flowslot.storage.dialect import insert
from flowslot.storage.pace import Pace
from flowslot.storage.removable import called_or_calling, crowded_registrations, free, may_go, surplus_before
from flowslot.storage.tables import answer, fact, journal, pruning, run

LOOKED_AT = 500
"""Runs read at a time."""
SLACK = timedelta(hours=1)
"""How far the time in a run's id may be from the time it was queued at."""
_PASSED = "payloads_removed_to"
"""Fact: the id up to which runs have been passed; those left behind are in the table `pruning`."""
_NOTHING = b"null"


@dataclass(frozen=True, slots=True)
class _Found:
    """A run that was looked at."""

    id: str
    goes: bool
    outcome: bytes | None
    removed: bool
    """Whether its payload is gone already."""
    size: int
    entries: int
    """What its journal weighs."""
    budget: int

    @property
    def is_large(self) -> bool:
        """Its journal does not fit into one transaction: it is cut down piece by piece."""
        return self.entries > self.budget

    @property
    def weight(self) -> int:
        if not self.goes:
            return 1
        return 1 + self.size // 4096 + (0 if self.is_large else self.entries)


class SqlRetention:
    """The Retention port. Every step can be the last: what is left is found by the next pass."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._pace = Pace(database)

    def steps(self, limits: Limits) -> Iterator[Removed]:
        if limits.payloads_before is not None:
            yield from self._payloads(limits)
        if limits.runs_before is not None:
            before = earliest_id("run", limits.runs_before + SLACK)
            yield from self._runs(and_(run.c.id < before, may_go(limits, limits.runs_before)), limits)
        if limits.most_runs:
            yield from self._surplus(limits)
        yield from self._left_behind(limits)
        yield from self._answers(limits)

    def removable(self, limits: Limits) -> Removable:
        with self._database.read() as connection:
            return Removable(self._count_payloads(connection, limits), self._count_runs(connection, limits))

    # ------------------------------------------------------------ payloads

    def _payloads(self, limits: Limits) -> Iterator[Removed]:
        """Walks through the runs by id, each once; those that cannot go yet are noted and left behind."""
        assert limits.payloads_before is not None
        before = earliest_id("run", limits.payloads_before + SLACK)
        goes = free(limits.payloads_before)
        while True:
            with self._database.read() as connection:
                here = and_(run.c.id > _passed(connection), run.c.id < before, run.c.payload_removed_at.is_(None))
                found = self._look(connection, here, goes)
            for batch in self._pace.batches(found):
                with self._pace.transaction() as connection:
                    removed = _remove_payloads(connection, batch, limits)
                    _leave_behind(connection, [each.id for each in batch if each.is_large or not each.goes])
                    _pass_by(connection, batch[-1].id)
                yield Removed(payloads=removed)
            if len(found) < LOOKED_AT:
                return

    def _left_behind(self, limits: Limits) -> Iterator[Removed]:
        """Looks again at the runs that were left behind, and cuts down the journals of large ones."""
        after = ""
        goes = false() if limits.payloads_before is None else free(limits.payloads_before)
        while True:
            with self._database.read() as connection:
                ids = select(pruning.c.run_id).where(pruning.c.run_id > after).order_by(pruning.c.run_id)
                many = list(connection.execute(ids.limit(LOOKED_AT)).scalars())
                found = self._look(connection, run.c.id.in_(many), goes)
            whole = {each.id for each in found if not each.removed}
            yield from self._remove_left([each for each in found if each.goes and not each.removed], limits)
            for which in many:
                if which not in whole:
                    yield from self._cut(which)
            if len(many) < LOOKED_AT:
                return
            after = many[-1]

    def _remove_left(self, found: Sequence[_Found], limits: Limits) -> Iterator[Removed]:
        for batch in self._pace.batches(found):
            with self._pace.transaction() as connection:
                removed = _remove_payloads(connection, batch, limits)
                _forget(connection, [each.id for each in batch if not each.is_large])
            yield Removed(payloads=removed)
        for each in found:
            if each.is_large:
                yield from self._cut(each.id)

    def _cut(self, which: str) -> Iterator[Removed]:
        """Removes the journal of a run whose payload is gone, piece by piece."""
        while True:
            piece = self._pace.budget
            with self._pace.transaction() as connection:
                some = select(journal.c.seq).where(journal.c.run_id == which).limit(piece)
                gone = connection.execute(delete(journal).where(journal.c.seq.in_(some))).rowcount
                if gone < piece:
                    _forget(connection, [which])
            yield Removed()
            if gone < piece:
                return

    # ------------------------------------------------------------ runs

    def _runs(self, which: ColumnElement[bool], limits: Limits) -> Iterator[Removed]:
        """Removes runs with all that is left of them. Large ones lose their payload now and go with the next pass."""
        after = ""
        while True:
            with self._database.read() as connection:
                found = self._look(connection, and_(run.c.id > after, which), which)
            for batch in self._pace.batches(found):
                large = [each for each in batch if each.is_large]
                small = [each.id for each in batch if not each.is_large]
                with self._pace.transaction() as connection:
                    payloads = _remove_payloads(connection, [each for each in large if not each.removed], limits)
                    _leave_behind(connection, [each.id for each in large])
                    runs = _remove_runs(connection, small)
                yield Removed(payloads=payloads, runs=runs)
            if len(found) < LOOKED_AT:
                return
            after = found[-1].id

    def _surplus(self, limits: Limits) -> Iterator[Removed]:
        """Removes the oldest runs of each registration that has too many."""
        with self._database.read() as connection:
            crowded = crowded_registrations(connection, most=limits.most_runs)
        for which in crowded:
            with self._database.read() as connection:
                newest = surplus_before(connection, which, most=limits.most_runs)
            if newest is not None:
                yield from self._runs(_too_many(which, newest, limits), limits)

    # ------------------------------------------------------------ the rest

    def _answers(self, limits: Limits) -> Iterator[Removed]:
        old = select(answer.c.caller, answer.c.key).where(answer.c.at < time_text(limits.now - REMEMBERED))
        while True:
            piece = self._pace.budget
            with self._pace.transaction() as connection:
                some = tuple_(answer.c.caller, answer.c.key).in_(old.limit(piece))
                gone = connection.execute(delete(answer).where(some)).rowcount
            yield Removed(answers=gone)
            if gone < piece:
                return

    def _look(self, connection: Connection, where: ColumnElement[bool], goes: ColumnElement[bool]) -> Sequence[_Found]:
        size = func.length(run.c.input) + func.coalesce(func.length(run.c.steps), 0)
        weight = func.coalesce(func.sum(1 + func.length(journal.c.body) / 4096), 0)
        entries = select(weight).where(journal.c.run_id == run.c.id).scalar_subquery()
        columns: tuple[Any, ...] = (run.c.id, goes, run.c.outcome, run.c.payload_removed_at.is_not(None), size, entries)
        rows = connection.execute(select(*columns).where(where).order_by(run.c.id).limit(LOOKED_AT))
        return [
            _Found(which, bool(free_now), outcome, bool(removed), bytes_, int(weighs), self._pace.budget)
            for which, free_now, outcome, removed, bytes_, weighs in rows
        ]

    def _count_payloads(self, connection: Connection, limits: Limits) -> int:
        if limits.payloads_before is None:
            return 0
        before = earliest_id("run", limits.payloads_before + SLACK)
        ahead = and_(run.c.id > _passed(connection), run.c.id < before)
        here = or_(ahead, run.c.id.in_(select(pruning.c.run_id)))
        return _count(connection, and_(here, run.c.payload_removed_at.is_(None), free(limits.payloads_before)))

    def _count_runs(self, connection: Connection, limits: Limits) -> int:
        old: ColumnElement[bool] = false()
        if limits.runs_before is not None:
            before = earliest_id("run", limits.runs_before + SLACK)
            old = and_(run.c.id < before, may_go(limits, limits.runs_before))
        count = _count(connection, old)
        for which in crowded_registrations(connection, most=limits.most_runs) if limits.most_runs else ():
            newest = surplus_before(connection, which, most=limits.most_runs)
            if newest is not None:
                count += _count(connection, and_(_too_many(which, newest, limits), ~old))
        return min(count, MOST_COUNTED)


_empty = (
    update(run)
    .where(run.c.id == bindparam("which"), run.c.ended_at.is_not(None))
    .values(input=_NOTHING, steps=None, outcome=bindparam("said"))
)


def _too_many(which: str, newest: str, limits: Limits) -> ColumnElement[bool]:
    return and_(run.c.registration_id == which, run.c.id <= newest, may_go(limits, limits.settled_before))


def _count(connection: Connection, which: ColumnElement[bool]) -> int:
    some = select(run.c.id).where(which).limit(MOST_COUNTED).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def _remove_payloads(connection: Connection, batch: Sequence[_Found], limits: Limits) -> int:
    """Empties those that can go, and says so in their rows; the journal goes with it unless it is large."""
    going = [each for each in batch if each.goes]
    if going:
        given = [{"which": each.id, "said": _without_details(each.outcome)} for each in going]
        connection.execute(_empty.values(payload_removed_at=time_text(limits.now)), given)
    small = [each.id for each in going if not each.is_large]
    if small:
        connection.execute(delete(journal).where(journal.c.run_id.in_(small)))
    return len(going)


def _remove_runs(connection: Connection, ids: Sequence[str]) -> int:
    if not ids:
        return 0
    connection.execute(delete(journal).where(journal.c.run_id.in_(ids)))
    _forget(connection, ids)
    still = and_(run.c.id.in_(ids), run.c.ended_at.is_not(None), ~called_or_calling())
    return connection.execute(delete(run).where(still)).rowcount


def _without_details(outcome: bytes | None) -> bytes | None:
    return None if outcome is None else dump(stored(bytes(outcome)) | {"details": None})


def _passed(connection: Connection) -> str:
    return connection.execute(select(fact.c.value).where(fact.c.name == _PASSED)).scalar() or ""


def _pass_by(connection: Connection, which: str) -> None:
    row = insert(connection.dialect.name, fact).values(name=_PASSED, value=which)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": which}))


def _leave_behind(connection: Connection, ids: Sequence[str]) -> None:
    if ids:
        rows = [{"run_id": each} for each in ids]
        connection.execute(insert(connection.dialect.name, pruning).on_conflict_do_nothing(), rows)


def _forget(connection: Connection, ids: Sequence[str]) -> None:
    if ids:
        connection.execute(delete(pruning).where(pruning.c.run_id.in_(ids)))
