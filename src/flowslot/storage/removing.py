"""Removing runs together with what was recorded of them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, delete, func, select

from flowslot.base.errors import InUse
from flowslot.storage.tables import journal, run


def refuse_while_open(connection: Connection, which: ColumnElement[bool]) -> None:
    """Raises InUse while runs that have not ended are among these."""
    count = connection.execute(select(func.count()).where(which, run.c.ended_at.is_(None))).scalar_one()
    if count:
        raise InUse(f"{count} runs have not ended; cancel them or wait for their end.")


def remove_runs(connection: Connection, which: ColumnElement[bool]) -> None:
    """Removes runs and their journals. Raises InUse while one of them has not ended."""
    refuse_while_open(connection, which)
    connection.execute(delete(journal).where(journal.c.run_id.in_(select(run.c.id).where(which))))
    connection.execute(delete(run).where(which))
