"""Sessions of people who are signed in at the page, kept as hashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from flowslot.app.ports import Session
from flowslot.base.clock import time_from, time_text
from flowslot.base.ids import SessionId, TokenId, UserId
from flowslot.storage import tables
from flowslot.storage.work import Work

_table = tables.session


class SqlSessions:
    """The Sessions port. Sessions belong to the account, not to a workspace."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, session: Session) -> None:
        row = {
            "id": session.id,
            "user_id": session.user,
            "token_id": session.token,
            "hash": session.hash,
            "created_at": time_text(session.created_at),
            "expires_at": time_text(session.expires_at),
            "last_used_at": time_text(session.last_used_at),
        }
        self._work.connection.execute(insert(_table).values(**row))

    def by_hash(self, session_hash: bytes) -> Session | None:
        row = self._work.connection.execute(select(_table).where(_table.c.hash == session_hash)).one_or_none()
        return None if row is None else _session_from(row)

    def used(self, session: SessionId, *, at: datetime) -> None:
        mark = update(_table).where(_table.c.id == session).values(last_used_at=time_text(at))
        self._work.connection.execute(mark)

    def remove(self, session: SessionId) -> None:
        self._work.connection.execute(delete(_table).where(_table.c.id == session))

    def remove_of(self, user: UserId, *, but: bytes | None) -> None:
        others = delete(_table).where(_table.c.user_id == user)
        self._work.connection.execute(others if but is None else others.where(_table.c.hash != but))

    def remove_expired(self, now: datetime) -> None:
        self._work.connection.execute(delete(_table).where(_table.c.expires_at <= time_text(now)))


def _session_from(row: Row[Any]) -> Session:
    return Session(
        id=SessionId(row.id),
        user=UserId(row.user_id),
        token=None if row.token_id is None else TokenId(row.token_id),
        hash=row.hash,
        created_at=time_from(row.created_at),
        expires_at=time_from(row.expires_at),
        last_used_at=time_from(row.last_used_at),
    )
