"""What a supervisor and its processes tell each other: one line of JSON each, on a socket that both hold."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flowslot.base.errors import FlowslotError, Unavailable, every_error

LEAVE = b"leave\n"
"""From the supervisor: answer what was sent, then end. The socket's end says: end, there is no supervisor any more."""


@dataclass(frozen=True, slots=True)
class Orders:
    """What a process is to be; the numbers are of file descriptors that it inherits."""

    name: str
    names: Sequence[str]
    settings: Mapping[str, str]
    """As FLOWSLOT_* variables."""
    listener: int
    own: int
    """Its end of its inbox."""
    others: Sequence[int]
    """The others' inboxes."""
    kept: Sequence[int]
    """What it only keeps open: the lock of the database."""
    prepares: bool
    """Whether it readies signing in, which makes a new set-up token."""

    def send(self, control: socket.socket) -> None:
        control.sendall(json.dumps(asdict(self)).encode() + b"\n")


def received(control: socket.socket) -> Orders:
    """The orders, as a process reads them first of all."""
    with control.makefile("rb") as lines:
        return Orders(**json.loads(lines.readline()))


@dataclass(frozen=True, slots=True)
class Report:
    """What a process says of its start: that it serves, or why it cannot."""

    setup_token: str | None = None
    refused: str | None = None
    """A code of base.errors."""
    detail: str = ""

    def send(self, control: socket.socket) -> None:
        control.sendall(json.dumps(asdict(self)).encode() + b"\n")

    def error(self) -> FlowslotError:
        """Why it cannot serve."""
        kinds: dict[str, type[FlowslotError]] = {kind.code: kind for kind in every_error()}
        return kinds.get(self.refused or "", Unavailable)(self.detail)


def reported(line: bytes) -> Report:
    found: dict[str, Any] = json.loads(line)  # Any: written by `Report.send`
    return Report(**found)


def inbox() -> tuple[socket.socket, socket.socket]:
    """The end that one process reads, and the end that all others write. What is said while nobody reads it waits."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
