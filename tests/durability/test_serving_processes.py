"""serve --workers N: a dead process is replaced and its runs go on; a rolling restart drops no request."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
from pathlib import Path

import aiohttp
import evidence
import pytest
import shop
from flow_parts import flow_of, stop, wait
from outside import Ledger, Senders, target
from servers import TOKEN, Api, Place, happens
from workers import Crew, Stream, crew, events_of, fresh_session, place_of

from databases import Postgres

KILLS = 6
ROUNDS = 12
"""So many requests on new connections: most reach another process than the one that works on the run."""


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_runs_of_a_killed_process_are_recovered_by_its_successor(
    tmp_path: Path, trials: int | None, kind: str, request: pytest.FixtureRequest
) -> None:
    database = ""
    if kind == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        database = server.empty().database
    ledger = asyncio.run(asyncio.wait_for(killed(tmp_path / "server", trials or KILLS, database), 280))
    assert len(ledger.accepted) > KILLS


async def killed(folder: Path, kills: int, database: str) -> Ledger:
    """Kills one process after the other under load, and checks what came of it."""
    ledger, chance, place = Ledger(), random.Random(1), place_of(folder, database=database)
    async with target(ledger) as outside, crew(place) as it:
        await it.api.make_workspace("acme")
        hooks = {slug: await it.api.make_flow(slug, each) for slug, each in shop.definitions(outside.url()).items()}
        senders = Senders(ledger, place.url(), hooks, chance)
        async with senders.sending():
            for _ in range(kills):
                await _kill_one(it, senders, ledger)
            await senders.finish()
            await happens(lambda: not evidence.open_runs(place), seconds=60, what="all runs to end")
        violations = evidence.violations(evidence.rows_of(place, evidence.SQL_RUNS), ledger)
    assert violations == []
    return ledger


async def _kill_one(it: Crew, senders: Senders, ledger: Ledger) -> None:
    senders.answered.clear()
    await asyncio.wait_for(senders.answered.wait(), 60)
    pid = senders.chance.choice(it.pids)
    it.kill(pid)
    await happens(lambda: not Path(f"/proc/{pid}").exists(), seconds=10, what="its end", pause=0.001)
    ledger.life += 1
    await it.replaced(pid)


def test_a_rolling_restart_drops_no_request(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(rolled(tmp_path / "server"), 200))


async def rolled(folder: Path) -> None:
    place = place_of(folder, workers=2)
    async with crew(place) as it:
        await it.api.make_workspace("acme")
        hook = await it.api.make_flow("orders", {**flow_of(stop()), "flow": 1, "trigger": HOOK})
        stream, before = Stream(place.url(hook)), it.pids
        async with stream.flowing():
            os.kill(it.supervisor, signal.SIGHUP)
            await it.replaced(*before, workers=2)
            answered = stream.answered
            await happens(lambda: stream.answered > answered + 100, seconds=30, what="answers of the successors")
        assert stream.wrong == []
        runs = evidence.rows_of(place, "SELECT count(*) FROM run")
        assert runs[0][0] == stream.answered


HOOK = {"kind": "webhook", "auth": "none"}


def test_requests_take_hold_of_runs_whichever_process_takes_them(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(steered(tmp_path / "server"), 120))


async def steered(folder: Path) -> None:
    place = place_of(folder)
    async with crew(place), fresh_session() as session:
        api = Api(place, session)
        await api.make_workspace("acme")
        asks = flow_of(wait("ask", signal=True), stop(details="=steps.ask"))
        await api.make_flow("asks", {**asks, "flow": 1})
        await _signaled_and_canceled(api)
        await _heard(api, session, place)


async def _signaled_and_canceled(api: Api) -> None:
    for number in range(ROUNDS):
        run = await api.call("POST", "/flows/asks/registrations/acme/runs", {"input": {}})
        path = f"/runs/{run['id']}"
        await _is(api, path, "suspended")
        if number % 2:
            await api.call("POST", f"{path}/signals/ask", number)
            assert (await _is(api, path, "success"))["outcome"]["details"] == number
        else:
            await api.call("POST", f"{path}/cancel")
            await _is(api, path, "canceled")


async def _is(api: Api, path: str, status: str) -> dict[str, object]:
    async with asyncio.timeout(5):
        while (found := await api.call("GET", path))["status"] != status:
            await asyncio.sleep(0.01)
    return dict(found)


async def _heard(api: Api, session: aiohttp.ClientSession, place: Place) -> None:
    """Every listener hears of every run, whichever process works on it."""
    events = events_of(session, place, TOKEN)
    assert await anext(events) == {}
    begun = {
        (await api.call("POST", "/flows/asks/registrations/acme/runs", {"input": {}}))["id"] for _ in range(ROUNDS)
    }
    async with asyncio.timeout(20):
        while begun:
            event = await anext(events)
            if event["action"] == "run.suspended":
                begun.discard(event["about"]["run"])


def test_processes_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(orphaned(tmp_path / "server"), 120))


async def orphaned(folder: Path) -> None:
    """Killed, it can stop nobody: its processes notice by themselves, and until then no other server gets in."""
    place = place_of(folder, workers=2)
    with contextlib.suppress(ProcessLookupError):  # it cannot be stopped any more as an operator stops it
        async with crew(place) as it:
            gone = [Path(f"/proc/{pid}") for pid in it.pids]
            os.kill(it.supervisor, signal.SIGKILL)
            await happens(lambda: not any(each.exists() for each in gone), seconds=30, what="the end of all")
    async with crew(place):
        pass
