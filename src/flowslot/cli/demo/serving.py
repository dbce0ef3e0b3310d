"""The demo's processes: servers and workers, each ended by its id whatever happens."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from queue import Empty, Queue

from flowslot.base.errors import Malformed
from flowslot.base.json_text import parse
from flowslot.cli.refusals import NotReached

_START_SECONDS = 60
_STOP_SECONDS = 15
_SHOWN_LINES = 15


class Started:
    """A process of `flowslot`, what it said first, and where its log is."""

    def __init__(self, command: str, options: Sequence[str], *, log: Path, token: str) -> None:
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as written:
            # A session of its own: Ctrl+C reaches the demo, which then ends the server in good order.
            self._process = subprocess.Popen(  # noqa: S603  # our own program, with arguments made here
                [sys.executable, "-m", "flowslot.cli", command, *options, "--json"],
                stdout=subprocess.PIPE,
                stderr=written,
                stdin=subprocess.DEVNULL,
                env=_environment(token),
                start_new_session=True,
            )
        self.pid = self._process.pid

    @property
    def lives(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self.stop()

    def stop(self) -> None:
        """Ends the process and waits for it."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def said(self, name: str) -> str:
        """What the process says of itself once it works. Raises NotReached, with the end of its log, and ends it."""
        try:
            return str(parse(self._first_line())[name])
        except BaseException as error:
            self.stop()
            if not isinstance(error, (Empty, Malformed)):
                raise
            text = f"The server did not start; its log {self._log} ends with:\n{self._end_of_log()}"
            raise NotReached(text) from None

    def _first_line(self) -> bytes:
        lines: Queue[bytes] = Queue()
        out = self._process.stdout
        threading.Thread(target=lambda: lines.put(out.readline() if out else b""), daemon=True).start()
        return lines.get(timeout=_START_SECONDS)

    def _end_of_log(self) -> str:
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_SHOWN_LINES:])


class Served(Started):
    """A running server and its address."""

    def __init__(self, *, port: int, data: Path, token: str, more: Sequence[str] = ()) -> None:
        options = ["--port", str(port), "--data", str(data), *_ALLOWED, *more]
        super().__init__("serve", options, log=data / "demo-server.log", token=token)
        self.url = self.said("url")


class Working(Started):
    """A running worker of a cluster and its name."""

    def __init__(self, *, data: Path, more: Sequence[str] = ()) -> None:
        super().__init__("worker", ["--data", str(data), *_ALLOWED, *more], log=data / "demo-worker.log", token="")
        self.name = self.said("worker")


_ALLOWED = ("--allow-network", "127.0.0.1/32")


def _environment(token: str) -> dict[str, str]:
    """Ours without FLOWSLOT_* settings, which are for another server; with the first administrator's token."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLOWSLOT_")}
    return {**kept, "FLOWSLOT_BOOTSTRAP_TOKEN": token}
