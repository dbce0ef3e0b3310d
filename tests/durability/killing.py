"""Kill -9 of a server under load, again and again, and what must be true afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import evidence
import shop
from disk_log import after_power_loss
from outside import MOST_OPEN, Ledger, Senders, target
from servers import STARTS_WITHIN, Api, InVain, Launcher, Place, every, free_port, happens, launcher, real_command

STARTING = 0.3
"""Share of the trials in which the server is killed while it starts, whether it has answered or not."""
LONGEST_START = 0.5
LONGEST_LIFE = 0.4
"""Seconds from the first answer to the kill."""
UNREAD = 3
"""Trials after which nobody looks into the database before the next start, to one after which somebody does."""


@dataclass
class Report:
    """What a series of trials came to."""

    ledger: Ledger = field(default_factory=Ledger)
    killed_starting: int = 0
    killed_working: int = 0
    lost_writes: int = 0
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
    folder: Path,
    *,
    trials: int,
    seed: int,
    plant: str = "sound",
    database: str = "",
    seconds: float = 60,
    power: bool = False,
    within: float = math.inf,
) -> Report:
    """That many servers, each killed at a moment of chance; then one that has `seconds` to finish everything.

    With `power` the machine loses power with each: what was not synced is gone, or half there. No trial begins when
    `within` seconds are over.
    """
    report, chance = Report(), random.Random(seed)
    ledger, place = report.ledger, Place(folder, port=free_port(), database=database)
    disk = PowerLoss(place, chance) if power else None
    async with target(ledger) as outside, aiohttp.ClientSession() as session, launcher(plant) as servers:
        hooks = await made_shop(place, Api(place, session), servers, url=outside.url())
        senders = Senders(ledger, place.url(), hooks, chance)
        async with senders.sending():
            await _trials(place, servers, senders, report, disk, trials=trials, within=within, patience=seconds)
            async with _last_one(place, servers, plant):
                await senders.finish(seconds=seconds)
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
    place: Place,
    servers: Launcher,
    senders: Senders,
    report: Report,
    disk: PowerLoss | None,
    *,
    trials: int,
    within: float,
    patience: float,
) -> None:
    chance, seen, begun = senders.chance, 0, time.monotonic()
    for trial in range(trials):
        if time.monotonic() - begun > within:
            return
        senders.answered.clear()
        if disk is not None:
            disk.keep()
        pid = await servers.serve(place)
        if chance.random() < STARTING:
            report.killed_starting += 1
            await passed(chance.random() * LONGEST_START)
        else:
            report.killed_working += 1
            if not await _answers(senders, report.ledger, patience=patience):
                await servers.end(pid)
                return
            await passed(chance.random() * LONGEST_LIFE)
        assert await servers.end(pid) == -9, place.log.read_text()
        if disk is not None:
            report.lost_writes += disk.lose_power()
        report.ledger.life += 1
        if trial % (UNREAD + 1) == 0:
            seen = await asyncio.to_thread(evidence.note_records, place, report.ledger, after=seen)


async def _answers(senders: Senders, ledger: Ledger, *, patience: float) -> bool:
    """Whether a run was accepted. No, when nothing more is sent because the accepted ones do not end: they are lost."""
    for _ in every(seconds=STARTS_WITHIN, what="a run to be accepted"):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(senders.answered.wait(), patience)
        if senders.answered.is_set() or ledger.open >= MOST_OPEN:
            break
    return senders.answered.is_set()


class PowerLoss:
    """Brings the database back to what a machine without power has kept of a server's life."""

    def __init__(self, place: Place, chance: random.Random) -> None:
        self._data, self._chance = place.data, chance
        self._before, self._log = place.folder / "before", place.folder / "writes"
        place.more["FLOWSLOT_TESTS_WRITES"] = str(self._log)

    def keep(self) -> None:
        """The files as they are now, while no server runs; what is written down begins from here."""
        self._log.unlink(missing_ok=True)
        shutil.rmtree(self._before, ignore_errors=True)
        self._before.mkdir()
        for file in self._files(self._data):
            shutil.copy2(file, self._before)

    def lose_power(self) -> int:
        """Writes that were lost of the life that just ended."""
        for file in self._files(self._data):
            file.unlink()
        for file in self._files(self._before):
            shutil.copy2(file, self._data)
        (self._data / "flowslot.db-shm").unlink(missing_ok=True)
        return after_power_loss(self._log, self._data, self._chance)

    def _files(self, folder: Path) -> list[Path]:
        found = (folder / name for name in ("flowslot.db", "flowslot.db-wal"))
        return [file for file in found if file.exists()]


async def passed(seconds: float) -> None:
    """The moment of a kill: nobody sets the event, so that time alone decides."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), seconds)
