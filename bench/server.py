"""A server to measure: `flowslot serve` in a process of its own, and the few API calls a bench needs."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TOKEN = "bench-token-of-a-server-that-lives-for-a-minute"


@dataclass(frozen=True)
class Spent:
    """What all processes of a server have used up."""

    cpu_seconds: float
    written: int | None
    """Bytes handed to the disk; None where the machine does not tell."""

    def since(self, before: Spent) -> Spent:
        """What was used up between two looks."""
        bytes_written = None if self.written is None or before.written is None else self.written - before.written
        return Spent(self.cpu_seconds - before.cpu_seconds, bytes_written)

    def told(self, runs: int) -> str:
        """What one run took."""
        disk = "" if self.written is None else f", {self.written / runs / 1000:.1f} kB written"
        return f"each run: {self.cpu_seconds / runs * 1000:.2f} ms of CPU in the server{disk}"


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    pid: int

    def call(self, method: str, path: str, body: object = None) -> Any:
        """The JSON answer of an API call; raises on any refusal."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def spent(self) -> Spent:
        """What the server and all its children have used up so far."""
        processes = family(self.pid)
        written = [_written(pid) for pid in processes]
        return Spent(sum(map(_cpu_seconds, processes)), None if None in written else sum(each or 0 for each in written))

    def memory_mb(self) -> float:
        """Proportional memory of the server and all its children, in MB."""
        return sum(_pss_kb(pid) for pid in family(self.pid)) / 1024


@contextlib.contextmanager
def running(
    data: Path, *, database: str = "", allow: str = "127.0.0.0/8", more: Sequence[str] = ()
) -> Iterator[Server]:
    """Starts a server on a free port and ends it."""
    port = free_port()
    process = start(data, port=port, database=database, allow=allow, more=more)
    try:
        wait_until_ready(port)
        yield Server(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def start(
    data: Path, *, port: int, database: str = "", allow: str = "", more: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Starts the command; does not wait."""
    environment: Mapping[str, str] = {**os.environ, "FLOWSLOT_BOOTSTRAP_TOKEN": TOKEN, "FLOWSLOT_LOG_LEVEL": "warning"}
    command = [str(Path(sys.executable).parent / "flowslot"), "serve", "--port", str(port), "--data", str(data)]
    command += ["--database", database] if database else []
    command += ["--allow-network", allow] if allow else []
    command += more
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(port: int, *, seconds: float = 30) -> None:
    """Returns when the server says it is ready; TimeoutError after `seconds`."""
    ready = f"http://127.0.0.1:{port}/api/v1/health/ready"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), urllib.request.urlopen(ready) as answer:
            if answer.status == 200:
                return
        time.sleep(0.02)
    raise TimeoutError("the server did not become ready")


def make_flow(server: Server, slug: str, definition: object, *, workspace: str = "bench") -> Mapping[str, Any]:
    """A flow with this definition on main, registered in the workspace; its registration."""
    flow = server.call("POST", "/flows", {"slug": slug, "name": slug, "workspace": workspace})
    staged = server.call(
        "POST",
        f"/flows/{slug}/staging",
        {"workspace": workspace, "definition": definition, "expected_revision": flow["revision"]},
    )
    version, revision = staged["version"]["number"], staged["flow"]["revision"]
    server.call(
        "POST",
        f"/flows/{slug}/promotions",
        {"workspace": workspace, "version": version, "expected_revision": revision},
    )
    found: Mapping[str, Any] = server.call("GET", f"/flows/{slug}/registrations/{workspace}")
    return found


def hook_path(registration: Mapping[str, Any]) -> str:
    """The path of a registration's webhook address."""
    url: str = registration["webhook"]["main"]
    return "/hooks/" + url.rsplit("/hooks/", 1)[1]


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found, queue = [], [pid]
    while queue:
        parent = queue.pop()
        found.append(parent)
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                queue += [int(child) for child in (task / "children").read_text().split()]
    return found


def _cpu_seconds(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _written(pid: int) -> int | None:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/io").read_text().splitlines():
            if line.startswith("write_bytes:"):
                return int(line.split()[1])
    return None


def _pss_kb(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0
