"""One sandbox for all tests here: its processes take longer to start than a test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flowslot.flowlang.sandbox import Sandbox
from flowslot.storage.database import Database


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The real sandbox, started."""
    started = Sandbox(2)
    started.start()
    yield started
    started.close()


@pytest.fixture
def given(sqlite_database: Database, sandbox: Sandbox, tmp_path: Path) -> Any:
    """What a rig needs, on SQLite: for what does not depend on the database."""
    return sqlite_database, sandbox, tmp_path


@pytest.fixture
def given_each(database: Database, sandbox: Sandbox, tmp_path: Path) -> Any:
    """What a rig needs, on either database."""
    return database, sandbox, tmp_path
