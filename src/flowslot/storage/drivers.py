"""The database drivers, as far as storage uses them directly: connections and cursors of the DB-API."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

Values = tuple[object, ...]
Rows = list[tuple[Any, ...]]


class RawCursor(Protocol):
    """A driver's cursor, as far as storage uses it."""

    rowcount: int

    def execute(self, sql: str, values: Values = ...) -> object: ...
    def executemany(self, sql: str, values: Iterable[Values]) -> object: ...
    def fetchall(self) -> Rows: ...
    def fetchone(self) -> tuple[Any, ...] | None: ...


class RawConnection(Protocol):
    """A driver's connection in autocommit mode: transactions are begun and ended by statements."""

    def cursor(self) -> RawCursor: ...
    def close(self) -> None: ...
