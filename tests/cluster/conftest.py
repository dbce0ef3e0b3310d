"""What every test of the cluster may ask for: a fresh PostgreSQL database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from databases import Postgres
from flowslot.base.settings import Settings


@pytest.fixture
def settings(postgres: Postgres) -> Iterator[Settings]:
    """Settings of a fresh PostgreSQL database."""
    found = postgres.fresh()
    yield found
    postgres.drop(found)
