"""Migrations build what the tables declare, on both databases, and its triggers hold the rules."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from stored_parts import Fleet

from databases import Postgres
from flowslot.base.errors import Unavailable
from flowslot.base.settings import Settings
from flowslot.storage.database import Database, open_database
from flowslot.storage.dialect import backend_for
from flowslot.storage.migrating import HEAD, migrate

Empty = Callable[[], Settings]


@pytest.fixture
def empty_settings(database_settings: Settings, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a database of the same kind, without a schema."""
    if not database_settings.database:
        yield Settings(data=tmp_path / "empty")
        return
    server: Postgres = request.getfixturevalue("postgres")
    found = server.empty()
    yield found
    server.drop(found)


@contextmanager
def without_schema(settings: Settings) -> Iterator[Database]:
    database = Database(backend_for(settings))
    try:
        yield database
    finally:
        database.close()


def test_migrations_build_what_the_tables_declare(database: Database, empty_settings: Settings) -> None:
    with database.read() as connection:
        declared = catalog(connection)
    with without_schema(empty_settings) as migrated:
        with migrated.write() as connection:
            migrate(connection, since=None)
        with migrated.read() as connection:
            assert catalog(connection) == declared
            assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD


def test_a_migrated_database_opens(empty_settings: Settings) -> None:
    with without_schema(empty_settings) as migrated, migrated.write() as connection:
        migrate(connection, since=None)
    open_database(empty_settings).close()


def test_a_database_of_a_newer_flowslot_is_refused(database: Database, database_settings: Settings) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    database.close()
    with pytest.raises(Unavailable, match="newer Flowslot"):
        open_database(database_settings)


def test_opening_a_current_database_does_not_import_alembic(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from flowslot.base.settings import Settings;"
        "from flowslot.storage.database import open_database;"
        "[open_database(Settings(data=Path(sys.argv[1]))).close() for _ in range(2)];"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'alembic', 'psycopg'}))"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE version SET definition = hash_of_nothing",
        "UPDATE version SET number = 7 WHERE number = 2",
        "UPDATE version SET hash = 'other'",
        "UPDATE version SET author = 'eve'",
        "UPDATE version SET note = 'other'",
        "UPDATE run SET version = 2",
        "UPDATE run SET hash = 'other'",
        "UPDATE run SET registration_id = 'other'",
        "UPDATE run SET flow_id = 'other'",
        "UPDATE run SET slot = 'staging'",
        "UPDATE run SET definition = hash_of_nothing",
        "UPDATE audit SET actor = 'eve'",
        "DELETE FROM audit",
    ],
)
def test_what_is_fixed_cannot_be_changed_by_any_writer(database: Database, change: str) -> None:
    Fleet().made_in(database)
    nothing = "x''" if database.dialect == "sqlite" else "'\\x'::bytea"
    with database.write() as connection:
        connection.execute(text(RUN.replace("nothing", nothing)))
        connection.execute(text(AUDIT.replace("nothing", nothing)))
    with pytest.raises(IntegrityError, match=r"R14|R16|R19"), database.write() as connection:
        connection.execute(text(change.replace("hash_of_nothing", nothing)))


def test_what_may_change_of_a_version_and_a_run_can(database: Database) -> None:
    Fleet().made_in(database)
    with database.write() as connection:
        changed = connection.execute(text("UPDATE version SET kind = 'staged', discarded = true"))
        assert changed.rowcount == 2
        connection.execute(text("UPDATE version SET hash = hash, kind = kind"))


RUN = """
    INSERT INTO run (id, flow_id, workspace_id, registration_id, version, hash, slot, status, trigger, input, queued_at,
                     depth, test, cancel_requested)
    VALUES ('run_1', 'f', 'w', 'r', 1, 'h', 'main', 'queued', nothing, nothing, 'now', 0, false, false)
"""
AUDIT = "INSERT INTO audit (at, actor, action, about) VALUES ('now', 'ann', 'flow.created', nothing)"


def catalog(connection: Connection) -> object:
    """Everything the database knows of its schema, in an order that does not depend on how it was made."""
    read = catalog_of_sqlite if connection.dialect.name == "sqlite" else catalog_of_postgresql
    return read(connection)


def catalog_of_sqlite(connection: Connection) -> object:
    tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")).scalars()
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"))
    found = {}
    for table in tables.all():
        columns = connection.exec_driver_sql(f"PRAGMA table_xinfo({table})").all()
        foreign = connection.exec_driver_sql(f"PRAGMA foreign_key_list({table})").all()
        indexes = [
            (row.unique, row.origin, row.partial, index_of_sqlite(connection, row.name))
            for row in connection.exec_driver_sql(f"PRAGMA index_list({table})")
        ]
        found[table] = (columns, sorted(row[2:] for row in foreign), sorted(indexes, key=str))
    return found, triggers.all()


def index_of_sqlite(connection: Connection, name: str) -> object:
    columns = [row.name for row in connection.exec_driver_sql(f"PRAGMA index_info({name})")]
    made = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}).scalar()
    return columns, made and " ".join(made.replace('"', "").split())


def catalog_of_postgresql(connection: Connection) -> object:
    return [
        connection.execute(text(query)).all()
        for query in (
            "SELECT table_name, ordinal_position, column_name, data_type, is_nullable, collation_name, column_default"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1",
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace ORDER BY 1",
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
            "SELECT prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1",
        )
    ]
