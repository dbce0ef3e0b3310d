"""A backup in one file: the database as of one instant and the key file. SQLite; PostgreSQL has its own tools."""

from __future__ import annotations

import os
import tarfile
import tempfile
from pathlib import Path

from flowslot.base.errors import Unavailable
from flowslot.base.settings import Settings
from flowslot.base.vault import KEY_FILE
from flowslot.storage.dialect import SQLITE_FILE
from flowslot.storage.files import SingleServer

_POSTGRESQL = (
    "Flowslot backs up SQLite. For PostgreSQL use its own backup (pg_dump, or base backups with WAL archiving), "
    f"and keep {KEY_FILE} of the data folder beside it: without the key the secrets cannot be read."
)


def back_up(settings: Settings, file: Path) -> None:
    """Writes the backup, also while the server runs. The file appears complete or not at all, readable by its owner."""
    source = _database_of(settings)
    if not source.exists():
        raise Unavailable(f"There is no database at {source}.")
    with tempfile.TemporaryDirectory(dir=file.absolute().parent) as folder:
        copy, packed = Path(folder) / SQLITE_FILE, Path(folder) / "packed"
        _copy_database(source, copy)
        with open(packed, "xb", opener=_private) as handle, tarfile.open(fileobj=handle, mode="w:gz") as archive:
            archive.add(copy, SQLITE_FILE)
            archive.add(settings.data / KEY_FILE, KEY_FILE)
            archive.close()
            handle.flush()
            os.fsync(handle.fileno())
        packed.rename(file)


def restore(settings: Settings, file: Path) -> None:
    """Puts a backup in place of what is there. Raises Unavailable while a server runs, or for no backup."""
    target = _database_of(settings)
    alone = SingleServer(target)
    try:
        with tempfile.TemporaryDirectory(dir=settings.data) as folder:
            _unpack(file, Path(folder))
            _refuse_damaged(Path(folder) / SQLITE_FILE)
            for name in (SQLITE_FILE, KEY_FILE):
                (Path(folder) / name).chmod(0o600)
            for rest in ("-wal", "-shm"):
                Path(f"{target}{rest}").unlink(missing_ok=True)
            (Path(folder) / KEY_FILE).rename(settings.data / KEY_FILE)
            (Path(folder) / SQLITE_FILE).rename(target)
    finally:
        alone.leave()


def _database_of(settings: Settings) -> Path:
    if settings.database:
        raise Unavailable(_POSTGRESQL)
    return settings.data / SQLITE_FILE


def _copy_database(source: Path, copy: Path) -> None:
    """SQLite's online backup: one consistent state, whatever is written meanwhile."""
    import pysqlite3.dbapi2 as driver

    reading, writing = driver.connect(f"file:{source}?mode=ro", uri=True), driver.connect(str(copy))
    try:
        reading.backup(writing)
    finally:
        writing.close()
        reading.close()


def _unpack(file: Path, folder: Path) -> None:
    """Takes the two files out by name; whatever else stands in the archive is not looked at."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            for name in (SQLITE_FILE, KEY_FILE):
                member = archive.extractfile(name)
                if member is None:
                    raise KeyError(name)
                with open(folder / name, "xb", opener=_private) as out:
                    while block := member.read(1 << 20):
                        out.write(block)
                    os.fsync(out.fileno())
    except (OSError, EOFError, KeyError, tarfile.TarError) as error:
        raise Unavailable(f"{file} is not a whole Flowslot backup: {error}.") from None


def _refuse_damaged(database: Path) -> None:
    import pysqlite3.dbapi2 as driver

    connection = driver.connect(str(database))
    try:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
    except driver.DatabaseError as error:
        found = str(error)
    finally:
        connection.close()
    if found != "ok":
        raise Unavailable(f"The database in the backup is damaged: {found}.")


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
