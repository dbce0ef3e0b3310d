"""One sandbox for all tests of the language."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flowslot.flowlang.sandbox import Sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """An open sandbox with one process; closed when the tests are over."""
    found = Sandbox(1)
    yield found
    found.close()
