"""A real server for the commands, and a person at the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Person

from flowslot.cli.demo.serving import Served

ADMIN = "admin-token-of-the-command-line-tests"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One `flowslot serve` for all tests of the command line; each test makes its own workspaces and flows."""
    served = Served(port=0, data=tmp_path_factory.mktemp("data"), token=ADMIN)
    yield served
    served.stop()


@pytest.fixture
def person(server: Served, tmp_path: Path) -> Person:
    """An administrator with an empty folder."""
    return Person(server.url, ADMIN, tmp_path)
