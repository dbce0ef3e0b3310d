"""A real server for tests of the API: all parts joined, on a port of this machine, in a thread of this process."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from flowslot.api.app import create_app
from flowslot.api.parts import Parts
from flowslot.app import set_up
from flowslot.base import json_text
from flowslot.base.clock import Clock
from flowslot.base.log import configure_log
from flowslot.base.settings import Settings
from flowslot.steps.registry import KINDS
from flowslot.wiring.parts import joined
from flowslot.wiring.upkeep import Upkeep

FOR_START = 30.0


@dataclass
class Server:
    """A running server. `admin` is signed in as the administrator."""

    url: str
    parts: Parts
    token: str
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 1_000_000)))

    def signed_in(self, token: str | None) -> httpx.Client:
        """A client that sends a token, or none."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=60)

    def fresh(self, noun: str) -> str:
        """A slug that nobody has."""
        return f"{noun}-{next(self._numbers)}"


@contextmanager
def running(folder: Path, *, ui: Path | None = None, clock: Clock | None = None, **settings: Any) -> Iterator[Server]:
    """A server with a fresh database; it ends with the block. `ui`: the folder of its page, if it has one."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    port = listener.getsockname()[1]
    started, box = threading.Event(), {}
    options = Settings(data=folder / "data", **settings)
    thread = threading.Thread(
        target=_run, args=(options, ui or folder / "no-page", clock, listener, started, box), daemon=True
    )
    thread.start()
    assert started.wait(FOR_START), "the server did not start"
    if "error" in box:
        raise box["error"]
    yield Server(f"http://127.0.0.1:{port}", box["parts"], box["token"])
    box["stop"]()
    thread.join(FOR_START)
    assert not thread.is_alive(), "the server did not stop"


def _run(
    settings: Settings,
    ui: Path,
    clock: Clock | None,
    listener: socket.socket,
    started: threading.Event,
    box: dict[str, Any],
) -> None:
    configure_log(level="error", people=False)
    try:
        asyncio.run(_serve(settings, ui, clock, listener, started, box))
    except BaseException as error:
        box["error"] = error
        started.set()


async def _serve(
    settings: Settings,
    ui: Path,
    clock: Clock | None,
    listener: socket.socket,
    started: threading.Event,
    box: dict[str, Any],
) -> None:
    with joined(settings, clock=clock) as found:
        loop = asyncio.get_running_loop()
        found.journal.start(loop)
        upkeep = Upkeep(found.deps, found.database, found.runs.gate, engine=found.engine)
        await upkeep.start()
        setup_token = set_up.prepare(found.deps)
        assert setup_token is not None
        seen = {"counts": found.watching.counts, "gauges": found.watching.gauges, "spans": found.watching.spans}
        more = {**seen, "keeper": upkeep, "ui": ui}
        parts = Parts(found.deps, found.views, runs=found.runs, kinds=KINDS, broadcast=found.broadcast, **more)
        token = set_up.set_up(found.deps, setup_token=setup_token, name="ada")
        server = uvicorn.Server(uvicorn.Config(create_app(parts), log_config=None, lifespan="off", ws="none"))

        def stop() -> None:
            found.broadcast.close()
            loop.call_soon_threadsafe(setattr, server, "should_exit", True)

        box.update(parts=parts, token=token, stop=stop)
        loop.call_soon(started.set)
        try:
            await server.serve(sockets=[listener])
        finally:
            await upkeep.stop()
            await found.engine.stop()
            await found.outbound.close()
            found.journal.close()


def exact(response: httpx.Response) -> Any:
    """The body with every number as it was sent."""
    return json_text.parse(response.content)
