"""A unit of work: nothing without commit, events and answers with it, one writer after the other."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from stored_parts import StoppedClock, Told, call_by, store_on, workspace

from flowslot.app.callers import SYSTEM
from flowslot.app.ports import Answer, AnsweredAlready, Event
from flowslot.base.errors import Invalid, NotFound
from flowslot.storage.database import Database


def shaped(result: object) -> tuple[int, bytes]:
    return 201, str(result).encode()


def test_leaving_without_commit_saves_nothing(database: Database) -> None:
    store, told = store_on(database), Told()
    with store.begin(call_by()) as uow:
        uow.workspaces.add(workspace("one"))
        uow.record(Event("workspace.created"))
    with store.read(SYSTEM) as uow, pytest.raises(NotFound):
        uow.workspaces.get("one")
    assert told.events == []


def test_an_exception_saves_nothing(database: Database) -> None:
    store = store_on(database)
    with pytest.raises(NotFound), store.begin(call_by()) as uow:  # noqa: PT012  # what came before the failure counts
        uow.workspaces.add(workspace("one"))
        uow.workspaces.get("two")
    with store.read(SYSTEM) as uow, pytest.raises(NotFound):
        uow.workspaces.get("one")


def test_commit_returns_the_result_and_happens_once(database: Database) -> None:
    with store_on(database).begin(call_by()) as uow:
        assert uow.commit("done") == "done"
        with pytest.raises(RuntimeError, match="commits once"):
            uow.commit("again")


def test_a_reading_unit_of_work_cannot_commit(database: Database) -> None:
    with store_on(database).read(SYSTEM) as uow, pytest.raises(RuntimeError):
        uow.commit(None)


def test_watchers_are_told_after_the_commit_with_slugs(database: Database) -> None:
    told = Told()
    with store_on(database, told=told).begin(call_by()) as uow:
        made = workspace("one")
        uow.workspaces.add(made)
        uow.record(Event("workspace.created", workspace=made.id, about={"slug": "one"}))
        assert told.events == []
        uow.commit(None)
    assert told.events == [
        {
            "seq": 1,
            "action": "workspace.created",
            "actor": "system",
            "at": "2026-01-31T12:00:00.000000Z",
            "flow": None,
            "workspace": "one",
            "version": None,
            "revision": None,
            "about": {"slug": "one"},
        }
    ]


def test_the_answer_is_kept_in_the_same_commit_and_given_for_a_day(database: Database) -> None:
    clock = StoppedClock()
    store = store_on(database, clock=clock)
    with store.begin(call_by(key="k", shape=shaped)) as uow:
        uow.commit("first")
    assert store.answer(SYSTEM, "k") == Answer("asked", 201, b"first")
    assert store.answer(SYSTEM, "other") is None
    clock.advance(hours=24, seconds=1)
    assert store.answer(SYSTEM, "k") is None


def test_a_call_that_left_without_commit_has_no_answer(database: Database) -> None:
    store = store_on(database)
    with store.begin(call_by(key="k", shape=shaped)):
        pass
    assert store.answer(SYSTEM, "k") is None


def test_the_loser_of_two_equal_calls_gets_the_answer_of_the_winner(database: Database) -> None:
    store, inside = store_on(database), threading.Event()

    def win() -> None:
        with store.begin(call_by(key="k", shape=shaped)) as uow:
            inside.set()
            uow.workspaces.add(workspace("one"))
            uow.commit("won")

    def lose() -> Answer:
        inside.wait(10)
        with pytest.raises(AnsweredAlready) as refused, store.begin(call_by(key="k", shape=shaped)) as uow:
            uow.workspaces.add(workspace("one"))
        return refused.value.answer

    with ThreadPoolExecutor(2) as pool:
        loser, winner = pool.submit(lose), pool.submit(win)
        winner.result()
        assert loser.result() == Answer("asked", 201, b"won")


def test_the_first_answer_stays(database: Database) -> None:
    clock = StoppedClock()
    store = store_on(database, clock=clock)
    store.remember(SYSTEM, "k", Answer("a", 409, b"refused"))
    store.remember(SYSTEM, "k", Answer("b", 200, b"later"))
    assert store.answer(SYSTEM, "k") == Answer("a", 409, b"refused")
    clock.advance(hours=25)
    store.remember(SYSTEM, "k", Answer("b", 200, b"later"))
    assert store.answer(SYSTEM, "k") == Answer("b", 200, b"later")


def test_many_threads_write_one_after_the_other_and_lose_nothing(database: Database) -> None:
    store = store_on(database)

    def add(number: int) -> None:
        with store.begin(call_by()) as uow:
            uow.workspaces.add(workspace(f"w{number}"))
            uow.facts.put("last", str(number))
            uow.commit(None)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    with store.read(SYSTEM) as uow:
        assert len({uow.workspaces.get(f"w{number}").id for number in range(40)}) == 40


def test_a_number_no_column_can_hold_is_the_senders_fault(database: Database) -> None:
    with pytest.raises(Invalid), store_on(database).begin(call_by()) as uow:
        uow.versions.get(workspace("one").id, 10**30)  # type: ignore[arg-type]  # any id will do


def test_facts_are_put_over_and_removed(database: Database) -> None:
    with store_on(database).begin(call_by()) as uow:
        uow.facts.put("key", "a")
        uow.facts.put("key", "b")
        assert uow.facts.get("key") == "b"
        uow.facts.remove("key")
        assert uow.facts.get("key") is None
