"""Which runs may be removed, as conditions on their rows; what is protected is protected here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from flowslot.app.retention import Limits
from flowslot.base.clock import time_text
from flowslot.storage.tables import run

_child = run.alias("child")
_parent = run.alias("parent")


def called_or_calling() -> ColumnElement[bool]:
    """Called by a run that is open, or caller of one: its end is still to be told, or its journal written to."""
    open_child = exists().where(_child.c.parent_id == run.c.id, _child.c.ended_at.is_(None))
    open_parent = exists().where(_parent.c.id == run.c.parent_id, _parent.c.ended_at.is_(None))
    return or_(open_child, open_parent)


def free(before: datetime) -> ColumnElement[bool]:
    """Ended before a moment, and no open run has to do with it: its payload may go."""
    return and_(run.c.ended_at.is_not(None), run.c.ended_at < time_text(before), ~called_or_calling())


def may_go(limits: Limits, before: datetime) -> ColumnElement[bool]:
    """Free, and not needed to know the id again that it came with: the run may go."""
    return and_(free(before), or_(run.c.trigger_key.is_(None), run.c.queued_at < time_text(limits.ids_since)))


def crowded_registrations(connection: Connection, *, most: int) -> Sequence[str]:
    """Those that have more runs than `most`, also when they are there no more."""
    crowded = select(run.c.registration_id).group_by(run.c.registration_id).having(func.count() > most)
    return list(connection.execute(crowded).scalars())


def surplus_before(connection: Connection, registration: str, *, most: int) -> str | None:
    """The newest run of a registration beyond the `most` newest ones; None when it has no more than that."""
    newest = select(run.c.id).where(run.c.registration_id == registration).order_by(run.c.id.desc())
    found: str | None = connection.execute(newest.offset(most).limit(1)).scalar()
    return found
