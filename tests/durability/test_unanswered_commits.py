"""A commit that was carried out and never answered: nobody knows of it, and all goes on without a restart."""

from __future__ import annotations

import asyncio
import random
import signal
from contextlib import suppress
from pathlib import Path

import aiohttp
import evidence
from killing import Report, made_shop
from outside import Ledger, Senders, target
from servers import Api, InVain, Place, free_port, happens, launcher, show

STARTS = 150


def test_what_was_committed_without_an_answer_is_neither_lost_nor_left_lying(tmp_path: Path) -> None:
    report = asyncio.run(asyncio.wait_for(_under_way(tmp_path), 120))
    show(report, dict(report.ledger.refusals))
    assert report.violations == []
    assert report.ledger.refusals[503] > 0


async def _under_way(folder: Path) -> Report:
    report = Report(Ledger(once_a_life=False))
    ledger, place = report.ledger, Place(folder, port=free_port())
    async with target(ledger) as outside, aiohttp.ClientSession() as session, launcher() as sound:
        hooks = await made_shop(place, Api(place, session), sound, url=outside.url())
        async with launcher("commits_unanswered") as servers:
            pid = await servers.serve(place)
            senders = Senders(ledger, place.url(), hooks, random.Random(1))
            async with senders.sending():
                # whether a lost answer meets a start is a matter of chance: it goes on until one did
                enough = lambda: len(ledger.accepted) >= STARTS and ledger.refusals[503] > 0  # noqa: E731
                await happens(enough, seconds=60, what="enough to be accepted, and one start to be refused")
                await senders.finish()
                with suppress(InVain):  # what is left is found below
                    await happens(lambda: not evidence.open_runs(place), seconds=30, what="all runs to end")
            assert await servers.end(pid, signal.SIGTERM) == 0
    report.rows = evidence.rows_of(place, evidence.SQL_RUNS)
    report.violations = evidence.violations(report.rows, ledger)
    return report
