"""Kill -9 of a server under load, again and again, and what must be true afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

import evidence
import shop
from outside import Ledger, Senders, target
from servers import Api, InVain, Launcher, Place, free_port, happens, launcher, real_command

STARTING = 0.3
"""Share of the trials in which the server is killed while it starts, whether it has answered or not."""
LONGEST_START = 0.5
LONGEST_LIFE = 0.4
"""Seconds from the first answer to the kill."""
UNREAD = 3
"""So many trials end without anybody looking into the database before the next start, for one in which somebody does."""


@dataclass
class Report:
    """What a series of trials came to."""

    ledger: Ledger = field(default_factory=Ledger)
    killed_starting: int = 0
    killed_working: int = 0
    rows: Sequence[Any] = ()
    violations: Sequence[str] = ()

    def __str__(self) -> str:
        ledger = self.ledger
        return (
            f"{self.killed_starting + self.killed_working} kills ({self.killed_starting} while starting), "
            f"{len(ledger.accepted)} starts accepted, {len(ledger.given_up)} given up, {len(self.rows)} runs, "
            f"{sum(ledger.arrived.values())} effects, {len(ledger.recorded)} of them seen on record at a kill, "
            f"{ledger.repeated} done again that were in flight at a kill, {len(self.violations)} violations"
        )


async def kill_again_and_again(
    folder: Path, *, trials: int, seed: int, plant: str = "sound", seconds: float = 60
) -> Report:
    """That many servers, each killed at a moment of chance; then one that has `seconds` to finish everything."""
    report, chance = Report(), random.Random(seed)
    ledger, place = report.ledger, Place(folder, port=free_port())
    async with target(ledger) as outside, aiohttp.ClientSession() as session, launcher(plant) as servers:
        hooks = await made_shop(place, Api(place, session), servers, url=outside.url())
        senders = Senders(ledger, place.url(), hooks, chance)
        async with senders.sending():
            await _trials(place, servers, senders, report, chance, trials=trials)
            async with _last_one(place, servers, plant):
                await senders.finish()
                with contextlib.suppress(InVain):  # what is left is found below
                    await happens(lambda: not evidence.open_runs(place), seconds=seconds, what="all runs to end")
    report.rows = evidence.rows_of(place, evidence.SQL_RUNS)
    report.violations = evidence.violations(report.rows, ledger)
    return report


@asynccontextmanager
async def _last_one(place: Place, servers: Launcher, plant: str) -> AsyncIterator[None]:
    """The server that finishes: the real command, or one more with the fault."""
    if plant == "sound":
        async with real_command(place):
            yield
        return
    pid = await servers.serve(place)
    yield
    await servers.end(pid)


async def made_shop(place: Place, api: Api, servers: Launcher, *, url: str) -> dict[str, str]:
    """The flows of the shop in a workspace, on a server that is killed when they are there; flow → webhook path."""
    pid = await servers.serve(place)
    await api.ready()
    await api.make_workspace("acme")
    made = {slug: await api.make_flow(slug, definition) for slug, definition in shop.definitions(url).items()}
    await servers.end(pid)
    return made


async def _trials(
    place: Place, servers: Launcher, senders: Senders, report: Report, chance: random.Random, *, trials: int
) -> None:
    seen = 0
    for trial in range(trials):
        senders.answered.clear()
        pid = await servers.serve(place)
        if chance.random() < STARTING:
            report.killed_starting += 1
            await passed(chance.random() * LONGEST_START)
        else:
            report.killed_working += 1
            await asyncio.wait_for(senders.answered.wait(), 60)
            await passed(chance.random() * LONGEST_LIFE)
        assert await servers.end(pid) == -9, place.log.read_text()
        report.ledger.life += 1
        if trial % (UNREAD + 1) == UNREAD:
            seen = await asyncio.to_thread(evidence.note_records, place, report.ledger, after=seen)


async def passed(seconds: float) -> None:
    """The moment of a kill: nobody sets the event, so that time alone decides."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), seconds)
