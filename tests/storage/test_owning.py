"""Whose run it is: each process finds its own, a claim shuts everybody else out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from stored_parts import NOW, Fleet, accepted, ending, in_loop, order, route

from flowslot.app.journal import Entry, Loaded, Wait
from flowslot.base.errors import OwnershipLost
from flowslot.base.ids import RunId
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.runs import RunStatus
from flowslot.storage.database import Database
from flowslot.storage.held_journal import HeldJournal
from flowslot.storage.journal import SqlJournal

LATER = NOW + timedelta(hours=1)
HOUR = Wait(until=LATER)


@asynccontextmanager
async def journals(database: Database, *owners: str | None) -> AsyncIterator[list[SqlJournal]]:
    """The journals of several processes on one database."""
    Fleet().made_in(database)
    found = [SqlJournal(database, EmptyMain.REFUSE, owner=owner) for owner in owners]
    for journal in found:
        journal.start(asyncio.get_running_loop())
    try:
        yield found
    finally:
        for journal in found:
            await asyncio.to_thread(journal.close)


async def begun(journal: SqlJournal) -> RunId:
    return await accepted(journal, order(route(journal)))


async def claimed(journal: SqlJournal, run: RunId, *, from_anyone: bool = False) -> Loaded:
    (loaded,) = await journal.claim([run], from_anyone=from_anyone)
    assert loaded is not None
    return loaded


@in_loop
async def test_a_process_finds_the_open_runs_it_accepted_and_no_others(database: Database) -> None:
    async with journals(database, "p1", "p2", None) as (first, second, nobody):
        one, two, free = await begun(first), await begun(second), await begun(nobody)
        assert [await journal.open_runs() for journal in (first, second, nobody)] == [[one], [two], [free]]
        assert [(await first.load(run)).owner for run in (one, two, free)] == ["p1", "p2", None]


@in_loop
async def test_a_process_wakes_its_own_parked_runs_only(database: Database) -> None:
    async with journals(database, "p1", "p2") as (first, second):
        run = await begun(second)
        assert await second.park(run, HOUR, ())
        assert (await first.next_wake(), await second.next_wake()) == (None, LATER)
        assert (await first.wake(LATER), await second.wake(LATER)) == ([], [run])


@in_loop
async def test_runs_of_nobody_and_of_names_that_are_no_more_are_adopted(database: Database) -> None:
    async with journals(database, "p1", "p2", "p3", None) as (first, second, third, nobody):
        own, other, gone, free = [await begun(each) for each in (first, second, third, nobody)]
        ended = await begun(third)
        await third.end(ending(ended))
        assert await first.adopt(beside=["p2"]) == 2
        assert await first.open_runs() == [own, gone, free]
        assert await second.open_runs() == [other]
        assert (await first.load(ended)).owner == "p3"


@in_loop
async def test_the_runs_of_dead_processes_can_be_given_to_nobody(database: Database) -> None:
    async with journals(database, "w1", "w2", None) as (dead, living, nobody):
        run, kept = await begun(dead), await begun(living)
        assert await nobody.adopt(beside=["w2"]) == 1
        assert await nobody.open_runs() == [run]
        assert await living.open_runs() == [kept]


@in_loop
async def test_a_run_is_claimed_by_one_process_at_a_time(database: Database) -> None:
    async with journals(database, None, "w1", "w2") as (door, first, second):
        run = await begun(door)
        loaded = await claimed(first, run)
        assert (loaded.run.id, loaded.owner, loaded.fence) == (run, "w1", 1)
        assert await second.claim([run, RunId("run_x")]) == [None, None]
        assert (await claimed(second, run, from_anyone=True)).fence == 2
        assert (await second.load(run)).owner == "w2"


@in_loop
async def test_of_many_that_claim_a_run_at_once_one_gets_it(database: Database) -> None:
    async with journals(database, None, "w1", "w2", "w3") as (door, *workers):
        runs = [await begun(door) for _ in range(20)]
        taken = await asyncio.gather(*(worker.claim(runs) for worker in workers))
        assert [sum(each is not None for each in tries) for tries in zip(*taken, strict=True)] == [1] * len(runs)


@in_loop
async def test_what_waits_or_has_ended_is_not_claimed(database: Database) -> None:
    async with journals(database, "w1") as (worker,):
        parked, over = await begun(worker), await begun(worker)
        await worker.park(parked, HOUR, ())
        await worker.end(ending(over))
        assert await worker.claim([parked, over]) == [None, None]


WRITES: list[Callable[[HeldJournal, RunId], Awaitable[object]]] = [
    lambda held, run: held.started(run, NOW),
    lambda held, run: held.record(Entry(run, "post", output=1)),
    lambda held, run: held.park(run, HOUR, ()),
    lambda held, run: held.end(ending(run)),
]


@pytest.mark.parametrize("write", WRITES, ids=["started", "record", "park", "end"])
@in_loop
async def test_a_process_that_lost_a_run_writes_nothing_about_it(
    database: Database, write: Callable[[HeldJournal, RunId], Awaitable[object]]
) -> None:
    async with journals(database, None, "w1", "w2") as (door, zombie, worker):
        run = await begun(door)
        late = zombie.holding((await claimed(zombie, run)).fence)
        await late.started(run, NOW)
        now = worker.holding((await claimed(worker, run, from_anyone=True)).fence)
        with pytest.raises(OwnershipLost):
            await write(late, run)
        found = await worker.load(run)
        assert (found.run.status, found.entries, found.owner) == (RunStatus.RUNNING, {}, "w2")
        await write(now, run)


@in_loop
async def test_an_earlier_claim_of_the_same_process_is_over_too(database: Database) -> None:
    async with journals(database, "w1") as (worker,):
        run = await begun(worker)
        first, second = [(await claimed(worker, run)).fence for _ in range(2)]
        with pytest.raises(OwnershipLost):
            await worker.holding(first).record(Entry(run, "post", output=1))
        await worker.holding(second).record(Entry(run, "post", output=2))


@in_loop
async def test_a_parked_run_belongs_to_nobody_and_is_claimed_anew(database: Database) -> None:
    async with journals(database, None, "w1", "w2") as (door, first, second):
        run = await begun(door)
        held = first.holding((await claimed(first, run)).fence)
        await held.started(run, NOW)
        assert await held.park(run, HOUR, ())
        assert await door.next_wake() == LATER
        assert await door.wake(LATER) == [run]
        assert (await claimed(second, run)).fence == 2


@in_loop
async def test_a_claimed_run_that_ends_makes_its_parent_due(database: Database) -> None:
    async with journals(database, "w1") as (worker,):
        parent = await begun(worker)
        child = await accepted(worker, order(route(worker), parent=(parent, "call")))
        await worker.park(parent, Wait(runs=(child,)), ())
        held = worker.holding((await claimed(worker, child)).fence)
        assert await held.end(ending(child)) == parent
        assert "call" in (await worker.load(parent)).entries
