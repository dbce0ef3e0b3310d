"""A called run that has ended: its result enters the journal of the run that called it, and wakes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, bindparam, select, update

from flowslot.app.journal import Entry
from flowslot.base.clock import time_text
from flowslot.base.ids import RunId
from flowslot.domain.runs import RunStatus
from flowslot.storage.codecs import entry_document, wait_from
from flowslot.storage.dialect import Backend, insert
from flowslot.storage.drivers import RawCursor
from flowslot.storage.statements import Statement
from flowslot.storage.tables import Text, journal, run


@dataclass(frozen=True, slots=True)
class Child:
    """A called run and its result."""

    run: RunId
    result: Entry


class Parents:
    """The statements that concern the calling run."""

    def __init__(self, backend: Backend) -> None:
        entry = insert(backend.name, journal).values(
            run_id=bindparam("parent", type_=Text),
            path=bindparam("path", type_=Text),
            body=bindparam("body", type_=LargeBinary),
        )
        self._entry = Statement(backend, entry.on_conflict_do_nothing())
        self._state = Statement(backend, _state)
        self._queue = Statement(backend, _queue)

    def tell(
        self, cursor: RawCursor, child: Child, *, parent: str, path: str, wake_at: datetime | None = None
    ) -> RunId | None:
        """Writes the result into the parent's journal; the parent, if it was parked and waits for this run.

        With `wake_at` the clock finds the parent as well, for callers who cannot have it worked on themselves.
        """
        self._entry.change(cursor, {"parent": parent, "path": path, "body": entry_document(child.result)})
        rows = self._state.rows(cursor, {"parent": parent})
        if not rows:
            return None
        status, wait = rows[0]
        if status != RunStatus.SUSPENDED.value or child.run not in wait_from(wait).runs:
            return None
        self._queue.change(cursor, {"parent": parent, "at": None if wake_at is None else time_text(wake_at)})
        return RunId(parent)


_this = run.c.id == bindparam("parent", type_=Text)
_state = select(run.c.status, run.c.wait).where(_this).with_for_update()
_queue = update(run).where(_this).values(status=RunStatus.QUEUED.value, wake_at=bindparam("at", type_=Text))
