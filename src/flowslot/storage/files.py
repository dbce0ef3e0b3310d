"""The files of a SQLite database: private to their owner, on a local disk, and one server to each."""

from __future__ import annotations

import os
from pathlib import Path

from flowslot.base.errors import Unavailable

SQLITE_FILE = "flowslot.db"
"""Name of the database in the data folder."""

_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "ceph", "glusterfs"})


class SingleServer:
    """Holds the lock file beside a database; refused while another server holds it."""

    def __init__(self, database: Path) -> None:
        import fcntl

        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = database.with_suffix(".lock")
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(self._descriptor, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(self._descriptor)
            raise Unavailable(
                f"Another server (process {holder}) is using {database}. "
                "Stop it first, or give this one its own --data folder."
            ) from None
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    @property
    def descriptor(self) -> int:
        """A process that inherits it keeps other servers out as well, for as long as it lives."""
        return self._descriptor

    def leave(self) -> None:
        """Lets another server in; harmless when done already."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def private_file(file: Path) -> None:
    """Makes the file if there is none; only its owner may read it (SQLite gives its side files the same mode)."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    file.chmod(0o600)


def refuse_network_folder(folder: Path) -> None:
    """Raises Unavailable on a network file system: its locks cannot be relied on."""
    kind = _file_system_of(folder.absolute())
    if kind in _NETWORK:
        raise Unavailable(f"{folder} is on a network file system ({kind}); SQLite needs a local disk.")


def _file_system_of(folder: Path) -> str:
    best, kind = "", ""
    try:
        lines = Path("/proc/self/mounts").read_text(errors="replace").splitlines()
    except OSError:
        return ""
    for line in lines:
        _, place, found, *_ = line.split(" ")
        place = place.replace("\\040", " ")
        if len(place) >= len(best) and folder.is_relative_to(place):
            best, kind = place, found
    return kind
