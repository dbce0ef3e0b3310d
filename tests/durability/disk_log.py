"""Writes down what SQLite does to its files: each write, truncation and deletion, and each sync once it is over.

A machine that loses power keeps what was synced and any part of what was not; from this log such a disk can be made
(`after_power_loss`). The log is kept by a layer over SQLite's own file system, by its public interface.
"""

from __future__ import annotations

import ctypes
import os
import random
import struct
from collections.abc import Callable, Iterator
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass
from pathlib import Path

WRITE, TRUNCATE, SYNC, DELETE = 1, 2, 3, 4
_HEAD = struct.Struct("<BBqqq")
"""What was done, length of the file's name, where, how many bytes, and of a sync how much of the log it covers."""


@dataclass(frozen=True)
class Done:
    """One thing done to a file."""

    what: int
    file: str
    at: int
    data: bytes
    covers: int


class _File(Structure):
    _fields_ = (("methods", c_void_p),)


class _Methods(Structure):
    """sqlite3_io_methods as far as it is replaced; what follows is copied as it is."""

    _fields_ = (
        ("version", c_int),
        ("close", c_void_p),
        ("read", c_void_p),
        ("write", c_void_p),
        ("truncate", c_void_p),
        ("sync", c_void_p),
        ("rest", c_void_p * 13),
    )


class _Vfs(Structure):
    """sqlite3_vfs up to the functions that are replaced."""

    _fields_ = (
        ("version", c_int),
        ("file_size", c_int),
        ("longest_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", c_void_p),
        ("delete", c_void_p),
    )


_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, POINTER(_File), c_int, c_void_p)  # a name must stay where it is
_Delete = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)


def begin(log: str) -> None:
    """From now on everything is written down in this process."""
    import pysqlite3._sqlite3 as driver

    library = ctypes.CDLL(driver.__file__)
    library.sqlite3_vfs_find.restype = POINTER(_Vfs)
    library.sqlite3_vfs_find.argtypes = (c_char_p,)
    vfs = library.sqlite3_vfs_find(None).contents
    _Layer(vfs, os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))


class _Layer:
    """Replaces the functions of opened files; kept for as long as the process lives."""

    _kept: list[object] = []  # noqa: RUF012  what C code calls must never be collected

    def __init__(self, vfs: _Vfs, log: int) -> None:
        self._log = log
        self._written = 0
        self._names: dict[int, str] = {}
        self._replaced: dict[int, _Methods] = {}
        self._open, self._delete = _Open(vfs.open), _Delete(vfs.delete)
        opened, deleted = _Open(self._opened), _Delete(self._deleted)
        vfs.open, vfs.delete = ctypes.cast(opened, c_void_p), ctypes.cast(deleted, c_void_p)
        self._kept += [self, opened, deleted]

    def _opened(self, vfs: int, name: int | None, file: ctypes._Pointer[_File], flags: int, out: int) -> int:
        result: int = self._open(vfs, name, file, flags, out)
        methods = file.contents.methods
        if result == 0 and methods and name is not None:
            self._names[ctypes.addressof(file.contents)] = _base_name(name)
            if methods not in self._replaced:
                self._replaced[methods] = self._methods_over(methods)
            file.contents.methods = ctypes.addressof(self._replaced[methods])
        return result

    def _deleted(self, vfs: int, name: int, synced: int) -> int:
        self._line(DELETE, _base_name(name).encode(), 0, b"", covers=0)
        return int(self._delete(vfs, name, synced))

    def _methods_over(self, address: int) -> _Methods:
        original = _Methods.from_address(address)
        own = _Methods.from_buffer_copy(original)
        write, truncate, sync = _Write(original.write), _Truncate(original.truncate), _Sync(original.sync)

        def written(file: int, data: int, size: int, at: int) -> int:
            self._note(WRITE, file, at, ctypes.string_at(data, size))
            return int(write(file, data, size, at))

        def truncated(file: int, size: int) -> int:
            self._note(TRUNCATE, file, size, b"")
            return int(truncate(file, size))

        def synced(file: int, flags: int) -> int:
            covers = self._written
            result = int(sync(file, flags))
            if result == 0:
                self._note(SYNC, file, 0, b"", covers=covers)
            return result

        functions = (_Write(written), _Truncate(truncated), _Sync(synced))
        own.write, own.truncate, own.sync = (ctypes.cast(each, c_void_p) for each in functions)
        self._kept += [own, write, truncate, sync, *functions]
        return own

    def _note(self, what: int, file: int, at: int, data: bytes, *, covers: int = 0) -> None:
        self._line(what, self._names[file].encode(), at, data, covers=covers)

    def _line(self, what: int, name: bytes, at: int, data: bytes, *, covers: int) -> None:
        line = _HEAD.pack(what, len(name), at, len(data), covers) + name + data
        os.write(self._log, line)
        self._written += len(line)


def _base_name(address: int) -> str:
    return os.path.basename(ctypes.string_at(address).decode())


def read(log: Path) -> Iterator[tuple[int, Done]]:
    """What was done, each with its place in the log; a last line that was cut short is left out."""
    content, place = log.read_bytes(), 0
    while place + _HEAD.size <= len(content):
        what, length, at, size, covers = _HEAD.unpack_from(content, place)
        end = place + _HEAD.size + length + size
        if end > len(content):
            return
        name = content[place + _HEAD.size :][:length].decode()
        yield place, Done(what, name, at, content[end - size : end], covers)
        place = end


def after_power_loss(log: Path, folder: Path, chance: random.Random) -> int:
    """The files as a machine without power keeps them: all that was synced, and a part of the rest.

    `folder` holds them as they were before the log began. How many writes were lost.
    """
    done = list(read(log)) if log.exists() else []
    sure: dict[str, int] = {}
    for _, each in done:
        if each.what == SYNC:
            sure[each.file] = max(sure.get(each.file, 0), each.covers)
    kept = _one_of(chance)
    lost = 0
    for place, each in done:
        if each.what == SYNC:
            continue
        if each.what == DELETE:
            (folder / each.file).unlink(missing_ok=True)
        elif place < sure.get(each.file, 0) or kept():
            _do(each, folder / each.file)
        else:
            lost += 1
    return lost


def _one_of(chance: random.Random) -> Callable[[], bool]:
    """Whether an unsynced write reached the disk: none does, or some in any order."""
    share = chance.choice((0.0, 0.5))
    return lambda: chance.random() < share


def _do(each: Done, file: Path) -> None:
    with file.open("r+b" if file.exists() else "w+b") as handle:
        if each.what == TRUNCATE:
            handle.truncate(each.at)
        else:
            handle.seek(each.at)
            handle.write(each.data)
