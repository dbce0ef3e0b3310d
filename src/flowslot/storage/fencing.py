"""Claims: a process takes a run, and from then on only its writes about that run count, until another claims it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, Integer, LargeBinary, bindparam, func, insert, literal_column, null, or_, select, update

from flowslot.app.journal import Ending, Entry, Loaded, Wait
from flowslot.base.clock import time_text
from flowslot.base.errors import FlowslotError, OwnershipLost
from flowslot.base.ids import RunId
from flowslot.domain.runs import RunStatus, StepRecord
from flowslot.storage.dialect import Backend
from flowslot.storage.drivers import RawCursor
from flowslot.storage.loading import Loading
from flowslot.storage.parking import Park, Parking
from flowslot.storage.recording import End, Recording
from flowslot.storage.statements import Given, Statement
from flowslot.storage.tables import Text, journal, run


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that this process is to work on; `from_anyone`: also when another process works on it."""

    run: RunId
    from_anyone: bool


@dataclass(frozen=True, slots=True)
class Fenced:
    """A write that counts only under the claim of this number."""

    fence: int
    given: Given
    end: End | None = None
    park: Park | None = None


class Fencing:
    """The statements of processes that claim their runs. A write about a run that is not theirs is OwnershipLost."""

    def __init__(
        self, backend: Backend, *, owner: str | None, loading: Loading, recording: Recording, parking: Parking
    ) -> None:
        self._owner = owner
        self._loading = loading
        self._recording = recording
        self._parking = parking
        self._claim = Statement(backend, _claim)
        self._started = Statement(backend, _started)
        self._entry = Statement(backend, _entry)
        self._lock = Statement(backend, _lock)
        self._release = Statement(backend, _release)
        self._end = Statement(backend, _end)

    def claim(self, cursor: RawCursor, many: Sequence[Claim]) -> list[Loaded | FlowslotError | None]:
        """Takes each run that is queued or running; None for the others, and for one that is asked for twice."""
        asked = [
            {"run": each.run, "me": self._owner, "anyone": each.from_anyone}
            for each in sorted(many, key=lambda claim: claim.run)  # in one order, so that claims wait for each other
        ]
        taken = [RunId(rows[0][0]) for rows in self._claim.each(cursor, asked) if rows]
        runs = list(dict.fromkeys(taken))
        loaded: dict[RunId, Loaded | FlowslotError] = dict(zip(runs, self._loading.load(cursor, runs), strict=True))
        return [loaded.pop(each.run, None) for each in many]

    def prepare_started(self, asked: tuple[int, RunId, datetime]) -> Fenced:
        fence, which, at = asked
        return Fenced(fence, {"run": which, "at": time_text(at)})

    def prepare_entry(self, asked: tuple[int, Entry]) -> Fenced:
        return Fenced(asked[0], self._recording.prepare_entry(asked[1]))

    def prepare_park(self, asked: tuple[int, RunId, Wait, Sequence[StepRecord]]) -> Fenced:
        park = self._parking.prepare_park(asked[1:])
        return Fenced(asked[0], {"run": park.run}, park=park)

    def prepare_end(self, asked: tuple[int, Ending]) -> Fenced:
        end = self._recording.prepare_end(asked[1])
        return Fenced(asked[0], end.given, end=end)

    def started(self, cursor: RawCursor, many: Sequence[Fenced]) -> list[FlowslotError | None]:
        return [None if rows else OwnershipLost() for rows in self._started.each(cursor, self._given(many))]

    def record(self, cursor: RawCursor, many: Sequence[Fenced]) -> list[FlowslotError | None]:
        return [None if rows else OwnershipLost() for rows in self._entry.each(cursor, self._given(many))]

    def park(self, cursor: RawCursor, many: Sequence[Fenced]) -> list[bool | FlowslotError]:
        """Suspends each, and lets go of it, unless what it waits for has come."""
        return [self._park(cursor, each) for each in many]

    def end(self, cursor: RawCursor, many: Sequence[Fenced]) -> list[RunId | FlowslotError | None]:
        """Ends each; the parent of each that is due by it."""
        ended = self._end.each(cursor, self._given(many))
        return [
            self._recording.told(cursor, each.end, rows[0]) if rows and each.end is not None else OwnershipLost()
            for each, rows in zip(many, ended, strict=True)
        ]

    def _park(self, cursor: RawCursor, each: Fenced) -> bool | FlowslotError:
        (given,) = self._given([each])
        if each.park is None or not self._lock.rows(cursor, given):
            return OwnershipLost()
        (parked,) = self._parking.park(cursor, [each.park])
        if parked:
            self._release.change(cursor, given)
        return parked

    def _given(self, many: Sequence[Fenced]) -> list[Given]:
        return [{**each.given, "me": self._owner, "fence": each.fence} for each in many]


_this_run = run.c.id == bindparam("run", type_=Text)
_my_name = bindparam("me", type_=Text)
_under_claim = (
    _this_run,
    run.c.owner == _my_name,
    run.c.fence == bindparam("fence", type_=Integer),
    run.c.ended_at.is_(None),
)
_to_be_worked_on = or_(run.c.status == RunStatus.QUEUED.value, run.c.status == RunStatus.RUNNING.value)
_free = or_(run.c.owner.is_(None), run.c.owner == _my_name, bindparam("anyone", type_=Boolean))

_claim = (
    update(run)
    .where(_this_run, run.c.ended_at.is_(None), _to_be_worked_on, _free)
    .values(owner=_my_name, fence=run.c.fence + literal_column("1", Integer))
    .returning(run.c.id)
)
_started = (
    update(run)
    .where(*_under_claim)
    .values(
        status=RunStatus.RUNNING.value,
        started_at=func.coalesce(run.c.started_at, bindparam("at", type_=Text)),
        wake_at=null(),
    )
    .returning(run.c.id)
)
_entry = (
    insert(journal)
    .from_select(
        ["run_id", "path", "body"],
        select(run.c.id, bindparam("path", type_=Text), bindparam("body", type_=LargeBinary))
        .where(*_under_claim)
        .with_for_update(read=True),  # on PostgreSQL a claim waits for this record, or this record for the claim
    )
    .returning(journal.c.seq)
)
_lock = select(run.c.id).where(*_under_claim).with_for_update()
_release = update(run).where(*_under_claim).values(owner=null(), batch=null())
_end = (
    update(run)
    .where(*_under_claim)
    .values(
        status=bindparam("status", type_=Text),
        outcome=bindparam("outcome", type_=LargeBinary),
        error=bindparam("error", type_=LargeBinary),
        steps=bindparam("steps", type_=LargeBinary),
        started_at=func.coalesce(run.c.started_at, bindparam("started", type_=Text)),
        ended_at=bindparam("at", type_=Text),
        wake_at=null(),
        wait=null(),
    )
    .returning(run.c.parent_id, run.c.parent_path)
)
