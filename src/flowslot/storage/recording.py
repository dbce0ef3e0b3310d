"""Recording what a run does: that it started, its effects, its end; and triggers that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, bindparam, func, insert, null, or_, update

from flowslot.app.journal import Ending, Entry, Route, result_for_parent
from flowslot.base.clock import time_text
from flowslot.base.errors import AlreadyEnded, FlowslotError
from flowslot.base.ids import RunId
from flowslot.base.json_text import dump
from flowslot.domain.runs import RunStatus, Trigger
from flowslot.storage.canceling import CalledRuns
from flowslot.storage.codecs import entry_document, error_document, outcome_document, steps_document
from flowslot.storage.dialect import Backend
from flowslot.storage.drivers import RawCursor
from flowslot.storage.parents import Child, Parents
from flowslot.storage.statements import Given, Statement
from flowslot.storage.tables import Text, audit, journal, run


@dataclass(frozen=True, slots=True)
class Refused:
    """A trigger that was answered with a refusal (R7)."""

    route: Route
    trigger: Trigger
    code: str
    at: datetime


@dataclass(frozen=True, slots=True)
class End:
    """An ending, written down, and what a parent is told of it."""

    given: Given
    child: Child


class Recording:
    """The statements that record."""

    def __init__(self, backend: Backend, parents: Parents) -> None:
        self._parents = parents
        self._called = CalledRuns(backend)
        self._started = Statement(backend, _started)
        self._entry = Statement(backend, _entry)
        self._end = Statement(backend, _end)
        self._refused = Statement(backend, _refused)

    def started(self, cursor: RawCursor, many: Sequence[tuple[RunId, datetime]]) -> list[None]:
        self._started.all(cursor, [{"run": one, "at": time_text(at)} for one, at in many])
        return [None] * len(many)

    def prepare_entry(self, entry: Entry) -> Given:
        return {"run": entry.run, "path": entry.path, "body": entry_document(entry)}

    def record(self, cursor: RawCursor, many: Sequence[Given]) -> list[None]:
        self._entry.all(cursor, many)
        return [None] * len(many)

    def prepare_end(self, ending: Ending) -> End:
        given = {
            "run": ending.run,
            "status": ending.status.value,
            "outcome": outcome_document(ending.outcome),
            "error": error_document(ending.error),
            "steps": steps_document(ending.steps),
            "started": time_text(ending.started_at),
            "at": time_text(ending.ended_at),
        }
        return End(given, Child(ending.run, result_for_parent(ending)))

    def end(self, cursor: RawCursor, many: Sequence[End]) -> list[RunId | FlowslotError | None]:
        """Ends those that have not ended; the parent of each that is due by it. AlreadyEnded for the others."""
        ended = self._end.each(cursor, [end.given for end in many])
        return [
            self.told(cursor, end, rows[0]) if rows else AlreadyEnded() for end, rows in zip(many, ended, strict=True)
        ]

    def told(self, cursor: RawCursor, end: End, parent: tuple[Any, ...]) -> RunId | None:
        """The parent, by id and path of its call, is told of an end; itself if it is due by it."""
        if end.given["status"] == RunStatus.CANCELED.value:
            self._called.cancel(cursor, end.child.run, str(end.given["at"]))
        which, path = parent
        if which is None or path is None:
            return None
        return self._parents.tell(cursor, end.child, parent=which, path=path)

    def prepare_refused(self, refused: Refused) -> Given:
        trigger = {"kind": refused.trigger.kind.value, **refused.trigger.about}
        return {
            "at": time_text(refused.at),
            "actor": "system",
            "action": "trigger.refused",
            "flow_id": refused.route.flow,
            "workspace_id": refused.route.workspace,
            "about": dump({"code": refused.code, "trigger": trigger}),
        }

    def refuse(self, cursor: RawCursor, many: Sequence[Given]) -> list[None]:
        self._refused.all(cursor, many)
        return [None] * len(many)


_this_run = run.c.id == bindparam("run", type_=Text)
_waits_for_work = or_(run.c.status == RunStatus.QUEUED.value, run.c.status == RunStatus.SUSPENDED.value)
_at = bindparam("at", type_=Text)

_started = (
    update(run)
    .where(_this_run, _waits_for_work)
    .values(status=RunStatus.RUNNING.value, started_at=func.coalesce(run.c.started_at, _at), wake_at=null())
)

_entry = insert(journal).values(
    run_id=bindparam("run", type_=Text), path=bindparam("path", type_=Text), body=bindparam("body", type_=LargeBinary)
)

_end = (
    update(run)
    .where(_this_run, run.c.ended_at.is_(None))
    .values(
        status=bindparam("status", type_=Text),
        outcome=bindparam("outcome", type_=LargeBinary),
        error=bindparam("error", type_=LargeBinary),
        steps=bindparam("steps", type_=LargeBinary),
        started_at=func.coalesce(run.c.started_at, bindparam("started", type_=Text)),
        ended_at=_at,
        wake_at=null(),
        wait=null(),
    )
    .returning(run.c.parent_id, run.c.parent_path)
)

_SAID = ("at", "actor", "action", "flow_id", "workspace_id", "about")
_refused = insert(audit).values({name: bindparam(name, type_=audit.c[name].type) for name in _SAID})
