"""Kill -9 at random moments under load: what was accepted is one run each, and no recorded effect is done again."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from http_target import Got, HttpTarget, http_target, said

from flowslot.base.settings import Settings
from flowslot.storage.database import open_database

KILLS = int(os.environ.get("FLOWSLOT_CRASHES", "4"))
"""More of them where there is time."""
DRIVER = Path(__file__).with_name("driver.py")


@dataclass
class Ledger:
    """What the outside world knows: the answers that were given, and the requests that arrived."""

    accepted: dict[int, str] = field(default_factory=dict)
    recorded: set[str] = field(default_factory=set)
    """Keys of effects on record at some kill."""
    repeated: list[str] = field(default_factory=list)
    """Keys on record that arrived all the same."""
    under_way: int = 0
    """Requests that had arrived at some kill and were not on record."""


@pytest.mark.parametrize("seed", [1])
def test_what_was_accepted_is_one_run_each_and_recorded_effects_are_not_done_again(
    database_settings: Settings, seed: int
) -> None:
    asyncio.run(asyncio.wait_for(_kill_and_check(database_settings, random.Random(seed)), 60 + 30 * KILLS))


async def _kill_and_check(settings: Settings, chance: random.Random) -> None:
    ledger = Ledger()

    async def answer(got: Got) -> Any:
        if got.key in ledger.recorded:
            ledger.repeated.append(got.key)
        await asyncio.sleep(0.002)
        return said({"n": got.body["n"]})

    async with http_target(answer) as target:
        for _ in range(KILLS):
            await _work_and_be_killed(settings, target, ledger, chance)
            on_record = _keys_on_record(settings)
            ledger.under_way += len({got.key for got in target.got} - on_record)
            ledger.recorded |= on_record
        await _finish(settings, target)
    _check(_rows(settings, "SELECT id, trigger_key, status, parent_id FROM run"), target, ledger)


async def _work_and_be_killed(settings: Settings, target: HttpTarget, ledger: Ledger, chance: random.Random) -> None:
    """One life of the process: a random number of answers, a random moment, kill -9."""
    lives_for = chance.randint(20, 150)
    async with _driver(settings, "load", target, first=max(ledger.accepted, default=-1) + 1) as process:
        assert process.stdout is not None
        answers = 0
        while answers < lives_for:
            line = (await process.stdout.readline()).decode()
            assert line, "the process ended by itself"
            answers += _note(line, ledger)
        await asyncio.sleep(chance.random() * 0.05)
        process.kill()
        for line in (await process.stdout.read()).decode().splitlines(keepends=True):
            _note(line, ledger)


def _note(line: str, ledger: Ledger) -> int:
    if not line.endswith("\n"):
        return 0
    word, number, run = line.split()
    assert word == "accepted"
    ledger.accepted[int(number)] = run
    return 1


async def _finish(settings: Settings, target: HttpTarget) -> None:
    async with _driver(settings, "finish", target, first=0) as process:
        assert await asyncio.wait_for(process.wait(), 60) == 0


@asynccontextmanager
async def _driver(
    settings: Settings, mode: str, target: HttpTarget, *, first: int
) -> AsyncIterator[asyncio.subprocess.Process]:
    given = json.dumps({"data": str(settings.data), "database": settings.database})
    arguments = [str(DRIVER), given, mode, target.url(), str(first)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, limit=1 << 24
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def _keys_on_record(settings: Settings) -> set[str]:
    rows = _rows(settings, "SELECT run_id, path FROM journal WHERE path IN ('first', 'second')")
    return {f"{run}.{path}" for run, path in rows}


def _rows(settings: Settings, sql: str) -> Sequence[Any]:
    """What the database holds, asked while no process works on it."""
    with closing(open_database(settings)) as database, database.read() as connection:
        return connection.exec_driver_sql(sql).all()


def _check(rows: Sequence[Any], target: HttpTarget, ledger: Ledger) -> None:
    by_key = Counter(key for _, key, _, _ in rows)
    assert max(by_key.values()) == 1
    runs = {key: run for run, key, _, parent in rows if parent is None}
    assert {number: runs.get(f"hook:msg{number}") for number in ledger.accepted} == ledger.accepted
    assert Counter(status for _, _, status, _ in rows) == {"success": len(rows)}
    assert len(rows) == 2 * len(runs)
    assert ledger.repeated == []
    keys = target.keys
    assert set(keys) == {f"{run}.{step}" for run in runs.values() for step in ("first", "second")}
    again = sum(count - 1 for count in keys.values())
    assert again <= ledger.under_way
