"""Writers take turns in the order they asked, and the journal and use cases get on side by side."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from stored_parts import NOW, Fleet, accepted, call_by, in_loop, journal_on, order, route

from flowslot.app.callers import SYSTEM
from flowslot.app.journal import Entry
from flowslot.base.errors import InUse
from flowslot.base.ids import FlowId
from flowslot.domain.promotion import promoted
from flowslot.domain.saving import saved
from flowslot.domain.slots import staged
from flowslot.storage import tables
from flowslot.storage.database import Database
from flowslot.storage.turns import Turns

FLOW = FlowId("flow_invoices")


def test_turns_are_handed_on_in_the_order_they_were_asked_for() -> None:
    turns, served, asked = Turns(), [], threading.Semaphore(0)

    def write(number: int) -> None:
        asked.release()
        with turns:
            served.append(number)

    with ThreadPoolExecutor(5) as pool, turns:
        for number in range(5):
            pool.submit(write, number)
            asked.acquire()
            wait_until_asked(turns, number + 1)
    assert served == list(range(5))


def wait_until_asked(turns: Turns, many: int) -> None:
    """Until so many stand in line."""
    done = threading.Event()
    for _ in range(1000):
        if turns.in_line >= many:
            return
        done.wait(0.005)
    raise AssertionError("nobody stood in line")


def test_a_turn_is_free_again_after_an_exception() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns:
        raise ZeroDivisionError
    with turns:
        pass


@in_loop
async def test_the_journal_and_use_cases_write_side_by_side(database: Database) -> None:
    store, promotions = Fleet(versions=2, main=1).made_in(database), 25

    def promote() -> None:
        for _ in range(promotions):
            with store.begin(call_by()) as uow:
                seen = uow.flows.get("invoices")
                ready = promoted(staged(saved(seen), 2, fingerprint="f"))
                uow.flows.replace(ready, seen_revision=seen.revision)
                uow.commit(None)

    async with journal_on(database) as journal:
        run = await accepted(journal, order(route(journal)))
        promoting = asyncio.ensure_future(asyncio.to_thread(promote))
        numbers = iter(range(100_000))
        while not promoting.done():
            await asyncio.gather(*(journal.record(Entry(run, f"s{next(numbers)}")) for _ in range(20)))
        await promoting
        assert len((await journal.load(run)).entries) == next(numbers)
    with store.read(SYSTEM) as uow:
        assert uow.flows.get("invoices").revision == 1 + 3 * promotions


@in_loop
async def test_no_run_outlives_its_flow(database: Database) -> None:
    """Whoever removes a flow sees every run accepted before, and nobody accepts one afterwards."""
    store = Fleet().made_in(database)

    def remove() -> bool:
        with store.begin(call_by()) as uow:
            try:
                uow.flows.remove(FLOW)
            except InUse:
                return False
            uow.commit(None)
            return True

    async with journal_on(database) as journal:
        here = route(journal)
        removing = asyncio.ensure_future(asyncio.to_thread(remove))
        answers = await asyncio.gather(*(journal.accept(order(here)) for _ in range(200)))
        removed = await removing
        while not removed and any(answers):
            for run in filter(None, answers):
                await journal.cancel(run.id, NOW)
            answers = []
            removed = await asyncio.to_thread(remove)
    with database.read() as connection:
        left = connection.execute(select(tables.run.c.id)).all()
    assert removed
    assert left == []
