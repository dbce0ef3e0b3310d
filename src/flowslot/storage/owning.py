"""Whose runs are whose: the runs of one process, and runs that a process takes over because nobody has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, false, or_, update

from flowslot.storage.dialect import Backend
from flowslot.storage.drivers import RawCursor
from flowslot.storage.statements import Statement
from flowslot.storage.tables import Text, run


def owned_by(owner: str | None) -> ColumnElement[bool]:
    """The runs of that process; None: those that no process works on."""
    return run.c.owner.is_(None) if owner is None else run.c.owner == bindparam("me", value=owner, type_=Text)


@dataclass(frozen=True, slots=True)
class Adopt:
    """Whom the open runs are left to that another process has: everybody else's are taken."""

    beside: tuple[str, ...]


class Owning:
    """The statement that adopts. The names of processes are few, so it is built for each question."""

    def __init__(self, backend: Backend, *, owner: str | None) -> None:
        self._backend = backend
        self._owner = owner

    def adopt(self, cursor: RawCursor, many: Sequence[Adopt]) -> list[int]:
        """Takes the open runs of nobody, and of processes that are no more; how many."""
        return [self._adopt(cursor, each) for each in many]

    def _adopt(self, cursor: RawCursor, adopt: Adopt) -> int:
        others = [run.c.owner != name for name in (self._owner, *adopt.beside) if name is not None]
        of_nobody = run.c.owner.is_(None) if self._owner is not None else false()
        stray = or_(of_nobody, and_(run.c.owner.is_not(None), *others))
        taken = update(run).where(run.c.ended_at.is_(None), stray).values(owner=self._owner)
        return Statement(self._backend, taken).change(cursor, {})
