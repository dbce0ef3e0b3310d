"""Files of SQLite in the long run: they stay bounded under writes and retention, and give back what is free."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert
from test_retention import Past, put, rows_of

from databases import sqlite_settings
from flowslot.app.retention import limits_of
from flowslot.base.settings import Settings
from flowslot.storage import tables
from flowslot.storage.database import Database, open_database
from flowslot.storage.pace import Pace
from flowslot.storage.retention import SqlRetention
from flowslot.storage.sqlite_file import LARGE_LOG, SqliteFile

MB = 2**20
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def many(database: Database, count: int, *, day: float, size: int = 8_000) -> None:
    """Ended runs of so many bytes each, some days old, in one transaction a hundred."""
    rows = [row | {"input": b'"' + b"x" * size + b'"'} for _, row in rows_of([Past(day, day)] * count)]
    for start in range(0, count, 100):
        with database.write() as connection:
            connection.execute(insert(tables.run), rows[start : start + 100])


def test_the_file_is_made_so_that_it_can_become_smaller(sqlite_database: Database) -> None:
    with sqlite_database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA auto_vacuum").scalar_one() == 2


def test_what_retention_removes_is_given_back_to_the_file_system(sqlite_database: Database) -> None:
    many(sqlite_database, 4_000, day=100)
    put(sqlite_database, [Past(1, 1)])
    file = SqliteFile(sqlite_database)
    cut(file)
    assert file.sizes().database > 30 * MB
    list(SqlRetention(sqlite_database).steps(limits_of(Settings(), NOW)))
    assert sum(file.give_back()) > 5_000
    cut(file)
    assert file.sizes().database < 4 * MB
    assert file.sizes().log == 0
    with sqlite_database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"


def test_few_free_pages_are_kept_for_new_rows(sqlite_database: Database) -> None:
    many(sqlite_database, 500, day=100)
    list(SqlRetention(sqlite_database).steps(limits_of(Settings(), NOW)))
    assert list(SqliteFile(sqlite_database).give_back()) == []


def test_file_and_log_stay_bounded_under_writes_and_retention(sqlite_database: Database) -> None:
    file, largest = SqliteFile(sqlite_database), 0
    retention = SqlRetention(sqlite_database)
    for day in range(24):
        many(sqlite_database, 500, day=-day)
        now = NOW + timedelta(days=day, hours=1, seconds=1)
        list(retention.steps(limits_of(Settings(keep_payloads=0, keep_runs=2, keep_ids=0), now)))
        list(file.give_back())
        file.look()
        sizes = file.sizes()
        if day >= 4:
            largest = max(largest, sizes.database + sizes.log)
    assert largest < 3.5 * 500 * 8_200 * 1.2 + LARGE_LOG
    assert largest < 24 * 500 * 8_000 / 2


def test_a_large_log_is_cut_off_while_there_is_work(sqlite_database: Database) -> None:
    file = SqliteFile(sqlite_database)
    with reading(sqlite_database):  # a reader keeps the log from being reused: it grows
        many(sqlite_database, 3_000, day=1)
        assert file.sizes().log > LARGE_LOG
        began = time.perf_counter()
        file.look()
        assert time.perf_counter() - began < 2
    file.look()
    assert file.sizes().log == 0


def test_an_idle_log_is_cut_off(sqlite_database: Database) -> None:
    many(sqlite_database, 10, day=1)
    file = SqliteFile(sqlite_database)
    file.look()
    assert file.sizes().log > 0
    file.look()
    assert file.sizes().log == 0


def test_nobody_who_writes_waits_long_for_retention(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each transaction is short: its budget shrinks where the disk is slow."""
    many(sqlite_database, 2_000, day=100)
    took: list[float] = []
    learn = Pace._learn
    monkeypatch.setattr(Pace, "_learn", lambda self, seconds: (took.append(seconds), learn(self, seconds))[1])
    list(SqlRetention(sqlite_database).steps(limits_of(Settings(), NOW)))
    took.sort()
    assert took[len(took) // 2] < 0.02
    assert len(took) > 10


@contextmanager
def reading(database: Database) -> Iterator[None]:
    with database.read() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM run").scalar_one()
        yield


def cut(file: SqliteFile) -> None:
    file.look()
    file.look()


def test_a_file_of_another_folder_is_found(tmp_path: Path) -> None:
    with closing(open_database(sqlite_settings(tmp_path))) as database:
        assert SqliteFile(database).sizes().database > 0
