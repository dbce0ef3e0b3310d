"""The database of one server: opening it, one snapshot to read, one transaction to write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from flowslot.base.errors import Invalid, StorageFull, Unavailable
from flowslot.base.settings import Settings
from flowslot.storage.dialect import Backend, backend_for
from flowslot.storage.driver_errors import is_disk_full
from flowslot.storage.drivers import RawConnection


class Database:
    """SQLite or PostgreSQL. Every connection comes from here."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.dialect = backend.name

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees the database as it was at its first statement, and writes nothing."""
        with _faults_explained(), self.backend.engine.connect() as connection:
            yield self.backend.open_for_reading(connection)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: commits on leaving normally, saves nothing on an exception. One at a time on SQLite."""
        with _faults_explained(), self.turn(), self.backend.engine.connect() as connection:
            yield self.backend.open_for_writing(connection)
            connection.commit()

    def turn(self) -> AbstractContextManager[None]:
        """The right to write, for those who bring their own connection; handed on first come, first served."""
        return self.backend.turns()

    def connect(self) -> RawConnection:
        """A driver's connection of one's own, in autocommit mode, for hot statements. Close it."""
        return self.backend.connect()

    def close(self) -> None:
        """Closes the pool and lets another server have the file."""
        self.backend.close()


def open_database(settings: Settings, *, among_others: bool = False, serves_as: str | None = None) -> Database:
    """The database that the settings name, made or brought up to date. Raises Unavailable, saying what to do.

    `among_others`: this is one of the processes of a supervisor, which keeps other servers out.
    `serves_as`: the name of a process that works on runs; open when its predecessor is gone from the database.
    """
    from flowslot.storage.migrating import bring_up_to_date

    database = Database(backend_for(settings, among_others=among_others, serves_as=serves_as))
    try:
        with database.write() as connection:
            database.backend.check(connection)
            bring_up_to_date(connection, database.backend)
        if serves_as is not None and database.dialect == "postgresql":
            from flowslot.storage.predecessors import await_predecessor

            await_predecessor(database, serves_as)
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def _faults_explained() -> Iterator[None]:
    """Values that no column can hold are the sender's fault; a database that cannot work is nobody's who asks."""
    try:
        yield
    except (DataError, OverflowError) as error:
        raise Invalid("A value is out of the range that can be stored.") from error
    except (OperationalError, InterfaceError, NoConnectionFree) as error:
        if is_disk_full(getattr(error, "orig", None)):
            raise StorageFull from error
        raise Unavailable(f"The database does not answer as it should: {fault_text(error)}") from error
    except StatementError as error:
        if isinstance(error.orig, UnicodeEncodeError):
            raise Invalid("A text cannot be written in UTF-8.") from error
        raise


def fault_text(error: Exception) -> str:
    """What the driver said, without the statement and its values."""
    orig = error.orig if isinstance(error, DBAPIError) else error
    return str(orig).strip().split("\n", 1)[0] or type(orig).__name__
