"""flowslot doctor: is this installation as it should be? One finding a check."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flowslot.base.errors import FlowslotError
from flowslot.base.settings import Settings

LEAST_FREE = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, whether it is well, and what was seen or is to be done."""

    check: str
    ok: bool
    message: str


def examine(settings: Settings) -> Sequence[Finding]:
    """All findings, in the order of the checks. Changes nothing but what opening the database changes."""
    checks = (
        ("disk", _disk),
        ("folder", _folder),
        ("SQLite", _sqlite),
        ("sandbox", _sandbox),
        ("database", _database),
        ("quarantine", _quarantine),
    )
    return [_found(name, check, settings) for name, check in checks]


def _found(name: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(name, True, check(settings))
    except (FlowslotError, OSError, ValueError) as error:
        return Finding(name, False, str(error))


def _disk(settings: Settings) -> str:
    folder = settings.data if settings.data.exists() else settings.data.absolute().parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        raise OSError(f"Only {free // 2**20} MB are free at {folder}; make room before the database is full.")
    return f"{free // 2**20} MB free"


def _folder(settings: Settings) -> str:
    if not settings.data.exists():
        raise OSError(f"There is no folder {settings.data}; flowslot init makes it.")
    mode = settings.data.stat().st_mode & 0o777
    if mode & 0o007:
        raise OSError(f"Others may enter {settings.data} (mode {mode:o}); chmod 700 it.")
    return f"{settings.data}, mode {mode:o}"


def _sqlite(settings: Settings) -> str:
    import pysqlite3.dbapi2 as driver

    from flowslot.storage.dialect import SQLITE_NEEDED

    if driver.sqlite_version_info < SQLITE_NEEDED:
        raise OSError(f"SQLite {driver.sqlite_version} can lose commits; upgrade pysqlite3.")
    return str(driver.sqlite_version)


def _sandbox(settings: Settings) -> str:
    import asyncio

    from flowslot.flowlang.sandbox import Sandbox
    from flowslot.flowlang.values import compile_values

    sandbox = Sandbox(1)
    try:
        seen = asyncio.run(sandbox.evaluate(compile_values("=sum([19, 23])", pointer=""), {}))
    finally:
        sandbox.close()
    if seen != 42:
        raise OSError(f"The sandbox computes wrongly: {seen!r}.")
    return "evaluates expressions"


def _database(settings: Settings) -> str:
    from flowslot.wiring.parts import joined

    if not settings.database and not settings.data.exists():
        raise OSError("There is none yet; flowslot init makes it.")
    with joined(settings) as parts, parts.database.read() as connection:
        if parts.database.dialect == "sqlite":
            seen = connection.exec_driver_sql("PRAGMA quick_check").scalar_one()
            if seen != "ok":
                raise OSError(f"The database is damaged ({seen}); restore a backup.")
        return f"{parts.database.dialect}; its form is current, and the key fits"


def _quarantine(settings: Settings) -> str:
    from flowslot.app import quarantine
    from flowslot.app.callers import SYSTEM
    from flowslot.wiring.parts import joined

    if not settings.database and not settings.data.exists():
        return "none"
    with joined(settings) as parts:
        found = quarantine.standing(parts.deps, SYSTEM).quarantine
    if found is not None:
        raise OSError(f"On since {found.since} ({found.why}); start the server, then: flowslot quarantine end")
    return "none"
