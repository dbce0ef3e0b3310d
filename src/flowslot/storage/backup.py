"""A backup in one file: the database as of one instant and the key file. SQLite; PostgreSQL has its own tools."""

from __future__ import annotations

import os
import tarfile
import tempfile
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flowslot.base.clock import time_text
from flowslot.base.errors import Unavailable
from flowslot.base.json_text import dump
from flowslot.base.settings import Settings
from flowslot.base.vault import KEY_FILE, FileVault, KeyRefused
from flowslot.storage.files import SQLITE_FILE, SingleServer

_POSTGRESQL = (
    "Flowslot backs up SQLite. For PostgreSQL use its own backup (pg_dump, or base backups with WAL archiving), "
    f"and keep {KEY_FILE} of the data folder beside it: without the key the secrets cannot be read. "
    "After restoring one, and before `flowslot serve`: flowslot quarantine begin --database URL."
)
_PIECE = 1 << 20
_QUICKLY = 1
"""Level of compression: the next ones take several times as long for a few percent."""


def back_up(settings: Settings, file: Path, *, with_key: bool = True) -> None:
    """Writes the backup, also while the server runs: it holds every run that was acknowledged before.

    The file appears complete and checked or not at all, readable by its owner. Without the key it holds no secret in
    readable form, and is of use only to who has the key file.
    """
    source = _database_of(settings)
    if not source.exists():
        raise Unavailable(f"There is no database at {source}.")
    if not file.absolute().parent.is_dir():
        raise Unavailable(f"There is no folder {file.absolute().parent}.")
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".flowslot-backup-") as folder:
        copy, packed = Path(folder) / SQLITE_FILE, Path(folder) / "packed"
        _copy_database(source, copy)
        _refuse_damaged(copy, "quick_check")
        with (
            open(packed, "xb", opener=_private) as handle,
            tarfile.open(fileobj=handle, mode="w:gz", compresslevel=_QUICKLY) as archive,
        ):
            archive.add(copy, SQLITE_FILE)
            if with_key:
                archive.add(settings.data / KEY_FILE, KEY_FILE)
            archive.close()
            handle.flush()
            os.fsync(handle.fileno())
        packed.rename(file)
    _sync(file.absolute().parent)


def restore(settings: Settings, file: Path, *, now: datetime | None = None) -> None:
    """Puts a backup in place of what is there, under quarantine. Raises Unavailable, and then nothing has changed.

    Refused while a server runs, for what is no whole backup, and for one without its key where the key is not there.
    """
    target = _database_of(settings)
    if not file.is_file():
        raise Unavailable(f"There is no file {file}.")
    made = _made_now(settings.data)
    try:
        with tempfile.TemporaryDirectory(dir=settings.data, prefix=".restore-") as folder:
            has_key = _unpack(file, Path(folder))
            _refuse_damaged(Path(folder) / SQLITE_FILE, "integrity_check")
            _refuse_other_key(Path(folder) / SQLITE_FILE, Path(folder) if has_key else settings.data)
            _quarantine(Path(folder) / SQLITE_FILE, file.name, now or datetime.now(UTC))
            _replace(target, Path(folder), has_key=has_key)
    except BaseException:
        with suppress(OSError):
            for empty in made:
                empty.rmdir()
        raise


def _replace(target: Path, folder: Path, *, has_key: bool) -> None:
    """Each file takes its place at once; a crash between the two leaves what the next try repairs."""
    alone = SingleServer(target)
    try:
        for name in (SQLITE_FILE, KEY_FILE) if has_key else (SQLITE_FILE,):
            (folder / name).chmod(0o600)
        for rest in ("-wal", "-shm"):
            Path(f"{target}{rest}").unlink(missing_ok=True)
        if has_key:
            (folder / KEY_FILE).rename(target.parent / KEY_FILE)
        (folder / SQLITE_FILE).rename(target)
        _sync(target.parent)
    finally:
        alone.leave()


def _made_now(folder: Path) -> list[Path]:
    """Makes a folder; those that were not there before, the innermost first."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return missing


def _database_of(settings: Settings) -> Path:
    if settings.database:
        raise Unavailable(_POSTGRESQL)
    return settings.data / SQLITE_FILE


def _copy_database(source: Path, copy: Path) -> None:
    """SQLite's online backup in one step: one consistent state, while others go on writing."""
    import pysqlite3.dbapi2 as driver

    with closing(driver.connect(f"file:{source}?mode=ro", uri=True)) as reading:
        reading.execute("PRAGMA busy_timeout = 10000")
        with closing(driver.connect(str(copy))) as writing:
            reading.backup(writing)
            writing.execute("PRAGMA journal_mode = DELETE")
    copy.chmod(0o600)


def _unpack(file: Path, folder: Path) -> bool:
    """Takes the files out by name, whatever else stands in the archive; whether the key was there."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            names = archive.getnames()
            for name in (SQLITE_FILE, KEY_FILE):
                if name == KEY_FILE and name not in names:
                    return False
                _take_out(archive, name, folder / name)
    except (OSError, EOFError, KeyError, tarfile.TarError) as error:
        raise Unavailable(f"{file} is not a whole Flowslot backup: {error}.") from None
    return True


def _take_out(archive: tarfile.TarFile, name: str, place: Path) -> None:
    member = archive.extractfile(name)
    if member is None:
        raise KeyError(name)
    with open(place, "xb", opener=_private) as out:
        while block := member.read(_PIECE):
            out.write(block)
        out.flush()
        os.fsync(out.fileno())


def _refuse_damaged(database: Path, check: str) -> None:
    import pysqlite3.dbapi2 as driver

    with closing(driver.connect(str(database))) as connection:
        try:
            found = connection.execute(f"PRAGMA {check}").fetchone()[0]
        except driver.DatabaseError as error:
            found = str(error)
    if found != "ok":
        raise Unavailable(f"The database in the backup is damaged: {found}.")


def _refuse_other_key(database: Path, folder: Path) -> None:
    """Raises Unavailable when the key in the folder is not the one that the database's secrets are sealed with."""
    rows = _rows(database, "SELECT value FROM fact WHERE name = 'key_check'")
    try:
        if rows:
            FileVault(folder).check(rows[0][0])
    except KeyRefused as refused:
        raise Unavailable(f"The backup cannot be restored without its key. {refused}") from None


def _quarantine(database: Path, name: str, now: datetime) -> None:
    """The restored server starts nothing until it is released; that, too, is on record (R19)."""
    since, why = time_text(now), f"restored from {name}"
    fact = dump({"since": since, "why": why}).decode()
    _rows(database, "INSERT OR REPLACE INTO fact (name, value) VALUES ('quarantine', ?)", fact)
    said = "INSERT INTO audit (at, actor, action, about) VALUES (?, 'system', 'quarantine.begun', ?)"
    _rows(database, said, since, dump({"why": why}))


def _rows(database: Path, sql: str, *values: object) -> list[Any]:
    import pysqlite3.dbapi2 as driver

    with closing(driver.connect(str(database))) as connection:
        try:
            found: list[Any] = connection.execute(sql, values).fetchall()
            connection.commit()
        except driver.DatabaseError as error:
            raise Unavailable(f"The database in the backup is none of Flowslot's: {error}.") from None
    return found


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
