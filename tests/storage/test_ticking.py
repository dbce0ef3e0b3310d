"""Ticks: one run for each active registration on the slot, once, in one statement."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, ExitStack, closing
from datetime import timedelta

from sqlalchemy import select
from stored_parts import NOW, Fleet, call_by, in_loop, journal_on, store_on

from flowslot.app.journal import Due
from flowslot.base.ids import FlowId
from flowslot.base.settings import Settings
from flowslot.domain.promotion import promoted
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.slots import Slot
from flowslot.storage import tables
from flowslot.storage.database import Database, open_database

FLOW = FlowId("flow_invoices")
NEXT = NOW + timedelta(hours=1)
WORKSPACES = ("a", "b", "c", "d", "e")


def scheduled(database: Database, fleet: Fleet, *slots: str) -> None:
    with fleet.made_in(database).begin(call_by()) as uow:
        for slot in slots:
            uow.schedules.put(FLOW, slot, next_at=NOW)
        uow.commit(None)


def runs_of(database: Database) -> list[tuple[str, str, int, str]]:
    columns = (tables.run.c.id, tables.run.c.workspace_id, tables.run.c.version, tables.run.c.slot)
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(tables.run.c.id))]


@in_loop
async def test_what_is_due_is_told_with_the_version_of_its_slot(database: Database) -> None:
    scheduled(database, Fleet(main=1, staging=2), "main", "staging")
    async with journal_on(database) as journal:
        assert await journal.next_wake() == NOW
        assert await journal.due(NOW - timedelta(seconds=1)) == []
        assert await journal.due(NOW) == [
            Due(FLOW, Slot.MAIN, NOW, 1, "hash-1", registrations=2),
            Due(FLOW, Slot.STAGING, NOW, 2, "hash-2", registrations=2),
        ]


@in_loop
async def test_a_tick_starts_each_active_registration_on_the_slot_once(database: Database) -> None:
    fleet = Fleet(workspaces=WORKSPACES, main=1, staging=2, on_staging=("b", "c"), inactive=("c", "e"))
    scheduled(database, fleet, "main", "staging")
    async with journal_on(database) as journal:
        main, staging = await journal.due(NOW)
        everyone = [journal.tick(main, next_at=NEXT, queued_at=NOW) for _ in range(5)]
        answers = await asyncio.gather(*everyone, journal.tick(staging, next_at=None, queued_at=NOW))
        assert sorted(len(runs) for runs in answers[:5]) == [0, 0, 0, 0, 2]
        assert await journal.due(NOW) == []
        assert await journal.next_wake() == NEXT
        loaded = await journal.load(answers[5][0])
    found = runs_of(database)
    assert sorted(run[1:] for run in found) == [("ws_a", 1, "main"), ("ws_b", 2, "staging"), ("ws_d", 1, "main")]
    assert {run[0] for run in found} == {run for runs in answers for run in runs}
    assert all(len(run[0]) == len("run_") + 26 for run in found)
    assert loaded.input == {"time": "2026-01-31T12:00:00.000000Z"}
    assert loaded.run.trigger.about == {"tick": "2026-01-31T12:00:00.000000Z"}


@in_loop
async def test_a_tick_taken_back_after_a_crash_makes_no_second_run(database: Database) -> None:
    scheduled(database, Fleet(workspaces=WORKSPACES), "main")
    async with journal_on(database) as journal:
        (due,) = await journal.due(NOW)
        assert len(await journal.tick(due, next_at=NEXT, queued_at=NOW)) == 5
        with database.write() as connection:
            connection.execute(tables.schedule.update().values(next_at="2026-01-31T12:00:00.000000Z"))
        assert await journal.tick(due, next_at=NEXT, queued_at=NOW) == []
    assert len(runs_of(database)) == 5


@in_loop
async def test_a_schedule_that_was_set_anew_meanwhile_does_not_tick(database: Database) -> None:
    scheduled(database, Fleet(), "main")
    async with journal_on(database) as journal:
        (due,) = await journal.due(NOW)
        with store_on(database).begin(call_by()) as uow:
            uow.schedules.put(FLOW, "main", next_at=NEXT)
            uow.commit(None)
        assert await journal.tick(due, next_at=NEXT + timedelta(hours=1), queued_at=NOW) == []
        assert await journal.next_wake() == NEXT
    assert runs_of(database) == []


@in_loop
async def test_a_tick_after_a_promotion_runs_the_promoted_version(database: Database) -> None:
    scheduled(database, Fleet(main=1, staging=2, on_staging=("two",)), "main")
    async with journal_on(database) as journal:
        (due,) = await journal.due(NOW)
        with store_on(database).begin(call_by()) as uow:
            seen = uow.flows.get("invoices")
            uow.flows.replace(promoted(seen), seen_revision=seen.revision)
            uow.commit(None)
        await journal.tick(due, next_at=NEXT, queued_at=NOW)
    assert [run[1:] for run in runs_of(database)] == [("ws_one", 2, "main"), ("ws_two", 2, "main")]


@in_loop
async def test_on_an_empty_main_ticks_come_only_where_it_falls_back_to_staging(database: Database) -> None:
    """R7: whoever runs the staged version ticks as it does."""
    scheduled(database, Fleet(main=None, staging=2, on_staging=("two",)), "staging")
    async with journal_on(database) as journal:
        (due,) = await journal.due(NOW)
        await journal.tick(due, next_at=NEXT, queued_at=NOW)
    assert [run[1:] for run in runs_of(database)] == [("ws_two", 2, "staging")]
    async with journal_on(database, empty_main=EmptyMain.STAGING) as journal:
        (due,) = await journal.due(NEXT)
        await journal.tick(due, next_at=None, queued_at=NOW)
    assert [run[1:] for run in runs_of(database)][1:] == [("ws_one", 2, "staging"), ("ws_two", 2, "staging")]


@in_loop
async def test_a_tick_that_was_read_before_the_slot_got_another_schedule_is_not_taken(database: Database) -> None:
    """R5: otherwise the slot would go on with the ticks of the version it had."""
    scheduled(database, Fleet(), "main")
    async with journal_on(database) as journal:
        (due,) = await journal.due(NOW)
        with store_on(database).begin(call_by()) as uow:
            uow.schedules.put(FLOW, "main", next_at=NOW, since=NOW + timedelta(seconds=1))
            uow.commit(None)
        assert await journal.tick(due, next_at=NEXT, queued_at=NOW) == []
        (again,) = await journal.due(NOW)
        assert len(await journal.tick(again, next_at=NEXT, queued_at=NOW)) == 2


@in_loop
async def test_of_several_processes_that_tick_at_once_one_carries_the_tick_out(database_settings: Settings) -> None:
    """Each with a journal of its own; on PostgreSQL each with its own connections."""
    with ExitStack() as opened:
        databases = [opened.enter_context(closing(open_database(database_settings)))]
        if database_settings.database:
            databases += [opened.enter_context(closing(open_database(database_settings))) for _ in range(3)]
        scheduled(databases[0], Fleet(workspaces=WORKSPACES), "main")
        async with AsyncExitStack() as working:
            journals = [await working.enter_async_context(journal_on(databases[n % len(databases)])) for n in range(4)]
            for hour in range(20):
                moment = NOW + timedelta(hours=hour)
                seen = [(await journal.due(moment))[0] for journal in journals]
                each = (
                    journal.tick(due, next_at=moment + timedelta(hours=1), queued_at=moment)
                    for journal, due in zip(journals, seen, strict=True)
                )
                begun = sorted(len(runs) for runs in await asyncio.gather(*each))
                assert begun == [0, 0, 0, len(WORKSPACES)]
        assert len(runs_of(databases[0])) == 20 * len(WORKSPACES)
