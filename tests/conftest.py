"""What every test may ask for: an open database, SQLite or PostgreSQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from databases import Postgres, sqlite_settings
from flowslot.base.settings import Settings
from flowslot.storage.database import Database, open_database


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the same name would be run as one, by several workers: a test that is never run cannot fail."""
    twice = [name for name, count in Counter(item.nodeid for item in items).items() if count > 1]
    if twice:
        raise pytest.UsageError(f"several tests have the same name: {', '.join(twice[:5])}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server of this test process; it starts when the first database is asked for."""
    server = Postgres()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a fresh database: the test runs once for each kind."""
    if request.param == "sqlite":
        yield sqlite_settings(tmp_path)
        return
    server: Postgres = request.getfixturevalue("postgres")
    found = server.fresh()
    yield found
    server.drop(found)


@pytest.fixture
def database(database_settings: Settings) -> Iterator[Database]:
    """A fresh database, open: the test runs once for each kind."""
    opened = open_database(database_settings)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_database(tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database, open, for what does not differ between the kinds."""
    opened = open_database(sqlite_settings(tmp_path))
    yield opened
    opened.close()
