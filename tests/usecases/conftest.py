"""A world with one flow, on each database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from flowslot.base.settings import Settings
from flowslot.flowlang.sandbox import Sandbox
from flowslot.storage.database import Database
from make import World, a_world


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for all tests: what is checked in it leaves nothing behind."""
    made = Sandbox(1)
    made.start()
    yield made
    made.close()


@pytest.fixture
def world(database: Database, database_settings: Settings, sandbox: Sandbox, tmp_path: Path) -> World:
    """The workspaces home and acme; the flow orders, at home in home."""
    made = a_world(database, database_settings, sandbox=sandbox, folder=tmp_path)
    made.workspace("home", "acme")
    made.flow()
    return made
