"""Parking and what ends it: signals, cancellation, the clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, Select, Update, bindparam, func, null, or_, select, true, update

from flowslot.app.journal import Ending, Entry, Wait, result_for_parent
from flowslot.base.clock import time_text
from flowslot.base.errors import NotFound
from flowslot.base.ids import RunId
from flowslot.base.json_text import Json
from flowslot.domain.runs import ENDED, RunStatus, StepRecord
from flowslot.storage.canceling import CalledRuns
from flowslot.storage.codecs import entry_document, steps_document, wait_document, wait_from
from flowslot.storage.dialect import Backend, insert
from flowslot.storage.drivers import RawCursor
from flowslot.storage.owning import owned_by
from flowslot.storage.parents import Child, Parents
from flowslot.storage.statements import Given, Statement
from flowslot.storage.tables import Text, journal, run


@dataclass(frozen=True, slots=True)
class Park:
    """A run that is to wait, written down."""

    run: RunId
    wait: Wait
    given: Given


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal that came for a waiting step."""

    run: RunId
    step: str
    payload: Json
    at: datetime


class Parking:
    """The statements about runs that wait."""

    def __init__(self, backend: Backend, parents: Parents, *, owner: str | None) -> None:
        self._parents = parents
        self._called = CalledRuns(backend)
        self._state = Statement(backend, _state)
        self._recorded = Statement(backend, _recorded)
        self._ended = Statement(backend, _ended)
        self._suspend = Statement(backend, _suspend)
        self._requeue = Statement(backend, _requeue)
        self._wake = Statement(backend, _wake(owner))
        self._ask = Statement(backend, _ask)
        self._cancel = Statement(backend, _cancel)
        entry = insert(backend.name, journal).values(
            run_id=bindparam("run", type_=Text),
            path=bindparam("path", type_=Text),
            body=bindparam("body", type_=LargeBinary),
        )
        self._signal = Statement(backend, entry.on_conflict_do_nothing().returning(journal.c.seq))

    def prepare_park(self, asked: tuple[RunId, Wait, Sequence[StepRecord]]) -> Park:
        which, wait, steps = asked
        given = {
            "run": which,
            "wait": wait_document(wait),
            "until": None if wait.until is None else time_text(wait.until),
            "steps": steps_document(steps),
        }
        return Park(which, wait, given)

    def park(self, cursor: RawCursor, many: Sequence[Park]) -> list[bool]:
        """Suspends each, unless what it waits for has come."""
        return [self._park(cursor, each) for each in many]

    def signal(self, cursor: RawCursor, many: Sequence[Signal]) -> list[bool]:
        """Records each signal that its run waits for and has not got yet."""
        return [self._take(cursor, each) for each in many]

    def cancel(self, cursor: RawCursor, many: Sequence[tuple[RunId, datetime]]) -> list[RunStatus | NotFound]:
        """Ends what is not being worked on, asks the others to end; the status of each afterwards."""
        return [self._stop(cursor, which, at) for which, at in many]

    def wake(self, cursor: RawCursor, many: Sequence[str]) -> list[list[RunId]]:
        """Queues what waited for one of these times."""
        return [[RunId(row[0]) for row in self._wake.rows(cursor, {"now": now})] for now in many]

    def _park(self, cursor: RawCursor, park: Park) -> bool:
        rows = self._state.rows(cursor, {"run": park.run})
        if not rows or RunStatus(rows[0][0]) in ENDED or rows[0][2]:
            return False
        if any(self._recorded.rows(cursor, {"run": park.run, "path": path}) for path in park.wait.signals):
            return False
        if any(self._ended.rows(cursor, {"run": called}) for called in park.wait.runs):
            return False
        self._suspend.change(cursor, park.given)
        return True

    def _take(self, cursor: RawCursor, signal: Signal) -> bool:
        rows = self._state.rows(cursor, {"run": signal.run})
        path = _waiting(wait_from(rows[0][1]).signals, signal.step) if rows else None
        if path is None:
            return False
        body = entry_document(Entry(signal.run, path, output=signal.payload, ended_at=signal.at))
        if not self._signal.rows(cursor, {"run": signal.run, "path": path, "body": body}):
            return False
        self._requeue.change(cursor, {"run": signal.run})
        return True

    def _stop(self, cursor: RawCursor, which: RunId, at: datetime) -> RunStatus | NotFound:
        rows = self._state.rows(cursor, {"run": which})
        if not rows:
            return NotFound(f"There is no run {which!r}.")
        status = RunStatus(rows[0][0])
        if status in ENDED:
            return status
        if status is RunStatus.RUNNING:
            self._ask.change(cursor, {"run": which})
            return status
        parent, path = self._cancel.rows(cursor, {"run": which, "at": time_text(at)})[0]
        self._called.cancel(cursor, which, time_text(at))
        if parent is not None:
            self._tell_parent(cursor, which, at, parent=parent, path=path)
        return RunStatus.CANCELED

    def _tell_parent(self, cursor: RawCursor, which: RunId, at: datetime, *, parent: str, path: str) -> None:
        ending = Ending(which, RunStatus.CANCELED, None, None, steps=(), started_at=at, ended_at=at)
        self._parents.tell(cursor, Child(which, result_for_parent(ending)), parent=parent, path=path, wake_at=at)


def _waiting(paths: Sequence[str], step: str) -> str | None:
    """The path of the waiting step that is meant: by its path, or by its id where only one of that id waits."""
    if step in paths:
        return step
    meant = [path for path in paths if path.rpartition(".")[2] == step]
    return meant[0] if len(meant) == 1 else None


_this_run = run.c.id == bindparam("run", type_=Text)
_state = select(run.c.status, run.c.wait, run.c.cancel_requested).where(_this_run).with_for_update()
_recorded = select(journal.c.seq).where(
    journal.c.run_id == bindparam("run", type_=Text), journal.c.path == bindparam("path", type_=Text)
)
_ended = select(run.c.id).where(_this_run, run.c.ended_at.is_not(None))
_suspend = (
    update(run)
    .where(_this_run)
    .values(
        status=RunStatus.SUSPENDED.value,
        wait=bindparam("wait", type_=LargeBinary),
        wake_at=bindparam("until", type_=Text),
        steps=bindparam("steps", type_=LargeBinary),
    )
)
_suspended = run.c.status == RunStatus.SUSPENDED.value
_requeue = update(run).where(_this_run, _suspended).values(status=RunStatus.QUEUED.value, wake_at=null())
_to_wake = or_(_suspended, run.c.status == RunStatus.QUEUED.value)


def _wake(owner: str | None) -> Update:
    return (
        update(run)
        .where(owned_by(owner), run.c.wake_at <= bindparam("now", type_=Text), _to_wake)
        .values(status=RunStatus.QUEUED.value, wake_at=null())
        .returning(run.c.id)
    )


_ask = update(run).where(_this_run).values(cancel_requested=true())
_cancel = (
    update(run)
    .where(_this_run)
    .values(
        status=RunStatus.CANCELED.value,
        cancel_requested=true(),
        ended_at=bindparam("at", type_=Text),
        wait=null(),
        wake_at=null(),
    )
    .returning(run.c.parent_id, run.c.parent_path)
)


def next_wake(owner: str | None) -> Select[tuple[str | None]]:
    """When the next parked run of this owner is due."""
    return select(func.min(run.c.wake_at)).where(owned_by(owner), run.c.wake_at.is_not(None))
