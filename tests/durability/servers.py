"""Servers to kill: started as forks of one process that has everything imported, or by the real command."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]
TOKEN = "token-of-a-server-that-is-killed-again-and-again"
NEVER_GIVEN = range(10_000, 32_000)
"""Below the ports that Linux gives to outgoing connections: one of those can be taken while a server is away."""
STARTS_WITHIN = 60.0
"""Seconds, on a machine that has other things to do."""


class InVain(AssertionError):
    """What was waited for did not come."""


@dataclass
class Place:
    """Where a server stands: its data, its port, its database."""

    folder: Path
    port: int
    database: str = ""
    more: dict[str, str] = field(default_factory=dict)
    """Further environment variables."""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def arguments(self) -> Sequence[str]:
        database = ["--database", self.database] if self.database else []
        return ["--port", str(self.port), "--data", str(self.data), "--allow-network", "127.0.0.0/8", *database]

    @property
    def environment(self) -> Mapping[str, str]:
        (self.folder / "tmp").mkdir(parents=True, exist_ok=True)
        given = {"FLOWSLOT_BOOTSTRAP_TOKEN": TOKEN, "FLOWSLOT_LOG_LEVEL": "warning", "PYTHONUTF8": "1"}
        return {**given, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(self.folder / "tmp"), **self.more}


class Launcher:
    """Starts sound servers, or those with one planted fault."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._turn = asyncio.Lock()
        self.running: set[int] = set()

    async def serve(self, place: Place) -> int:
        """The process id of a server that begins to start."""
        pid = int(await self._ask(serve=place.arguments, env=place.environment, log=str(place.log)))
        self.running.add(pid)
        return pid

    async def end(self, pid: int, how: signal.Signals = signal.SIGKILL) -> int:
        """Ends a server and waits until it is gone: its exit status, below zero for the signal that ended it."""
        os.kill(pid, how)
        status = int(await self._ask(reap=pid))
        self.running.discard(pid)
        return status

    async def _ask(self, **asked: Any) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._turn:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            return (await asyncio.wait_for(self._process.stdout.readline(), STARTS_WITHIN)).decode().strip()


@asynccontextmanager
async def launcher(plant: str = "sound") -> AsyncIterator[Launcher]:
    """A launcher; what it started is ended on leaving."""
    script = Path(__file__).with_name("planted.py")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FLOWSLOT_")}
    environment["PYTHONPATH"] = str(ROOT / "src")
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(script), plant, stdin=PIPE, stdout=PIPE, env=environment
    )
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), STARTS_WITHIN) == b"ready\n"
        found = Launcher(process)
        yield found
    finally:
        for pid in list(found.running):
            await found.end(pid)
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


@asynccontextmanager
async def real_command(place: Place) -> AsyncIterator[Process]:
    """`flowslot serve` as an operator starts it; stopped as an operator stops it, which must succeed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FLOWSLOT_")}
    command = [sys.executable, "-m", "flowslot.cli", "serve", *place.arguments]
    with place.log.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env={**environment, **place.environment}, stdout=log, stderr=log
        )
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), STARTS_WITHIN) == 0
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class Api:
    """Requests to a server's API, by its first administrator."""

    def __init__(self, place: Place, session: aiohttp.ClientSession) -> None:
        self._place = place
        self._session = session

    async def ready(self, *, seconds: float = STARTS_WITHIN) -> None:
        """Waits until the server says that it is ready."""
        for _ in every(seconds=seconds, what="the server to be ready"):
            with contextlib.suppress(aiohttp.ClientError, OSError):
                async with self._session.get(self._place.url("/api/v1/health/ready")) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.01)

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of an answer that must not be a refusal."""
        headers = {"Authorization": f"Bearer {TOKEN}"}
        url = self._place.url(f"/api/v1{path}")
        async with self._session.request(method, url, headers=headers, json=body) as answer:
            found = await answer.json(content_type=None)
            assert answer.status < 300, (method, path, found)
            return found

    async def make_workspace(self, slug: str) -> None:
        await self.call("POST", "/workspaces", {"slug": slug, "name": slug})

    async def make_flow(self, slug: str, definition: Any, *, workspace: str = "acme") -> str:
        """A flow on main, registered in the workspace; the path of its webhook address."""
        await self.call("POST", "/flows", {"slug": slug, "name": slug, "workspace": workspace})
        await self.promote(slug, await self.stage(slug, definition, workspace=workspace), workspace=workspace)
        return await self.hook(slug, workspace)

    async def revision(self, slug: str) -> int:
        found: int = (await self.call("GET", f"/flows/{slug}"))["revision"]
        return found

    async def stage(self, slug: str, definition: Any, *, workspace: str = "acme") -> int:
        """Stages a definition; its version."""
        given = {"workspace": workspace, "definition": definition, "expected_revision": await self.revision(slug)}
        number: int = (await self.call("POST", f"/flows/{slug}/staging", given))["version"]["number"]
        return number

    async def promote(self, slug: str, version: int, *, workspace: str = "acme") -> str:
        """Promotes the staged version; the promotion's id."""
        given = {"workspace": workspace, "version": version, "expected_revision": await self.revision(slug)}
        promotion: str = (await self.call("POST", f"/flows/{slug}/promotions", given))["id"]
        return promotion

    async def hook(self, slug: str, workspace: str) -> str:
        """The path of a registration's address; empty where it has none."""
        found = await self.call("GET", f"/flows/{slug}/registrations/{workspace}")
        if found["webhook"] is None:
            return ""
        path: str = found["webhook"]["main"]
        return "/hooks/" + path.rsplit("/hooks/", 1)[1]


def every(*, seconds: float, what: str) -> Iterator[float]:
    """Yields until the time is up, then fails; whoever asks pauses himself."""
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < seconds:
        yield passed
    raise InVain(f"waited {seconds:.0f} s in vain for {what}")


async def happens(condition: Any, *, seconds: float, what: str, pause: float = 0.02) -> None:
    """Waits for a condition; fails, saying which, when it has not come in time."""
    for _ in every(seconds=seconds, what=what):
        if condition():
            return
        await asyncio.sleep(pause)


def free_port() -> int:
    """A port nobody listens on, and that the system gives to no connection while a server is away between two lives."""
    while True:
        port = secrets.choice(NEVER_GIVEN)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def show(*figures: object) -> None:
    """Figures of a series of trials, for whoever runs it with -s."""
    print(*figures, sep="; ")  # noqa: T201
