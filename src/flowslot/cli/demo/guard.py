"""A guard beside the demo: ends what the demo started, even when the demo itself is killed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

_SCRIPT = """
while read -r signal pid; do all="$all $signal:$pid"; done
for each in $all; do kill "-${each%%:*}" "${each##*:}" 2>/dev/null; done
sleep 15
for each in $all; do kill -KILL "${each##*:}" 2>/dev/null; done
"""
"""Reads until the demo is gone, however it went; then ends the processes it was told of."""


class Guard:
    """Is told of each process by its id. Nothing happens while the demo lives, or when it ends in good order."""

    def __init__(self) -> None:
        # A session of its own: Ctrl+C reaches the demo, not its guard.
        command = ["/bin/sh", "-c", _SCRIPT]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603  # ours

    def watch(self, pid: int, *, signal: str = "TERM") -> None:
        """This process is to get that signal should the demo vanish."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{signal} {pid}\n".encode())
        self._process.stdin.flush()

    def dismiss(self) -> None:
        """Everything has ended in good order."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def guarded() -> Iterator[Guard]:
    """A guard for the length of a block."""
    guard = Guard()
    try:
        yield guard
    finally:
        guard.dismiss()
