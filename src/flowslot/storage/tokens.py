"""API tokens, kept as hashes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from flowslot.app.callers import Role
from flowslot.app.ports import Token
from flowslot.base.clock import time_from, time_text
from flowslot.base.errors import AlreadyExists, NotFound
from flowslot.base.ids import TokenId, UserId
from flowslot.base.json_text import dump, stored
from flowslot.storage import tables
from flowslot.storage.work import Work, duplicate_is

_table = tables.token


class SqlTokens:
    """The Tokens port. Tokens belong to the account, not to a workspace."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, token: Token) -> None:
        row = {
            "id": token.id,
            "user_id": token.user,
            "name": token.name,
            "role": token.role.name.lower(),
            "workspaces": None if token.workspaces is None else dump(list(token.workspaces)),
            "hash": token.hash,
            "created_at": time_text(token.created_at),
            "expires_at": None if token.expires_at is None else time_text(token.expires_at),
            "last_used_at": None if token.last_used_at is None else time_text(token.last_used_at),
        }
        with duplicate_is(AlreadyExists("There is such a token already.")):
            self._work.connection.execute(insert(_table).values(**row))

    def all(self) -> Sequence[Token]:
        return [token_from(row) for row in self._work.connection.execute(select(_table).order_by(_table.c.id))]

    def get(self, token: TokenId) -> Token:
        row = self._work.connection.execute(select(_table).where(_table.c.id == token)).one_or_none()
        if row is None:
            raise NotFound("There is no such token.")
        return token_from(row)

    def by_hash(self, token_hash: bytes) -> Token | None:
        row = self._work.connection.execute(select(_table).where(_table.c.hash == token_hash)).one_or_none()
        return None if row is None else token_from(row)

    def used(self, token: TokenId, *, at: datetime) -> None:
        mark = update(_table).where(_table.c.id == token).values(last_used_at=time_text(at))
        self._work.connection.execute(mark)

    def remove(self, token: TokenId) -> None:
        """Removes a token with the sessions that were begun with it."""
        sessions = tables.session
        self._work.connection.execute(delete(sessions).where(sessions.c.token_id == token))
        if self._work.connection.execute(delete(_table).where(_table.c.id == token)).rowcount == 0:
            raise NotFound("There is no such token.")


def token_from(row: Row[Any]) -> Token:
    """The token that a row of the table is."""
    return Token(
        id=TokenId(row.id),
        user=UserId(row.user_id),
        name=row.name,
        role=Role[row.role.upper()],
        workspaces=None if row.workspaces is None else tuple(stored(row.workspaces)),
        hash=row.hash,
        created_at=time_from(row.created_at),
        expires_at=None if row.expires_at is None else time_from(row.expires_at),
        last_used_at=None if row.last_used_at is None else time_from(row.last_used_at),
    )
