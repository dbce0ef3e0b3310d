"""Parking and waking: a run sleeps until the first thing it waits for, and never past it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from stored_parts import NOW, Fleet, accepted, ending, in_loop, journal_on, order, route

from flowslot.app.journal import Entry, Wait
from flowslot.base.ids import RunId
from flowslot.domain.runs import Outcome, RunError, RunStatus, StepRecord
from flowslot.storage.database import Database
from flowslot.storage.journal import SqlJournal

LATER = NOW + timedelta(hours=1)


async def parked(journal: SqlJournal, wait: Wait) -> RunId:
    run = await accepted(journal, order(route(journal)))
    await journal.started(run, NOW)
    assert await journal.park(run, wait, ())
    return run


async def status(journal: SqlJournal, run: RunId) -> RunStatus:
    return (await journal.load(run)).run.status


@in_loop
async def test_a_parked_run_shows_its_steps_and_wakes_at_its_time(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        assert await journal.next_wake() is None
        run = await accepted(journal, order(route(journal)))
        step = StepRecord("a", "a", "wait", "running", None, None, None, 1, NOW, None)
        assert await journal.park(run, Wait(until=LATER), (step,))
        found = (await journal.load(run)).run
        assert (found.status, found.steps) == (RunStatus.SUSPENDED, (step,))
        assert await journal.open_runs() == []
        assert await journal.next_wake() == LATER
        assert await journal.wake(LATER - timedelta(microseconds=1)) == []
        assert await journal.wake(LATER) == [run]
        assert await journal.wake(LATER) == []
        assert await journal.next_wake() is None
        assert await status(journal, run) is RunStatus.QUEUED


@in_loop
async def test_a_signal_is_taken_once_and_only_by_who_waits_for_it(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        run = await parked(journal, Wait(until=LATER, signals=("ask", "loop[1].ask")))
        assert not await journal.signal(run, "other", None, NOW)
        assert not await journal.signal(RunId("run_x"), "ask", None, NOW)
        assert await journal.signal(run, "loop[1].ask", {"ok": True}, NOW)
        assert not await journal.signal(run, "loop[1].ask", {"ok": False}, NOW)
        assert await status(journal, run) is RunStatus.QUEUED
        assert await journal.wake(LATER) == []
        entry = (await journal.load(run)).entries["loop[1].ask"]
        assert entry == Entry(run, "loop[1].ask", output={"ok": True}, ended_at=NOW)


@in_loop
async def test_a_signal_that_came_while_another_wait_was_over_is_not_lost(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        wait = Wait(until=LATER, signals=("ask",))
        run = await parked(journal, wait)
        await journal.wake(LATER)
        await journal.started(run, LATER)
        assert await journal.signal(run, "ask", 1, LATER)
        assert await status(journal, run) is RunStatus.RUNNING
        assert not await journal.park(run, wait, ())


@in_loop
async def test_no_order_of_parking_and_signalling_leaves_a_run_asleep(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        wait = Wait(signals=("a", "b"))
        for number in range(60):
            run = await parked(journal, wait)
            assert await journal.signal(run, "a", None, NOW)
            await journal.started(run, NOW)
            park, signal = (journal.park(run, Wait(signals=("b",)), ()), journal.signal(run, "b", None, NOW))
            operations = (park, signal) if number % 2 else (signal, park)
            answers = await asyncio.gather(*operations)
            stayed, taken = answers if number % 2 else reversed(answers)
            assert taken
            assert await status(journal, run) is (RunStatus.QUEUED if stayed else RunStatus.RUNNING)


@in_loop
async def test_the_result_of_a_called_run_enters_the_journal_and_wakes_who_waits(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        parent = await accepted(journal, order(route(journal)))
        child = await accepted(journal, order(route(journal), parent=(parent, "ask")))
        assert await journal.park(parent, Wait(runs=(child,)), ())
        assert await journal.end(ending(child, outcome=Outcome("failure", "no", {"by": "Ann"}))) == parent
        loaded = await journal.load(parent)
        assert (await journal.load(child)).run.parent == parent
    assert loaded.run.status is RunStatus.QUEUED
    assert loaded.entries["ask"].output == {
        "run": child,
        "status": "failure",
        "message": "no",
        "details": {"by": "Ann"},
    }


@in_loop
async def test_a_called_run_without_a_stop_gives_success_and_one_that_broke_gives_an_error(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        parent = await accepted(journal, order(route(journal)))
        good, bad = [await accepted(journal, order(route(journal), parent=(parent, path))) for path in ("a", "b")]
        assert await journal.end(ending(good)) is None
        broken = ending(bad, status=RunStatus.EXCEPTION)
        object.__setattr__(broken, "error", RunError("limit_steps", "too many steps"))
        assert await journal.end(broken) is None
        entries = (await journal.load(parent)).entries
        assert not await journal.park(parent, Wait(runs=(bad,)), ())
    assert entries["a"].output == {"run": good, "status": "success", "message": None, "details": None}
    error = RunError("call_failed", f"The called run {bad} ended as exception: too many steps")
    assert entries["b"].error == error


@in_loop
async def test_the_first_of_several_called_runs_wakes_and_the_others_find_it_awake(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        parent = await accepted(journal, order(route(journal)))
        children = [await accepted(journal, order(route(journal), parent=(parent, f"c{n}"))) for n in range(5)]
        assert await journal.park(parent, Wait(runs=tuple(children)), ())
        woken = await asyncio.gather(*(journal.end(ending(child)) for child in children))
        assert sorted(woken, key=str) == [None] * 4 + [parent]
        assert len((await journal.load(parent)).entries) == 5


@pytest.mark.parametrize("waiting", [True, False])
def test_a_run_nobody_works_on_is_canceled_at_once(database: Database, waiting: bool) -> None:
    Fleet().made_in(database)

    @in_loop
    async def check() -> None:
        async with journal_on(database) as journal:
            run = await accepted(journal, order(route(journal)))
            if waiting:
                assert await journal.park(run, Wait(until=LATER, signals=("ask",)), ())
            assert await journal.cancel(run, NOW) is RunStatus.CANCELED
            assert await journal.cancel(run, NOW) is RunStatus.CANCELED
            assert not await journal.signal(run, "ask", None, NOW)
            assert not await journal.park(run, Wait(until=LATER), ())
            assert await journal.wake(LATER) == []
            assert (await journal.load(run)).run.ended_at == NOW

    check()


@in_loop
async def test_a_run_being_worked_on_is_asked_to_end_and_parks_no_more(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        run = await accepted(journal, order(route(journal)))
        await journal.started(run, NOW)
        assert await journal.cancel(run, NOW) is RunStatus.RUNNING
        assert (await journal.load(run)).cancel_requested
        assert not await journal.park(run, Wait(until=LATER), ())
        await journal.end(ending(run, status=RunStatus.CANCELED))
        assert await journal.cancel(run, NOW) is RunStatus.CANCELED


@in_loop
async def test_who_waits_for_a_canceled_run_is_found_by_the_clock(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        parent = await accepted(journal, order(route(journal)))
        child = await accepted(journal, order(route(journal), parent=(parent, "ask")))
        assert await journal.park(parent, Wait(runs=(child,)), ())
        assert await journal.cancel(child, NOW) is RunStatus.CANCELED
        assert await journal.next_wake() == NOW
        assert await journal.wake(NOW) == [parent]
        assert await journal.next_wake() is None
        error = (await journal.load(parent)).entries["ask"].error
    assert error == RunError("call_failed", f"The called run {child} ended as canceled.")
