"""The workers of a cluster, on PostgreSQL: who is alive, by the database's clock, and who leads, by its lock."""

from __future__ import annotations

import os
import socket
from typing import Any

from flowslot.app.cluster import Census
from flowslot.storage.database import Database
from flowslot.storage.drivers import RawConnection, RawCursor

SILENT = 5.0
"""Seconds without a sign of life after which a worker is taken for dead. It says that it lives every second."""
FORGOTTEN = 3_600.0
"""Seconds after which a dead worker is taken off the list."""
_LOCK = (70_331, 1)
"""The leader's advisory lock: held by one connection of the leader for as long as it lives."""


class SqlCrew:
    """The Crew port, on a connection of its own. Its session holds the lock, so it is never pooled."""

    def __init__(self, database: Database, name: str, *, silent: float = SILENT) -> None:
        self._database = database
        self._name = name
        self._silent = silent
        self._connection: RawConnection | None = None
        self._leads = False

    def beat(self, *, places: int) -> None:
        self._do(_BEAT, self._name, socket.gethostname(), os.getpid(), places)

    def lead(self) -> bool:
        if not self._leads:
            self._do(_THROW_OUT, *_LOCK, self._silent)
            self._leads = bool(self._rows(_TRY, *_LOCK)[0][0])
            if self._leads:
                self._do(_LEADS, self._name)
        return self._leads

    def census(self) -> Census:
        rows = self._rows(_CENSUS, self._silent)
        self._do(_FORGET, FORGOTTEN)
        return Census(
            places={name: places for name, places, alive in rows if alive},
            dead=[name for name, _, alive in rows if not alive],
        )

    def leave(self) -> None:
        """Marks this worker as one that is gone: whatever it still has is taken over at once."""
        try:
            self._do(_LEAVE, self._name)
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Gives the connection up, and the lock with it; the next call makes a new one."""
        connection, self._connection, self._leads = self._connection, None, False
        if connection is not None:
            connection.close()

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self._done(sql, *values).fetchall()

    def _do(self, sql: str, *values: object) -> None:
        self._done(sql, *values)

    def _done(self, sql: str, *values: object) -> RawCursor:
        """Runs a statement; whatever fails, the connection is given up: its lock may be gone."""
        try:
            self._connection = self._connection or self._database.connect()
            cursor = self._connection.cursor()
            cursor.execute(sql, values)
        except Exception:
            self.hang_up()
            raise
        return cursor


_NOW = "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
"""The database's time as base.clock.time_text writes it: the clocks of the machines need not agree."""
_AGO = "to_char((clock_timestamp() - %s * interval '1 second') AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
_BEAT = f"""
    INSERT INTO worker (name, host, pid, places, started_at, seen_at, session)
    VALUES (%s, %s, %s, %s, {_NOW}, {_NOW}, NULL)
    ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at, places = excluded.places
"""  # noqa: S608  # constants of this module
_LEADS = "UPDATE worker SET session = pg_backend_pid() WHERE name = %s"
_TRY = "SELECT pg_try_advisory_lock(%s, %s)"
_THROW_OUT = f"""
    SELECT pg_terminate_backend(worker.session)
    FROM worker JOIN pg_locks ON pg_locks.pid = worker.session AND pg_locks.locktype = 'advisory' AND pg_locks.granted
        AND pg_locks.classid = %s AND pg_locks.objid = %s
        AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    WHERE worker.seen_at < {_AGO}
"""  # noqa: S608  # constants of this module
"""A leader that is stopped, or cut off, keeps its session and its lock: its session is ended for it."""
_CENSUS = f"SELECT name, places, seen_at >= {_AGO} FROM worker ORDER BY name"  # noqa: S608
_FORGET = f"DELETE FROM worker WHERE seen_at < {_AGO}"  # noqa: S608
_LEAVE = "UPDATE worker SET seen_at = '' WHERE name = %s"
