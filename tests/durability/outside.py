"""What the outside world knows: answers that were given, requests that arrived; and what of it must never be seen."""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

import aiohttp
import shop
from aiohttp import web
from http_target import Got, HttpTarget, http_target, said
from servers import TOKEN

MOST_OPEN = 40
"""Accepted runs that have not reached their last request; more are not sent, so that a start has little to recover."""


@dataclass
class Ledger:
    """Everything seen from outside. `wrong` is what must be empty."""

    accepted: dict[int, str] = field(default_factory=dict)
    """Number of what was sent → the run it was answered with."""
    flow_of: dict[int, str] = field(default_factory=dict)
    given_up: set[int] = field(default_factory=set)
    """What was sent and never answered: it may be a run."""
    finished: set[int] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    recorded: set[str] = field(default_factory=set)
    """Keys of effects that were on record while no server ran."""
    arrived: Counter[str] = field(default_factory=Counter)
    """Key of an effect → how often it was done."""
    paths: dict[str, str] = field(default_factory=dict)
    """Key of an effect → its path at the target."""
    numbers: dict[str, int] = field(default_factory=dict)
    furthest: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    refusals: Counter[int] = field(default_factory=Counter)
    """Answers other than 2xx, by status."""
    life: int = 0
    """How many servers, or databases, were killed."""
    once_a_life: bool = True
    """Whether nothing but a kill may have an effect done again."""

    @property
    def open(self) -> int:
        return len(self.accepted) - len(self.finished & self.accepted.keys())

    @property
    def repeated(self) -> int:
        """Effects in flight at a kill that were done once more."""
        return sum(count - 1 for count in self.arrived.values())

    def took(self, number: int, run: str) -> None:
        """What was sent was answered with this run."""
        first = self.accepted.setdefault(number, run)
        if first != run:
            self.wrong.append(f"{number} is two runs: {first}, {run}")

    def did(self, got: Got) -> None:
        """An effect was done outside."""
        name, number = got.path.strip("/"), got.body["n"]
        stage = shop.STAGES[name]
        if got.key in self.recorded:
            self.wrong.append(f"{got.key} was on record and was done again")
        if self.furthest[number] > stage:
            self.wrong.append(f"{got.key} was done again although the run had gone on from it")
        if self.once_a_life and self._lives.setdefault(got.key, -1) == self.life:
            self.wrong.append(f"{got.key} was done twice without a kill")
        self._lives[got.key] = self.life
        self.furthest[number] = max(self.furthest[number], stage)
        self.arrived[got.key] += 1
        self.paths[got.key], self.numbers[got.key] = name, number
        if name == "last":
            self.finished.add(number)

    _lives: dict[str, int] = field(default_factory=dict)


class Target:
    """Answers the effects. /flaky fails the first time it sees a key, /refused always."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._failed: set[str] = set()

    async def __call__(self, got: Got) -> web.Response:
        if got.path == "/flaky" and got.key not in self._failed:
            self._failed.add(got.key)
            return said({}, status=503)
        self._ledger.did(got)
        await asyncio.sleep(0)
        return said({"n": got.body["n"]}, status=400 if got.path == "/refused" else 200)


@asynccontextmanager
async def target(ledger: Ledger) -> AsyncIterator[HttpTarget]:
    """The target, listening."""
    async with http_target(Target(ledger)) as found:
        yield found


class Senders:
    """Start runs on a server that comes and goes; each is asked for again and again until it is answered."""

    def __init__(self, ledger: Ledger, url: str, hooks: Mapping[str, str], chance: random.Random) -> None:
        self._ledger, self._url, self._hooks, self.chance = ledger, url, hooks, chance
        self._next = 0
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self.answered = asyncio.Event()
        """Set by each run that was accepted; cleared by whoever wants to see the next one."""

    @asynccontextmanager
    async def sending(self, count: int = 4) -> AsyncIterator[None]:
        """That many at the same time, until left."""
        self._tasks = [asyncio.create_task(self._send_one_after_another()) for _ in range(count)]
        try:
            yield
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def finish(self, *, seconds: float = 60) -> None:
        """Sends nothing more; each waits for the answer to what it sent."""
        self._stopping = True
        _, waiting = await asyncio.wait(self._tasks, timeout=seconds)
        if waiting:
            self._ledger.wrong.append(f"{len(waiting)} senders were never answered")

    async def _send_one_after_another(self) -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session:
            while not self._stopping:
                if self._ledger.open >= MOST_OPEN:
                    await asyncio.sleep(0.005)
                    continue
                number, self._next = self._next, self._next + 1
                self._ledger.flow_of[number] = self.chance.choice(shop.STARTED_BY_WEBHOOK)
                await self._until_answered(session, number)
                if self.chance.random() < 0.05:  # the sender never saw the answer, and sends once more
                    await self._until_answered(session, number)

    async def _until_answered(self, session: aiohttp.ClientSession, number: int) -> None:
        gives_up = number not in self._ledger.accepted and self.chance.random() < 0.05
        while True:
            try:
                if await self._was_taken(session, number):
                    return
            except (aiohttp.ClientConnectorError, ConnectionRefusedError):
                await asyncio.sleep(0.005)  # nobody listens
            except (aiohttp.ClientError, OSError, TimeoutError):
                if gives_up:
                    self._ledger.given_up.add(number)
                    return

    async def _was_taken(self, session: aiohttp.ClientSession, number: int) -> bool:
        path, headers, body = self._request(number)
        async with session.post(self._url + path, json=body, headers=headers) as answer:
            said = await answer.json(content_type=None)
            if answer.status == 202:
                self._ledger.took(number, said["run"] if "run" in said else said["id"])
                self.answered.set()
                return True
            self._ledger.refusals[answer.status] += 1
            if answer.status != 503 or "Retry-After" not in answer.headers:
                self._ledger.wrong.append(f"{number} was answered {answer.status}: {said}")
                self._ledger.given_up.add(number)
                return True
        await asyncio.sleep(0.02)
        return False

    def _request(self, number: int) -> tuple[str, dict[str, str], Any]:
        """Path, headers and body: a webhook, and every fifth time a run started by hand; both can be sent again."""
        flow = self._ledger.flow_of[number]
        if number % 5:
            return self._hooks[flow], {"webhook-id": f"msg{number}"}, {"n": number}
        headers = {"Idempotency-Key": f"key{number}", "Authorization": f"Bearer {TOKEN}"}
        return f"/api/v1/flows/{flow}/registrations/acme/runs", headers, {"input": {"n": number}}
