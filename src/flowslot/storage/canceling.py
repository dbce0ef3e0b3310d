"""Canceled with its caller: a called run that a canceled one waits for, and those below it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, bindparam, null, or_, select, true, update

from flowslot.base.ids import RunId
from flowslot.domain.runs import RunStatus
from flowslot.storage.dialect import Backend
from flowslot.storage.drivers import RawCursor
from flowslot.storage.statements import Statement
from flowslot.storage.tables import Text, run


class CalledRuns:
    """The statements about runs that others wait for. A call that does not wait is a run of its own: it goes on."""

    def __init__(self, backend: Backend) -> None:
        self._waited_for = Statement(backend, _waited_for)
        self._ask = Statement(backend, _ask)
        self._cancel = Statement(backend, _cancel)
        self._below = Statement(backend, _below())

    def cancel(self, cursor: RawCursor, caller: str, at: str) -> None:
        """Ends those that are not being worked on, and asks the others to end, in the caller's own transaction."""
        for called, status in self._waited_for.rows(cursor, {"caller": caller}):
            if status == RunStatus.RUNNING.value:
                self._ask.change(cursor, {"called": called})
            else:
                self._cancel.change(cursor, {"called": called, "at": at})
                self.cancel(cursor, called, at)

    def canceled_below(self, cursor: RawCursor, many: Sequence[RunId]) -> list[list[RunId]]:
        """Those that were canceled with each run or asked to end."""
        return [[RunId(row[0]) for row in self._below.rows(cursor, {"caller": caller})] for caller in many]


_is_waited_for = or_(run.c.parent_path.is_(None), run.c.parent_path.not_like("%#end"))
_waited_for = (
    select(run.c.id, run.c.status)
    .where(run.c.parent_id == bindparam("caller", type_=Text), run.c.ended_at.is_(None), _is_waited_for)
    .order_by(run.c.id)
    .with_for_update()
)
_this = run.c.id == bindparam("called", type_=Text)
_ask = update(run).where(_this).values(cancel_requested=true())
_cancel = (
    update(run)
    .where(_this, run.c.ended_at.is_(None))
    .values(
        status=RunStatus.CANCELED.value,
        cancel_requested=true(),
        ended_at=bindparam("at", type_=Text),
        wait=null(),
        wake_at=null(),
    )
)


def _below() -> Select[tuple[str]]:
    callers = select(run.c.id, run.c.ended_at).where(run.c.id == bindparam("caller", type_=Text))
    below = callers.cte("below", recursive=True)
    called = select(run.c.id, run.c.ended_at).join(below, run.c.parent_id == below.c.id)
    with_it = or_(run.c.ended_at.is_(None), run.c.ended_at == below.c.ended_at)
    below = below.union_all(called.where(_is_waited_for, with_it))
    return select(below.c.id).where(below.c.id != bindparam("caller", type_=Text))
