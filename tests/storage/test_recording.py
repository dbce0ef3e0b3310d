"""Recording: each effect once, each end once, and one operation's fault is its own (group commits)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from stored_parts import NOW, Fleet, accepted, ending, in_loop, journal_on, order, route

from flowslot.app.journal import Entry
from flowslot.base.errors import AlreadyEnded, Conflict, FlowslotError, Invalid, NotFound, Unavailable
from flowslot.base.ids import RunId
from flowslot.domain.runs import Outcome, RunError, RunStatus, StepRecord
from flowslot.storage.database import Database


@in_loop
async def test_entries_come_back_exactly(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        run = await accepted(journal, order(route(journal)))
        later = NOW + timedelta(microseconds=1)
        entries = [
            Entry(run, "post", output={"n": 2**70, "d": Decimal("1.10"), "t": "ü\x00"}, attempts=3, started_at=NOW),
            Entry(run, "loop[3].post", error=RunError("http_error", "500", "post", "/steps/0", 1, 2), ended_at=later),
            Entry(run, "none"),
        ]
        for entry in entries:
            await journal.record(entry)
        found = await journal.load(run)
    assert list(found.entries.values()) == entries


@in_loop
async def test_an_effect_is_recorded_once(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        run = await accepted(journal, order(route(journal)))
        await journal.record(Entry(run, "post", output=1))
        with pytest.raises(Conflict):
            await journal.record(Entry(run, "post", output=2))
        assert (await journal.load(run)).entries["post"].output == 1


@in_loop
async def test_a_failing_operation_spoils_none_of_those_committed_with_it(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        here = route(journal)
        run = await accepted(journal, order(here))
        good = [Entry(run, f"step{number}", output=number) for number in range(50)]
        operations = [journal.record(entry) for entry in good]
        operations.insert(20, journal.record(Entry(run, "step5")))
        operations.insert(30, journal.record(Entry(run, "unwritable", output=object())))
        wanted = replace(order(here), depth=10**30)
        answers = await asyncio.gather(
            *operations, journal.accept(wanted), journal.accept(order(here)), return_exceptions=True
        )
        failed = [answer for answer in answers if isinstance(answer, Exception)]
        found = await journal.load(run)
    assert [type(fault) for fault in failed] == [Conflict, TypeError, Invalid]
    assert set(found.entries) == {f"step{number}" for number in range(50)}
    assert not isinstance(answers[-1], Exception)


@in_loop
async def test_an_end_is_kept_with_its_steps_and_happens_once(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        run = await accepted(journal, order(route(journal)))
        await journal.started(run, NOW)
        step = StepRecord("a", "a", "set", "failed", {"x": Decimal("1.0")}, [1], RunError("c", "m"), 2, NOW, None)
        end = replace(ending(run), status=RunStatus.FAILED, error=RunError("c", "m", "a"), steps=(step,))
        assert await journal.end(end) is None
        with pytest.raises(AlreadyEnded):
            await journal.end(ending(run, outcome=Outcome("success", "late")))
        found = (await journal.load(run)).run
    assert (found.status, found.error, found.outcome) == (RunStatus.FAILED, RunError("c", "m", "a"), None)
    assert (found.steps, found.started_at, found.ended_at) == ((step,), NOW, end.ended_at)


@in_loop
async def test_a_run_begins_once_and_not_after_its_end(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        run = await accepted(journal, order(route(journal)))
        await journal.started(run, NOW)
        await journal.started(run, NOW + timedelta(hours=1))
        found = (await journal.load(run)).run
        assert (found.status, found.started_at) == (RunStatus.RUNNING, NOW)
        await journal.end(ending(run, outcome=Outcome("success", "m", {"a": 1})))
        await journal.started(run, NOW)
        last = (await journal.load(run)).run
    assert (last.status, last.outcome) == (RunStatus.SUCCESS, Outcome("success", "m", {"a": 1}))


@in_loop
async def test_open_runs_are_those_to_be_worked_on_the_oldest_first(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        runs = [await accepted(journal, order(route(journal))) for _ in range(3)]
        await journal.started(runs[1], NOW)
        await journal.end(ending(runs[0]))
        assert await journal.open_runs() == runs[1:]


@in_loop
async def test_an_unknown_run_is_not_found(database: Database) -> None:
    async with journal_on(database) as journal:
        answers = await asyncio.gather(
            journal.load(RunId("run_x")), journal.load(RunId("run_\x00")), return_exceptions=True
        )
        with pytest.raises(NotFound):
            await journal.cancel(RunId("run_x"), NOW)
        with pytest.raises(AlreadyEnded):
            await journal.end(ending(RunId("run_x")))
    assert all(isinstance(answer, FlowslotError) and answer.status < 500 for answer in answers)


@in_loop
async def test_when_the_database_fails_those_who_wait_are_told_and_the_journal_goes_on(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        run = await accepted(journal, order(route(journal)))
        break_for(database)
        operations = (journal.record(Entry(run, "a")), journal.started(run, NOW), journal.load(run))
        answers = await asyncio.gather(*operations, return_exceptions=True)
        assert {type(answer) for answer in answers[:2]} == {Unavailable}
        mend(database)
        await journal.record(Entry(run, "b"))
        assert set((await journal.load(run)).entries) == {"b"}
        assert route(journal).version == 1


def break_for(database: Database) -> None:
    """SQLite: a table is away. PostgreSQL: every other connection is cut."""
    with database.write() as connection:
        if database.dialect == "sqlite":
            connection.execute(text("ALTER TABLE journal RENAME TO away"))
        else:
            cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            connection.execute(text(f"{cut} AND pid <> pg_backend_pid()"))


def mend(database: Database) -> None:
    if database.dialect == "sqlite":
        with database.write() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO journal"))


@in_loop
async def test_closing_writes_what_waits_and_refuses_what_comes_later(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        run = await accepted(journal, order(route(journal)))
        waiting = [asyncio.ensure_future(journal.record(Entry(run, f"s{number}"))) for number in range(600)]
        await asyncio.sleep(0)
        journal.close()
        await asyncio.gather(*waiting)
        with pytest.raises(Unavailable):
            await journal.record(Entry(run, "late"))
        with pytest.raises(Unavailable):
            route(journal)
    async with journal_on(database) as journal:
        assert len((await journal.load(run)).entries) == 600
