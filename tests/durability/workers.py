"""serve --workers N, watched from outside: its processes, and those who send to them all the time."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from servers import Api, Place, free_port, happens, real_command

WORKERS = 3


def place_of(folder: Path, *, workers: int = WORKERS, database: str = "") -> Place:
    place = Place(folder, port=free_port(), database=database)
    place.more["FLOWSLOT_WORKERS"] = str(workers)
    place.more["FLOWSLOT_SANDBOXES"] = "1"
    return place


@dataclass
class Crew:
    """A supervisor that runs, and what it is asked."""

    place: Place
    supervisor: int
    api: Api

    @property
    def pids(self) -> list[int]:
        """Its processes, the oldest first."""
        found = Path(f"/proc/{self.supervisor}/task/{self.supervisor}/children").read_text().split()
        return sorted(int(pid) for pid in found)

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)

    async def replaced(self, *pids: int, workers: int = WORKERS) -> None:
        """Waits until none of these is left and all places are taken."""
        await happens(
            lambda: len(self.pids) == workers and not set(pids) & set(self.pids), seconds=60, what="successors"
        )


@asynccontextmanager
async def crew(place: Place) -> AsyncIterator[Crew]:
    """`flowslot serve` with several processes; stopped as an operator stops it, which must succeed."""
    place.folder.mkdir(parents=True, exist_ok=True)
    async with aiohttp.ClientSession() as session, real_command(place) as process:
        found = Crew(place, process.pid, Api(place, session))
        await found.api.ready()
        await found.replaced(workers=int(place.more["FLOWSLOT_WORKERS"]))
        yield found


@dataclass
class Stream:
    """Senders that never stop: half of them keep their connections, half open a new one for each request."""

    url: str
    answered: int = 0
    wrong: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def flowing(self, count: int = 6) -> AsyncIterator[None]:
        over = asyncio.Event()
        tasks = [asyncio.create_task(self._send(over, keep=number % 2 == 0)) for number in range(count)]
        try:
            yield
        finally:
            over.set()
            await asyncio.wait_for(asyncio.gather(*tasks), 60)

    async def _send(self, over: asyncio.Event, *, keep: bool) -> None:
        connector = aiohttp.TCPConnector(force_close=not keep)
        async with aiohttp.ClientSession(connector=connector) as session:
            while not over.is_set():
                await self._ask(session)

    async def _ask(self, session: aiohttp.ClientSession) -> None:
        try:
            async with session.post(self.url, json={"n": self.answered}) as answer:
                if answer.status != 202:
                    self.wrong.append(f"{answer.status}: {await answer.text()}")
        except (aiohttp.ClientError, OSError) as error:
            self.wrong.append(f"{type(error).__name__}: {error}")
        self.answered += 1
        await asyncio.sleep(0.002)


@asynccontextmanager
async def fresh_session() -> AsyncIterator[aiohttp.ClientSession]:
    """A session that opens a new connection for each request, so that any process may take it."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as session:
        yield session


async def events_of(session: aiohttp.ClientSession, place: Place, token: str) -> AsyncIterator[dict[str, Any]]:
    """What GET /events says, from the moment it begins."""
    from flowslot.base.json_text import parse

    headers = {"Authorization": f"Bearer {token}"}
    async with session.get(place.url("/api/v1/events"), headers=headers, timeout=aiohttp.ClientTimeout(60)) as answer:
        async for line in answer.content:
            if line.startswith(b"retry:"):
                yield {}
            if line.startswith(b"data: "):
                yield parse(line.removeprefix(b"data: "))
