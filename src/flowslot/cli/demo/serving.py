"""The demo's server: `flowslot serve` as a process of its own, ended by its id whatever happens."""

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


class Served:
    """A running server, its address and where its log is."""

    def __init__(self, *, port: int, data: Path, token: str, more: Sequence[str] = ()) -> None:
        self._log = data / "demo-server.log"
        data.mkdir(parents=True, exist_ok=True)
        options = ["--port", str(port), "--data", str(data), "--allow-network", "127.0.0.1/32", "--json", *more]
        with self._log.open("ab") as log:
            # A session of its own: Ctrl+C reaches the demo, which then ends the server in good order.
            self._process = subprocess.Popen(  # noqa: S603  # our own program, with arguments made here
                [sys.executable, "-m", "flowslot.cli", "serve", *options],
                stdout=subprocess.PIPE,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=_environment(token),
                start_new_session=True,
            )
        self.pid = self._process.pid
        try:
            self.url = self._address()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends the server and waits for it."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _address(self) -> str:
        """The address that the server prints once it listens. Raises NotReached, with the end of its log."""
        try:
            return str(parse(self._first_line())["url"])
        except (Empty, Malformed):
            raise NotReached(
                f"The server did not start; its log {self._log} ends with:\n{self._end_of_log()}"
            ) from None

    def _first_line(self) -> bytes:
        lines: Queue[bytes] = Queue()
        out = self._process.stdout
        threading.Thread(target=lambda: lines.put(out.readline() if out else b""), daemon=True).start()
        return lines.get(timeout=_START_SECONDS)

    def _end_of_log(self) -> str:
        return "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-_SHOWN_LINES:])


def _environment(token: str) -> dict[str, str]:
    """Ours without FLOWSLOT_* settings, which are for another server; with the first administrator's token."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLOWSLOT_")}
    return {**kept, "FLOWSLOT_BOOTSTRAP_TOKEN": token}
