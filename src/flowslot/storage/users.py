"""Users: who can sign in, with their roles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, literal, select, update

from flowslot.app.callers import Role
from flowslot.app.ports import User
from flowslot.base.clock import time_from, time_text
from flowslot.base.errors import AlreadyExists, NotFound
from flowslot.base.ids import UserId
from flowslot.storage import tables
from flowslot.storage.work import Work, duplicate_is

_table = tables.user


class SqlUsers:
    """The Users port. Users belong to the account, not to a workspace."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, user: User) -> None:
        with duplicate_is(AlreadyExists(f"There is a user {user.name!r} already.")):
            self._work.connection.execute(insert(_table).values(id=user.id, **_values(user)))

    def get(self, user: UserId) -> User:
        row = self._work.connection.execute(select(_table).where(_table.c.id == user)).one_or_none()
        if row is None:
            raise NotFound("There is no such user.")
        return user_from(row)

    def all(self) -> Sequence[User]:
        return [user_from(row) for row in self._work.connection.execute(select(_table).order_by(_table.c.name))]

    def named(self, name: str) -> User | None:
        row = self._work.connection.execute(select(_table).where(_table.c.name == name)).one_or_none()
        return None if row is None else user_from(row)

    def has_administrator(self) -> bool:
        query = select(literal(1)).where(_table.c.role == Role.ADMIN.name.lower()).limit(1)
        return self._work.connection.execute(query).first() is not None

    def password(self, user: UserId) -> str | None:
        found = self._work.connection.execute(select(_table.c.password).where(_table.c.id == user)).scalar()
        return None if found is None else str(found)

    def set_password(self, user: UserId, password_hash: str) -> None:
        change = update(_table).where(_table.c.id == user).values(password=password_hash)
        if self._work.connection.execute(change).rowcount == 0:
            raise NotFound("There is no such user.")

    def replace(self, user: User) -> None:
        change = update(_table).where(_table.c.id == user.id).values(**_values(user))
        with duplicate_is(AlreadyExists(f"There is a user {user.name!r} already.")):
            if self._work.connection.execute(change).rowcount == 0:
                raise NotFound("There is no such user.")

    def remove(self, user: UserId) -> None:
        """Removes the user with their tokens and sessions."""
        self._work.connection.execute(delete(tables.session).where(tables.session.c.user_id == user))
        self._work.connection.execute(delete(tables.token).where(tables.token.c.user_id == user))
        if self._work.connection.execute(delete(_table).where(_table.c.id == user)).rowcount == 0:
            raise NotFound("There is no such user.")


def user_from(row: Row[Any]) -> User:
    """The user that a row of the table is."""
    return User(id=UserId(row.id), name=row.name, role=Role[row.role.upper()], created_at=time_from(row.created_at))


def _values(user: User) -> dict[str, object]:
    return {"name": user.name, "role": user.role.name.lower(), "created_at": time_text(user.created_at)}
