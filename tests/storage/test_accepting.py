"""Accepting runs: once per trigger key, on the version the row resolves to, never by a stale route (R7, R13, R14)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import update
from stored_parts import NOW, Fleet, accepted, call_by, in_loop, journal_on, order, registration, route

from flowslot.app.callers import SYSTEM
from flowslot.app.journal import Accepted, Target
from flowslot.base.errors import NotFound
from flowslot.base.ids import FlowId, WorkspaceId
from flowslot.domain.promotion import promoted
from flowslot.domain.resolve import CallSlot, EmptyMain, Resolution, version_to_call, version_to_run
from flowslot.domain.runs import RunStatus, Trigger, TriggerKind
from flowslot.domain.slots import Slot, on_slot
from flowslot.storage import tables
from flowslot.storage.database import Database

FLOW = FlowId("flow_invoices")
ONE = WorkspaceId("ws_one")


@in_loop
async def test_an_accepted_run_is_there_with_all_that_was_ordered(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        here = route(journal)
        wanted = replace(order(here, given={"a": "1"}, about={"by": "ann"}), test=True)
        assert await journal.accept(wanted) == Accepted(wanted.id, 1, "hash-1", Slot.MAIN, fresh=True)
        found = await journal.load(wanted.id)
    assert found.run.status is RunStatus.QUEUED
    assert found.run.trigger == Trigger(TriggerKind.ON_DEMAND, {"by": "ann"})
    assert (found.input, found.run.input, found.entries) == ({"a": "1"}, {"a": "1"}, {})
    assert (found.config, found.connections) == ({"limit": 5}, {"erp": "acme"})
    assert (found.flow_slug, found.workspace_slug, found.cancel_requested) == ("invoices", "one", False)
    assert (found.run.queued_at, found.run.test, found.run.depth, found.run.parent) == (NOW, True, 0, None)


@in_loop
async def test_a_trigger_key_is_one_run(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        orders = [order(route(journal), key="hook:1") for _ in range(20)]
        answers = [await journal.accept(orders[0]), *await asyncio.gather(*map(journal.accept, orders[1:]))]
        elsewhere = await journal.accept(order(route(journal, "two"), key="hook:1"))
    assert {answer.id for answer in answers if answer} == {orders[0].id}
    assert [answer.fresh for answer in answers if answer] == [True] + [False] * 19
    assert elsewhere is not None
    assert elsewhere.fresh


@in_loop
async def test_a_stale_route_is_not_accepted_but_its_key_is_remembered(database: Database) -> None:
    store = Fleet(staging=2).made_in(database)
    async with journal_on(database) as journal:
        stale = route(journal)
        first = await accepted(journal, order(stale, key="hook:1"))
        with store.begin(call_by()) as uow:
            seen = uow.flows.get("invoices")
            uow.flows.replace(promoted(seen), seen_revision=seen.revision)
            uow.commit(None)
        assert await journal.accept(order(stale)) is None
        assert await journal.accept(order(stale, key="hook:2")) is None
        again = await journal.accept(order(stale, key="hook:1"))
        assert again == Accepted(first, 1, "hash-1", Slot.MAIN, fresh=False)
        now = await journal.accept(order(route(journal), key="hook:2"))
    assert now is not None
    assert (now.version, now.slot) == (2, Slot.MAIN)


@in_loop
async def test_every_change_of_a_registration_makes_its_route_stale(database: Database) -> None:
    store, mine = Fleet(staging=2).made_in(database), registration("invoices", "one")
    async with journal_on(database) as journal:
        for change in ("inactive", "slot", "secret"):
            before = route(journal)
            with store.begin(call_by()) as uow:
                if change == "inactive":
                    uow.registrations.replace(replace(mine, active=False))
                elif change == "slot":
                    uow.registrations.replace(on_slot(uow.flows.get("invoices"), mine, Slot.STAGING))
                else:
                    uow.registrations.set_webhook_secret(mine.id, b"s", previous=b"r")
                uow.commit(None)
            assert await journal.accept(order(before)) is None
        last = route(journal)
    assert (last.active, last.slot, last.sealed_secrets) == (True, Slot.STAGING, (b"s", b"r"))


@in_loop
async def test_a_draft_saved_meanwhile_leaves_routes_as_they_are(database: Database) -> None:
    store = Fleet().made_in(database)
    async with journal_on(database) as journal:
        before = route(journal)
        with store.begin(call_by()) as uow:
            seen = uow.flows.get("invoices")
            uow.flows.replace(replace(seen, revision=2, latest_version=3), seen_revision=1)
            uow.commit(None)
        assert await journal.accept(order(before)) is not None


@in_loop
async def test_the_two_addresses_lead_to_their_versions(database: Database) -> None:
    Fleet(main=1, staging=2, on_staging=("two",)).made_in(database)
    async with journal_on(database) as journal:
        found = {}
        for token in ("minvoicesone", "sinvoicesone", "minvoicestwo", "sinvoicestwo"):
            here = journal.route_of_hook(token)
            assert here is not None
            run = await journal.accept(order(here, target=Target(hook=token)))
            assert run is not None
            assert (run.version, run.slot) == (here.version, here.slot)
            found[token] = (here.workspace_slug, run.version, run.slot)
        assert journal.route_of_hook("nobody") is None
        assert journal.route_of_hook("no\x00body'") is None
        assert await journal.accept(order(route(journal, "two"), target=Target(hook="minvoicesone"))) is None
    assert found == {
        "minvoicesone": ("one", 1, Slot.MAIN),
        "sinvoicesone": ("one", 2, Slot.STAGING),
        "minvoicestwo": ("two", 2, Slot.STAGING),
        "sinvoicestwo": ("two", 2, Slot.STAGING),
    }


@in_loop
async def test_nothing_runs_where_there_is_no_version(database: Database) -> None:
    Fleet(main=None, staging=None).made_in(database)
    async with journal_on(database) as journal:
        here = route(journal)
        assert (here.version, here.hash, here.slot) == (None, None, Slot.MAIN)
        assert await journal.accept(order(here)) is None
        assert journal.route_of(FLOW, WorkspaceId("ws_nowhere"), Target()) is None


@in_loop
async def test_a_given_version_runs_whatever_the_slots_hold(database: Database) -> None:
    Fleet(versions=3, main=1, staging=2).made_in(database)
    async with journal_on(database) as journal:
        got = {}
        for number in (1, 2, 3):
            target = Target(flow=FLOW, workspace=ONE, version=number)
            run = await journal.accept(order(route(journal, target=target), target=target))
            assert run is not None
            got[run.version] = run.slot
        missing = Target(flow=FLOW, workspace=ONE, version=9)
        assert route(journal, target=missing).version is None
        assert await journal.accept(order(route(journal), target=missing)) is None
    assert got == {1: Slot.MAIN, 2: Slot.STAGING, 3: Slot.MAIN}


ASKED = [
    Target(),
    Target(call=CallSlot.OWN, caller_slot=Slot.MAIN),
    Target(call=CallSlot.OWN, caller_slot=Slot.STAGING),
    Target(call=CallSlot.MAIN, caller_slot=Slot.STAGING),
    Target(call=CallSlot.CALLER, caller_slot=Slot.MAIN),
    Target(call=CallSlot.CALLER, caller_slot=Slot.STAGING),
    Target(hook="minvoicesone"),
]
STATES = list(product((None, 1, 2), (None, 1, 2), (None, 1, 9)))
"""Main, staging and the registration's epoch; the flow's epoch is 1."""


@pytest.mark.parametrize("empty_main", EmptyMain)
def test_the_statement_resolves_as_the_rule_says(database: Database, empty_main: EmptyMain) -> None:
    store = Fleet().made_in(database)

    @in_loop
    async def compare() -> None:
        async with journal_on(database, empty_main=empty_main) as journal:
            for main, staging, epoch in STATES:
                with database.write() as connection:
                    connection.execute(update(tables.flow).values(main_version=main, staging_version=staging))
                    connection.execute(update(tables.registration).values(staging_epoch=epoch))
                with store.read(SYSTEM) as uow:
                    flow, here = uow.flows.get("invoices"), uow.registrations.get(FLOW, ONE)
                for target in ASKED:
                    expected = ruled(target)(flow, here)
                    found = route(journal, target=target) if target.hook is None else journal.route_of_hook(target.hook)
                    assert found is not None
                    assert (found.version, found.slot) == (expected.version, expected.slot)
                    run = await journal.accept(order(found, target=target))
                    assert (run and run.version) == expected.version

    def ruled(target: Target):  # type: ignore[no-untyped-def]  # a rule with its question
        def answer(flow, here) -> Resolution:  # type: ignore[no-untyped-def]
            if target.call is None:
                return version_to_run(flow, here, empty_main=empty_main)
            assert target.caller_slot is not None
            return version_to_call(flow, here, asked=target.call, caller=target.caller_slot, empty_main=empty_main)

        return answer

    compare()


@in_loop
async def test_a_definition_is_read_by_its_hash(database: Database) -> None:
    Fleet().made_in(database)
    async with journal_on(database) as journal:
        assert journal.definition("hash-2") == {"flow": 1, "number": 2}
        with pytest.raises(NotFound):
            journal.definition("hash-9")


@in_loop
async def test_a_refused_trigger_is_on_record(database: Database) -> None:
    Fleet(main=None).made_in(database)
    async with journal_on(database) as journal:
        trigger = Trigger(TriggerKind.WEBHOOK, {"method": "POST"})
        await journal.refuse(route(journal), trigger, "no_main_version", NOW + timedelta(seconds=1))
    with database.read() as connection:
        row = connection.execute(tables.audit.select()).one()
    assert (row.action, row.flow_id, row.workspace_id) == ("trigger.refused", FLOW, ONE)
    assert row.about == b'{"code":"no_main_version","trigger":{"kind":"webhook","method":"POST"}}'
