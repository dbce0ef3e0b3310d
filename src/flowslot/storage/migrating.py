"""Making the schema and bringing an older one up to date; Alembic is imported only when there is a step to take."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert, inspect, select

from flowslot.base.errors import Unavailable
from flowslot.storage.dialect import Backend
from flowslot.storage.migrations import guards_0001, guards_0005
from flowslot.storage.tables import metadata

HEAD = "0011"
"""The newest revision in migrations/versions; a test holds the two equal."""

_stamp = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""As Alembic makes it."""


def bring_up_to_date(connection: Connection, backend: Backend) -> None:
    """Makes a new schema, takes the missing steps of an old one, refuses one from a newer Flowslot."""
    backend.exclusive(connection, "flowslot schema")
    stored = stored_revision(connection)
    if stored is None:
        _make_new(connection)
    elif stored != HEAD:
        migrate(connection, since=stored)


def stored_revision(connection: Connection) -> str | None:
    """The revision the schema is at; None when there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(_stamp.c.version_num)).scalar()


def migrate(connection: Connection, *, since: str | None) -> None:
    """Takes every step after `since`, in the transaction that is open."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    if since is not None:
        try:
            known = ScriptDirectory.from_config(config).get_revision(since)
        except CommandError:
            known = None
        if known is None:
            raise Unavailable(f"The database is at revision {since}, which a newer Flowslot made; start that one.")
    command.upgrade(config, "head")


def _make_new(connection: Connection) -> None:
    metadata.create_all(connection, checkfirst=False)
    for made in (guards_0001, guards_0005):
        for statement in made.guards(connection.dialect.name):
            connection.exec_driver_sql(statement)
    _stamp.create(connection)
    connection.execute(insert(_stamp).values(version_num=HEAD))
