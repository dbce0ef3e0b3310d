"""Flows in the database: compare-and-set on the revision, counters, removal, and what is out of scope (R18)."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from stored_parts import Fleet, Told, call_by, flow, registration, store_on, workspace

from flowslot.app.callers import SYSTEM
from flowslot.app.ports import Event
from flowslot.base.errors import AlreadyExists, InUse, NotFound, RevisionConflict
from flowslot.domain.slots import changed
from flowslot.storage.database import Database


def test_a_flow_comes_back_as_it_was_saved(database: Database) -> None:
    store = Fleet(main=1, staging=2).made_in(database)
    with store.read(SYSTEM) as uow:
        found = uow.flows.get("invoices")
    made = replace(flow("invoices", "one"), main_version=1, staging_version=2, latest_version=2, registrations=2)
    assert found == made


def test_a_slug_is_taken_once(database: Database) -> None:
    store = Fleet().made_in(database)
    with pytest.raises(AlreadyExists), store.begin(call_by()) as uow:
        uow.flows.add(replace(flow("invoices", "one"), id="flow_other"))  # type: ignore[arg-type]  # an id is a text


def test_a_stale_revision_is_refused_with_what_changed(database: Database) -> None:
    store = Fleet().made_in(database)
    with store.begin(call_by()) as uow:
        seen = uow.flows.get("invoices")
        uow.flows.replace(changed(seen), seen_revision=1)
        uow.record(Event("version.saved", flow=seen.id, version=2, revision=2))
        uow.record(Event("registration.changed", flow=seen.id))
        uow.commit(None)
    with store.begin(call_by()) as uow, pytest.raises(RevisionConflict) as refused:
        uow.flows.replace(changed(seen), seen_revision=1)
    assert refused.value.extra == {
        "current_revision": 2,
        "changes": [
            {"action": "version.saved", "actor": "system", "at": "2026-01-31T12:00:00.000000Z", "version": 2},
        ],
    }


def test_at_most_fifty_changes_are_told_the_oldest_first(database: Database) -> None:
    store = Fleet().made_in(database)
    with store.begin(call_by()) as uow:
        seen = uow.flows.get("invoices")
        for number in range(60):
            uow.record(Event("version.saved", flow=seen.id, version=number, revision=2 + number))
        uow.commit(None)
    with store.read(SYSTEM) as uow:
        changes = uow.flows.conflict(seen, seen_revision=1).extra["changes"]
    assert [change["version"] for change in changes] == list(range(50))  # type: ignore[attr-defined]


def test_of_two_racing_changes_exactly_one_wins_each_revision(database: Database) -> None:
    store, rounds = Fleet().made_in(database), 20
    line = threading.Barrier(2)

    def race(number: int) -> list[int]:
        won = []
        for revision in range(1, rounds + 1):
            line.wait(30)
            try:
                with store.begin(call_by()) as uow:
                    mine = replace(changed(flow("invoices", "one")), revision=revision + 1, name=f"of {number}")
                    uow.flows.replace(mine, seen_revision=revision)
                    uow.commit(None)
                won.append(revision)
            except RevisionConflict:
                pass
        return won

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(race, (1, 2))
    assert sorted(first + second) == list(range(1, rounds + 1))
    with store.read(SYSTEM) as uow:
        assert uow.flows.get("invoices").revision == rounds + 1


def test_a_flow_is_locked_from_get_to_the_end_of_the_unit_of_work(database: Database) -> None:
    store, rounds = Fleet().made_in(database), 15

    def grow(_: int) -> None:
        for _ in range(rounds):
            with store.begin(call_by()) as uow:
                seen = uow.flows.get("invoices")
                uow.flows.replace(changed(seen), seen_revision=seen.revision)
                uow.commit(None)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(grow, range(4)))
    with store.read(SYSTEM) as uow:
        assert uow.flows.get("invoices").revision == 1 + 4 * rounds


def test_the_counters_of_a_flow_are_not_overwritten(database: Database) -> None:
    store = Fleet().made_in(database)
    with store.begin(call_by()) as uow:
        before = uow.flows.get("invoices")
        uow.workspaces.add(workspace("three"))
        uow.registrations.add(registration("invoices", "three"))
        uow.flows.fleet_changed([before.id, before.id])
        uow.flows.replace(changed(before), seen_revision=before.revision)
        after = uow.flows.get("invoices")
        uow.registrations.remove(registration("invoices", "three").id)
        last = uow.flows.get("invoices")
    assert (before.registrations, after.registrations, last.registrations) == (2, 3, 2)
    assert after.fleet_revision == before.fleet_revision + 1


def test_removing_a_flow_removes_all_that_is_its_own(database: Database) -> None:
    store = Fleet().made_in(database)
    with store.begin(call_by()) as uow:
        gone = uow.flows.get("invoices")
        uow.schedules.put(gone.id, "main", next_at=workspace("one").created_at)
        uow.flows.remove(gone.id)
        uow.workspaces.remove(workspace("two").id)
        uow.commit(None)
    with store.read(SYSTEM) as uow:
        with pytest.raises(NotFound):
            uow.flows.get("invoices")
        with pytest.raises(NotFound):
            uow.versions.get(gone.id, 1)
        assert uow.registrations.all_of(gone.id) == []
        assert uow.schedules.get(gone.id, "main") is None


def test_an_event_of_a_removed_flow_names_it(database: Database) -> None:
    Fleet().made_in(database)
    told = Told()
    with store_on(database, told=told).begin(call_by()) as uow:
        gone = uow.flows.get("invoices")
        uow.flows.remove(gone.id)
        uow.record(Event("flow.deleted", flow=gone.id))
        uow.commit(None)
    assert told.events[0]["flow"] == "invoices"


def test_a_workspace_in_use_stays(database: Database) -> None:
    store = Fleet().made_in(database)
    for slug in ("one", "two"):
        with store.begin(call_by()) as uow, pytest.raises(InUse, match="invoices"):
            uow.workspaces.remove(workspace(slug).id)


def test_several_flows_are_found_by_name(database: Database) -> None:
    store = Fleet().made_in(database)
    with store.read(SYSTEM) as uow:
        assert set(uow.flows.named(["invoices", "unknown"])) == {"invoices"}
        assert uow.flows.named([]) == {}
