"""A successor on PostgreSQL begins when nothing of the process before it can be committed any more."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from databases import Postgres
from flowslot.storage.database import open_database


def test_what_a_killed_process_left_under_way_is_over_before_its_successor_begins(postgres: Postgres) -> None:
    settings = postgres.fresh()
    killed, other = open_database(settings, serves_as="p1"), open_database(settings, serves_as="p2")
    with closing(killed), closing(other):
        with other.write() as untouched, killed.backend.engine.connect() as late:
            late.execute(text("INSERT INTO fact VALUES ('late', 'x')"))
            untouched.execute(text("INSERT INTO fact VALUES ('kept', 'x')"))
            open_database(settings, serves_as="p1").close()
            with pytest.raises(OperationalError):
                late.commit()
        with other.read() as connection:
            found = connection.execute(text("SELECT name FROM fact WHERE name IN ('late', 'kept')")).scalars().all()
            assert found == ["kept"]
    postgres.drop(settings)
