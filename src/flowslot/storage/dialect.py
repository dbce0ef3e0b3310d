"""Everything in which SQLite and PostgreSQL differ; the rest of storage is the same for both."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Dialect, Engine, Table, create_engine, func, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, make_url

from flowslot.base.errors import FlowslotError, Unavailable
from flowslot.base.settings import Settings
from flowslot.storage.driver_errors import explained
from flowslot.storage.drivers import RawConnection, RawCursor, Rows, Values
from flowslot.storage.files import SQLITE_FILE, SingleServer, private_file, refuse_network_folder
from flowslot.storage.shared_turns import SharedTurns
from flowslot.storage.turns import Turns

SQLITE_NEEDED = (3, 51, 3)
"""Before it, a checkpoint that met a commit could lose the commit (the WAL-reset fault)."""


class Backend(Protocol):
    """One kind of database."""

    name: str
    engine: Engine
    begin_write: str
    begin_read: str

    @property
    def compiler(self) -> Dialect:
        """Compiles statements for the driver's cursor, with parameters by position."""
        ...

    def turns(self) -> AbstractContextManager[None]:
        """What a writer holds for the length of its transaction."""
        ...

    def open_for_reading(self, connection: Connection) -> Connection:
        """The connection in a transaction that sees one snapshot and writes nothing."""
        ...

    def open_for_writing(self, connection: Connection) -> Connection:
        """The connection in a transaction that can write from its first statement."""
        ...

    def connect(self) -> RawConnection:
        """A driver's connection of one's own, outside the pool, with all settings made."""
        ...

    def run_each(self, cursor: RawCursor, sql: str, values: Sequence[Values]) -> list[Rows]:
        """Runs a statement once for each of `values`; the rows that each returned."""
        ...

    def is_lost(self, connection: RawConnection, error: Exception) -> bool:
        """Whether an error means that nothing more can be done on this connection in this transaction."""
        ...

    def explained(self, error: Exception) -> FlowslotError | None:
        """What to tell of a driver's error; None for an error that is not the driver's."""
        ...

    def exclusive(self, connection: Connection, name: str) -> None:
        """Makes transactions that name the same thing wait for each other, until the end of this one."""
        ...

    def check(self, connection: Connection) -> None:
        """Raises Unavailable when this server cannot be trusted with the data."""
        ...

    def close(self) -> None: ...


class Sqlite:
    """One file, one server (of one process, or of several under a supervisor), one writer at a time."""

    name = "sqlite"
    begin_write = "BEGIN IMMEDIATE"
    begin_read = "BEGIN"

    def __init__(self, file: Path, *, among_others: bool = False) -> None:
        """`among_others`: a supervisor keeps other servers out, and several processes take turns at writing."""
        import pysqlite3.dbapi2 as driver

        if driver.sqlite_version_info < SQLITE_NEEDED:
            needed = ".".join(map(str, SQLITE_NEEDED))
            raise Unavailable(f"SQLite {driver.sqlite_version} can lose commits; {needed} or later is needed.")
        self._driver = driver
        self._file = file
        refuse_network_folder(file.parent)
        self._alone = None if among_others else SingleServer(file)
        private_file(file)
        self._turns = SharedTurns(file) if among_others else Turns()
        self.engine = create_engine(
            URL.create("sqlite+pysqlite", database=str(file)),
            module=driver,
            creator=self.connect,
            hide_parameters=True,  # or an error's text would hold documents
            pool_size=20,
            max_overflow=40,
        )

    def connect(self) -> RawConnection:
        connection = self._driver.connect(str(self._file), check_same_thread=False, isolation_level=None)
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
        cursor.close()
        return connection  # type: ignore[no-any-return]  # the driver has no types

    def turns(self) -> AbstractContextManager[None]:
        return self._turns

    def open_for_reading(self, connection: Connection) -> Connection:
        connection.exec_driver_sql(self.begin_read)
        return connection

    def open_for_writing(self, connection: Connection) -> Connection:
        connection.exec_driver_sql(self.begin_write)
        return connection

    def run_each(self, cursor: RawCursor, sql: str, values: Sequence[Values]) -> list[Rows]:
        found = []
        for each in values:
            cursor.execute(sql, each)
            found.append(cursor.fetchall())
        return found

    @property
    def compiler(self) -> Dialect:
        return self.engine.dialect

    def is_lost(self, connection: RawConnection, error: Exception) -> bool:
        return isinstance(error, self._driver.OperationalError)

    def explained(self, error: Exception) -> FlowslotError | None:
        return explained(self._driver, error)

    def exclusive(self, connection: Connection, name: str) -> None:
        return  # writers take turns anyway

    def check(self, connection: Connection) -> None:
        mode = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        level = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        if (mode, level) != ("wal", 2):
            raise Unavailable(f"{self._file} is in journal mode {mode}, synchronous {level}: work could be lost.")

    def close(self) -> None:
        self.engine.dispose()
        if self._alone is not None:
            self._alone.leave()
        if isinstance(self._turns, SharedTurns):
            self._turns.close()


_PRAGMAS = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA auto_vacuum = INCREMENTAL",  # before WAL mode writes the first page; later it does nothing
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA cache_size = -6144",
)


class Postgres:
    """A PostgreSQL server, through psycopg 3."""

    name = "postgresql"
    begin_write = "BEGIN"
    begin_read = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    def __init__(self, url: URL, *, serves_as: str | None = None) -> None:
        """`serves_as`: the name of the server process, which its connections bear with a mark of this very process."""
        named = f"flowslot {serves_as} {secrets.token_hex(8)}" if serves_as else "flowslot"
        self._settings = (*_SETTINGS, f"SET application_name = '{named}'")
        more = {"hide_parameters": True, "pool_size": 10, "max_overflow": 30, "pool_pre_ping": True}
        self.engine = create_engine(url, creator=self._pooled, **more)
        self._arguments = self.engine.dialect.create_connect_args(url)

    def _pooled(self) -> Any:  # Any: a psycopg connection; psycopg is imported only where it is used
        connection: Any = self.connect()
        connection.autocommit = False
        return connection

    def connect(self) -> RawConnection:
        import psycopg

        positional, named = self._arguments
        connection = psycopg.connect(*positional, **named, autocommit=True)
        for setting in self._settings:
            connection.execute(setting)
        return connection  # type: ignore[return-value]  # the protocol is narrower than psycopg's overloads

    def turns(self) -> AbstractContextManager[None]:
        return nullcontext()

    def open_for_reading(self, connection: Connection) -> Connection:
        return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def open_for_writing(self, connection: Connection) -> Connection:
        return connection

    def run_each(self, cursor: RawCursor, sql: str, values: Sequence[Values]) -> list[Rows]:
        if len(values) == 1:
            cursor.execute(sql, values[0])
            return [cursor.fetchall()]
        many: Any = cursor  # executemany with returning sends all in one round trip
        many.executemany(sql, values, returning=True)
        found = [many.fetchall()]
        while many.nextset():
            found.append(many.fetchall())
        return found

    @property
    def compiler(self) -> Dialect:
        from sqlalchemy.dialects.postgresql import psycopg

        return psycopg.dialect(paramstyle="format")  # type: ignore[no-untyped-call]  # SQLAlchemy left it so

    def is_lost(self, connection: RawConnection, error: Exception) -> bool:
        return bool(getattr(connection, "closed", False))

    def explained(self, error: Exception) -> FlowslotError | None:
        import psycopg

        return explained(psycopg, error)

    def exclusive(self, connection: Connection, name: str) -> None:
        connection.execute(func.pg_advisory_xact_lock(func.hashtextextended(name, 0)).select())

    def check(self, connection: Connection) -> None:
        number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
        if number < 140000:
            raise Unavailable("PostgreSQL 14 or later is needed.")
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            raise Unavailable(f"The PostgreSQL database is encoded in {encoding}; make one with ENCODING 'UTF8'.")

    def close(self) -> None:
        self.engine.dispose()


_SETTINGS = (
    "SET TIME ZONE 'UTC'",
    "SET jit = off",  # compiling a query of a list takes longer than all such queries do
    "SET lock_timeout = '20s'",
    "SET idle_in_transaction_session_timeout = '60s'",
)


def backend_for(settings: Settings, *, among_others: bool = False, serves_as: str | None = None) -> Backend:
    """The database that the settings name; its folder and file are made when missing."""
    if not settings.database:
        return Sqlite(settings.data / SQLITE_FILE, among_others=among_others)
    scheme, separator, rest = settings.database.partition("://")
    if separator and scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return Postgres(make_url(f"postgresql+psycopg://{rest}"), serves_as=serves_as)
    raise Unavailable("The database is named by a postgresql:// address, or left empty for SQLite.")


def insert(dialect: str, table: Table) -> sqlite.Insert:
    """An INSERT that knows ON CONFLICT, in the words of that database."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql

    return cast("sqlite.Insert", postgresql.insert(table))  # the same methods, without a common base
