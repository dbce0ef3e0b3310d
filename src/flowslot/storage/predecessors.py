"""Whether a process that had this one's name still has transactions under way in PostgreSQL.

A killed process is gone at once, but what it had asked the database to commit may be committed a moment later. Its
successor must not look for open runs before that.
"""

from __future__ import annotations

import time

from sqlalchemy import Connection, text

from flowslot.base.log import get_log
from flowslot.storage.database import Database

BY_ITSELF = 1.0
"""Seconds that a connection without a client has to notice it; then it is ended."""
PATIENCE = 10.0
PAUSE = 0.02

log = get_log("database")


def await_predecessor(database: Database, name: str) -> None:
    """Returns when no connection of an earlier process of this name is left. Blocking."""
    begun = time.monotonic()
    while left := _left(database, name):
        passed = time.monotonic() - begun
        if passed > PATIENCE:
            log.error("process.name_taken", process=name, connections=left)  # another server on this database?
            return
        if passed > BY_ITSELF:
            with database.read() as connection:
                connection.execute(_END, _given(connection, name))
        time.sleep(PAUSE)  # PostgreSQL tells nobody when a connection is gone: it has to be looked for


def _left(database: Database, name: str) -> int:
    with database.read() as connection:
        return int(connection.execute(_COUNT, _given(connection, name)).scalar_one())


def _given(connection: Connection, name: str) -> dict[str, object]:
    mine = connection.execute(text("SHOW application_name")).scalar_one()
    return {"named": f"flowslot {name} %", "mine": mine}


_WHERE = (
    "FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user "
    "AND application_name LIKE :named AND application_name <> :mine"
)
_COUNT = text(f"SELECT count(*) {_WHERE}")
_END = text(f"SELECT pg_terminate_backend(pid) {_WHERE}")
