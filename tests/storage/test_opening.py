"""Opening a database: alone, private, in a safe mode, and at the right schema."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from databases import sqlite_settings
from flowslot.base.errors import Unavailable
from flowslot.base.settings import Settings
from flowslot.storage import dialect
from flowslot.storage.database import Database, open_database


def test_a_database_opens_again_with_what_it_held(database_settings: Settings) -> None:
    first = open_database(database_settings)
    with first.write() as connection:
        connection.execute(text("INSERT INTO fact (name, value) VALUES ('a', 'b')"))
    first.close()
    second = open_database(database_settings)
    with second.read() as connection:
        assert connection.execute(text("SELECT value FROM fact")).scalar_one() == "b"
    second.close()


def test_a_second_server_on_the_same_file_is_refused(tmp_path: Path) -> None:
    first = open_database(sqlite_settings(tmp_path))
    with pytest.raises(Unavailable, match="Another server"):
        open_database(sqlite_settings(tmp_path))
    first.close()
    open_database(sqlite_settings(tmp_path)).close()


def test_the_files_are_private_and_the_mode_is_durable(sqlite_database: Database, tmp_path: Path) -> None:
    modes = {file.name: file.stat().st_mode & 0o777 for file in (tmp_path / "data").iterdir()}
    assert set(modes.values()) == {0o600}
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    with sqlite_database.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "auto_vacuum")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "auto_vacuum": 2}


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialect, "SQLITE_NEEDED", (99, 0, 0))
    with pytest.raises(Unavailable, match=r"99\.0\.0 or later"):
        open_database(sqlite_settings(tmp_path))


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(Unavailable, match="postgresql://"):
        open_database(Settings(database="mysql://localhost/flowslot"))


def test_an_unreachable_postgresql_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        open_database(Settings(database=f"postgresql://nobody@/none?host={tmp_path}"))


def test_leaving_on_an_exception_saves_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError), database.write() as connection:  # noqa: PT012  # the second insert fails
        connection.execute(text("INSERT INTO fact (name, value) VALUES ('a', 'b')"))
        connection.execute(text("INSERT INTO fact (name, value) VALUES ('a', 'c')"))
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM fact")).scalar_one() == 0


def test_a_reader_sees_one_snapshot(database: Database) -> None:
    with database.read() as reader:
        before = reader.execute(text("SELECT count(*) FROM fact")).scalar_one()
        with database.write() as writer:
            writer.execute(text("INSERT INTO fact (name, value) VALUES ('a', 'b')"))
        after = reader.execute(text("SELECT count(*) FROM fact")).scalar_one()
    assert (before, after) == (0, 0)


def test_a_unit_of_writing_inside_another_is_a_fault_and_no_deadlock(sqlite_database: Database) -> None:
    with sqlite_database.write(), pytest.raises(RuntimeError, match="writing already"), sqlite_database.write():
        pass
