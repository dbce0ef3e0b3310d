"""Answers given to requests with an Idempotency-Key, remembered for a day; the first one stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from flowslot.app.ports import Answer
from flowslot.base.clock import time_text
from flowslot.base.ids import UserId
from flowslot.storage import tables
from flowslot.storage.dialect import insert

_table = tables.answer
REMEMBERED = timedelta(hours=24)


def find_answer(connection: Connection, caller: UserId, key: str, *, now: datetime) -> Answer | None:
    """The answer this caller got for a key, if it is not forgotten yet."""
    found = select(_table.c.request_hash, _table.c.status, _table.c.body)
    mine = found.where(_table.c.caller == caller, _table.c.key == key, _table.c.at >= _since(now))
    row = connection.execute(mine).one_or_none()
    return None if row is None else Answer(row.request_hash, row.status, row.body)


def keep_answer(connection: Connection, caller: UserId, key: str, *, answer: Answer, now: datetime) -> None:
    """Remembers an answer, unless there is one for the key; forgets those of the day before."""
    connection.execute(delete(_table).where(_table.c.at < _since(now)))
    row = {
        "caller": caller,
        "key": key,
        "request_hash": answer.request_hash,
        "status": answer.status,
        "body": answer.body,
        "at": time_text(now),
    }
    connection.execute(insert(connection.dialect.name, _table).values(**row).on_conflict_do_nothing())


def _since(now: datetime) -> str:
    return time_text(now - REMEMBERED)
