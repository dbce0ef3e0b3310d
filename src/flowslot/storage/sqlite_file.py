"""The files of a SQLite database in the long run: the write-ahead log stays short, and free pages are given back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from flowslot.storage.database import Database
from flowslot.storage.drivers import RawCursor
from flowslot.storage.pace import WANTED

LARGE_LOG = 16 * 1024 * 1024
"""Bytes from which on the log is written back and cut off, also while there is work."""
PATIENCE = 20
"""Milliseconds writers may be held up by cutting the log off; where readers are in the way it is tried again."""
MOST_FREE = 0.10
"""Share of the file that may be free: new rows go there, and need no new pages."""
FEW_PAGES = 2_048
"""Free pages that are not worth the work."""
FIRST_PIECE = 128


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes of the files."""

    database: int
    log: int


class SqliteFile:
    """Looks after the files of one database. Blocking; for one thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file = Path(database.backend.engine.url.database or "")
        self._log = Path(f"{self._file}-wal")
        self._seen: tuple[int, int] | None = None
        self._piece = FIRST_PIECE

    def sizes(self) -> Sizes:
        return Sizes(_size(self._file), _size(self._log))

    def look(self) -> None:
        """Writes the log back and cuts it off, when it is large, or when nothing was written since the last look."""
        try:
            found = self._log.stat()
        except OSError:
            return
        now = (found.st_size, found.st_mtime_ns)
        if found.st_size and (found.st_size >= LARGE_LOG or now == self._seen):
            self._cut_log()
        self._seen = now

    def give_back(self) -> Iterator[int]:
        """Gives free pages back to the file system, some with each step, once there are many. Pages given back."""
        with self._connected() as cursor:
            free, pages = _pragma(cursor, "freelist_count"), _pragma(cursor, "page_count")
            if free < max(FEW_PAGES, pages * MOST_FREE) or _pragma(cursor, "auto_vacuum") != 2:
                return
            while free > pages * MOST_FREE / 2:
                self._give_back(cursor)
                before, free, pages = free, _pragma(cursor, "freelist_count"), _pragma(cursor, "page_count")
                yield before - free
                if before <= free:
                    return

    def _give_back(self, cursor: RawCursor) -> None:
        with self._database.turn():
            began = perf_counter()
            cursor.execute("BEGIN IMMEDIATE")
            try:
                cursor.execute(f"PRAGMA incremental_vacuum({self._piece})")
                cursor.fetchall()  # each row that is read frees a page
                cursor.execute("COMMIT")
            except BaseException:
                cursor.execute("ROLLBACK")
                raise
            took = perf_counter() - began
        self._piece = max(16, self._piece // 2) if took > WANTED else min(4_096, self._piece + self._piece // 4)

    def _cut_log(self) -> None:
        with self._connected() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE}")
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")  # nearly all the work, and nobody waits for it
            cursor.fetchall()
            with self._database.turn():
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.fetchall()

    @contextmanager
    def _connected(self) -> Iterator[RawCursor]:
        with closing(self._database.connect()) as connection:
            yield connection.cursor()


def _pragma(cursor: RawCursor, name: str) -> int:
    cursor.execute(f"PRAGMA {name}")
    row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
