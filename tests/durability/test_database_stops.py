"""PostgreSQL stops at once under load and comes back: the server stays, says 503 meanwhile, and loses nothing.

pytest tests/durability/test_database_stops.py --trials 30 -s
"""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import evidence
from killing import Report, made_shop, passed
from outside import Ledger, Senders, target
from servers import TOKEN, Api, InVain, Place, free_port, happens, launcher, show
from stopping import StoppablePostgres, stoppable_postgres

TRIALS = 4
LOOKED_AT = ("/api/v1/flows", "/api/v1/runs", "/api/v1/health/ready")


def test_the_server_survives_its_database(tmp_path: Path, trials: int | None) -> None:
    count = trials or TRIALS
    with stoppable_postgres() as database:
        stopping = _stop_again_and_again(tmp_path, database, trials=count, chance=random.Random(1))
        report, seen = asyncio.run(asyncio.wait_for(stopping, 120 + 30 * count))
    show(report, f"refused: {dict(report.ledger.refusals)}, looked: {dict(seen)}")
    assert report.violations == []
    assert seen.keys() <= {200, 503}
    assert seen[200]
    assert report.ledger.refusals[503] + seen[503] > 0


async def _stop_again_and_again(
    folder: Path, database: StoppablePostgres, *, trials: int, chance: random.Random
) -> tuple[Report, Counter[int]]:
    report = Report(Ledger(once_a_life=False))
    ledger, place = report.ledger, Place(folder, port=free_port(), database=database.url)
    async with target(ledger) as outside, aiohttp.ClientSession() as session, launcher() as servers:
        api = Api(place, session)
        hooks = await made_shop(place, api, servers, url=outside.url())
        pid = await servers.serve(place)
        await api.ready()
        senders = Senders(ledger, place.url(), hooks, chance)
        async with senders.sending(), _looking(place, session) as seen:
            for _ in range(trials):
                await _stop_once(place, database, senders, ledger, chance)
            report.killed_working = trials
            await senders.finish()
            with suppress(InVain):  # what is left is found below
                await happens(lambda: not evidence.open_runs(place), seconds=60, what="all runs to end")
        assert await servers.end(pid, signal.SIGTERM) == 0
        report.rows = evidence.rows_of(place, evidence.SQL_RUNS)
    report.violations = evidence.violations(report.rows, ledger)
    return report, seen


async def _stop_once(
    place: Place, database: StoppablePostgres, senders: Senders, ledger: Ledger, chance: random.Random
) -> None:
    senders.answered.clear()
    await asyncio.wait_for(senders.answered.wait(), 60)
    await passed(chance.random() * 0.4)
    await asyncio.to_thread(database.stop)
    await passed(chance.random() * 0.3)
    await asyncio.to_thread(database.start)
    rows = await asyncio.to_thread(evidence.rows_of, place, evidence.SQL_RECORDED.format(after=0))
    ledger.recorded.update(f"{run}.{path}" for _, run, path in rows)


@asynccontextmanager
async def _looking(place: Place, session: aiohttp.ClientSession) -> AsyncIterator[Counter[int]]:
    """Somebody looks at lists all the time; answers by status (0: a 503 that does not say when to come again)."""
    seen: Counter[int] = Counter()

    async def look() -> None:
        while True:
            for path in LOOKED_AT:
                async with session.get(place.url(path), headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
                    await answer.read()
                    silent = answer.status == 503 and "Retry-After" not in answer.headers
                    seen[0 if silent else answer.status] += 1
                await asyncio.sleep(0.01)

    looking = asyncio.create_task(look())
    try:
        yield seen
        assert not looking.done(), looking.exception()
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
