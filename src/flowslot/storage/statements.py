"""Hot statements: built with SQLAlchemy, compiled once, run on a driver's cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.sql.elements import ClauseElement

from flowslot.storage.dialect import Backend
from flowslot.storage.drivers import RawCursor, Rows, Values

Given = Mapping[str, object]


class Statement:
    """One compiled statement; its parameters are given by name."""

    __slots__ = ("_backend", "_fixed", "_names", "sql")

    def __init__(self, backend: Backend, clause: ClauseElement) -> None:
        compiled = clause.compile(dialect=backend.compiler)
        self.sql = str(compiled)
        self._backend = backend
        self._names: tuple[str, ...] = tuple(getattr(compiled, "positiontup", None) or ())
        self._fixed: Given = compiled.params

    def rows(self, cursor: RawCursor, given: Given) -> Rows:
        """Runs it once; the rows it returns."""
        cursor.execute(self.sql, self._values(given))
        return cursor.fetchall()

    def change(self, cursor: RawCursor, given: Given) -> int:
        """Runs it once; how many rows it changed."""
        cursor.execute(self.sql, self._values(given))
        return cursor.rowcount

    def each(self, cursor: RawCursor, many: Sequence[Given]) -> list[Rows]:
        """Runs it for each of `many`; the rows that each returned."""
        if not many:
            return []
        return self._backend.run_each(cursor, self.sql, [self._values(given) for given in many])

    def all(self, cursor: RawCursor, many: Sequence[Given]) -> None:
        """Runs it for each of `many`."""
        cursor.executemany(self.sql, [self._values(given) for given in many])

    def _values(self, given: Given) -> Values:
        values = {**self._fixed, **given}
        return tuple([values[name] for name in self._names])
