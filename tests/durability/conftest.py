"""How many trials the crash tests make: few for every change, as many as asked for otherwise."""

from __future__ import annotations

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--trials", type=int, default=None, help="Kills in each crash test (also: CRASH_TRIALS).")


@pytest.fixture
def trials(request: pytest.FixtureRequest) -> int | None:
    """Kills that were asked for; None for the number that every change gets."""
    asked: int | None = request.config.getoption("trials", None)
    return asked if asked is not None else int(os.environ.get("CRASH_TRIALS", "0")) or None
