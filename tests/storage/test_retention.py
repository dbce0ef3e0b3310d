"""Retention removes payloads, then runs, and never what is protected; on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from flowslot.app.retention import Limits, Removed, limits_of
from flowslot.base.clock import time_text
from flowslot.base.ids import earliest_id
from flowslot.base.json_text import dump
from flowslot.base.settings import Settings
from flowslot.storage import tables
from flowslot.storage.database import Database
from flowslot.storage.pace import Pace
from flowslot.storage.retention import SqlRetention

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
LIMITS = limits_of(Settings(), NOW)


@dataclass(frozen=True)
class Past:
    """A run as the test wants it; ages in days."""

    queued: float
    ended: float | None
    key: str | None = None
    parent: int | None = None
    """Position of the calling run."""
    registration: str = "reg_1"
    entries: int = 2


def run_id(past: Past, number: int) -> str:
    return earliest_id("run", NOW - past.queued * DAY)[:-6] + f"{number:06d}"


def rows_of(many: Sequence[Past]) -> Iterator[tuple[str, dict[str, Any]]]:
    ids = [run_id(past, number) for number, past in enumerate(many)]
    for past, which in zip(many, ids, strict=True):
        yield (
            which,
            {
                "id": which,
                "flow_id": "flow_1",
                "workspace_id": "ws_1",
                "registration_id": past.registration,
                "version": 1,
                "hash": "hash",
                "slot": "main",
                "status": "running" if past.ended is None else "success",
                "trigger": b'{"kind":"on_demand"}',
                "trigger_key": None if past.key is None else f"{past.key}{which}",
                "input": b'{"secret":"of the customer"}',
                "outcome": None if past.ended is None else dump({"status": "success", "message": "m", "details": [1]}),
                "queued_at": time_text(NOW - past.queued * DAY),
                "ended_at": None if past.ended is None else time_text(NOW - past.ended * DAY),
                "parent_id": None if past.parent is None else ids[past.parent],
                "depth": 0,
                "test": False,
                "cancel_requested": False,
                "steps": b"steps",
            },
        )


def put(database: Database, many: Sequence[Past]) -> list[str]:
    found = dict(rows_of(many))
    entries = [
        {"run_id": which, "path": f"step[{number}]", "body": b'{"output":"of the customer"}'}
        for which, past in zip(found, many, strict=True)
        for number in range(past.entries)
    ]
    with database.write() as connection:
        connection.execute(insert(tables.run), list(found.values()))
        if entries:
            connection.execute(insert(tables.journal), entries)
    return list(found)


def done(database: Database, limits: Limits = LIMITS) -> Removed:
    return sum(SqlRetention(database).steps(limits), Removed())


def kept(database: Database) -> dict[str, str]:
    """Each run that is there: `whole`, or `emptied`."""
    with database.read() as connection:
        rows = connection.execute(select(tables.run)).all()
        journals = set(connection.execute(select(tables.journal.c.run_id)).scalars())
    return {row.id: _state(row, row.id in journals) for row in rows}


def _state(row: Any, has_journal: bool) -> str:
    if row.payload_removed_at is None:
        assert (bytes(row.input), row.steps) == (b'{"secret":"of the customer"}', b"steps")
        return "whole"
    assert (bytes(row.input), row.steps, has_journal) == (b"null", None, False)
    assert row.outcome is None or b'"details":null' in bytes(row.outcome)
    return "emptied"


CASES: Mapping[str, tuple[Sequence[Past], Sequence[str | None]]] = {
    "young runs stay whole": ([Past(29, 29)], ["whole"]),
    "an older one loses its payload": ([Past(31, 31)], ["emptied"]),
    "a still older one goes": ([Past(91, 91)], [None]),
    "what counts is when it ended": ([Past(91, 5), Past(95, 40)], ["whole", "emptied"]),
    "an open run stays whole": ([Past(400, None)], ["whole"]),
    "so does one that an open run called": ([Past(100, None), Past(99, 98, parent=0)], ["whole", "whole"]),
    "and one that called an open run": ([Past(100, 99), Past(99, None, parent=0)], ["whole", "whole"]),
    "ended calls go with their caller": ([Past(100, 99), Past(99, 98, parent=0)], [None, None]),
}


@pytest.mark.parametrize("case", CASES)
def test_payloads_go_first_and_runs_later(database: Database, case: str) -> None:
    past, expected = CASES[case]
    ids = put(database, past)
    done(database)
    found = kept(database)
    assert [found.get(which) for which in ids] == expected
    assert done(database) == Removed()


def test_nothing_goes_where_all_is_kept_for_ever(database: Database) -> None:
    ids = put(database, [Past(5000, 5000), Past(1, 1)])
    done(database, limits_of(Settings(keep_payloads=0, keep_runs=0, most_runs=0), NOW))
    assert kept(database) == dict.fromkeys(ids, "whole")


def test_only_the_newest_runs_of_a_registration_are_kept(database: Database) -> None:
    ids = put(database, [Past(10 - age, 10 - age) for age in range(8)])
    other = put(database, [Past(20, 20, registration="reg_2")])
    assert done(database, replace(LIMITS, most_runs=3)).runs == 5
    assert sorted(kept(database)) == sorted([*ids[-3:], *other])


def test_a_run_is_known_by_its_id_as_long_as_was_promised(database: Database) -> None:
    ids = put(database, [Past(8, 8, key="hook:"), Past(6, 6, key="hook:"), Past(5, 5), Past(1, 1)])
    done(database, replace(LIMITS, most_runs=1))
    assert sorted(kept(database)) == [ids[1], ids[3]]


def test_what_ended_just_now_stays(database: Database) -> None:
    ids = put(database, [Past(0.02, 0.02), Past(0.01, 0.01), Past(0, 0)])
    done(database, replace(LIMITS, most_runs=1))
    assert sorted(kept(database)) == sorted(ids)


def test_a_run_passed_by_while_it_was_open_is_looked_at_again(database: Database) -> None:
    ids = put(database, [Past(50, None), Past(45, 45)])
    done(database)
    assert kept(database) == {ids[0]: "whole", ids[1]: "emptied"}
    with database.write() as connection:
        connection.execute(tables.run.update().where(tables.run.c.id == ids[0]).values(ended_at=time_text(NOW)))
    done(database)
    assert kept(database)[ids[0]] == "whole"
    done(database, limits_of(Settings(), NOW + 31 * DAY))
    assert kept(database)[ids[0]] == "emptied"
    with database.read() as connection:
        assert connection.execute(select(tables.pruning)).all() == []


def test_a_large_run_goes_piece_by_piece(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "_learn", lambda self, seconds: None)
    emptied, gone = put(database, [Past(31, 31, entries=950), Past(91, 91, entries=950)])
    steps = list(SqlRetention(database).steps(LIMITS))
    assert len(steps) > 18
    done(database)
    assert kept(database) == {emptied: "emptied"}
    assert journal_of(database, gone) == 0


def test_a_pass_that_is_broken_off_is_taken_up_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "_learn", lambda self, seconds: None)
    past = [Past(31 + number, 31 + number, entries=40 + number) for number in range(80)]
    ids = put(database, past)
    for most in range(60):
        for step, _ in enumerate(SqlRetention(database).steps(LIMITS)):
            if step >= most:
                break
    done(database)
    old = sum(one.ended is not None and one.ended > 90 for one in past)
    assert kept(database) == dict.fromkeys(ids[: len(ids) - old], "emptied")


def test_what_would_go_is_counted_without_removing_it(database: Database) -> None:
    ids = put(database, [Past(100, 100), Past(95, None), Past(50, 50), Past(40, 40), Past(1, 1)])
    limits = replace(LIMITS, most_runs=3)
    counted = SqlRetention(database).removable(limits)
    assert (counted.payloads, counted.runs) == (3, 1)
    assert kept(database) == dict.fromkeys(ids, "whole")
    done(database, limits)
    counted = SqlRetention(database).removable(limits)
    assert (counted.payloads, counted.runs) == (0, 0)


def test_answers_are_forgotten_after_a_day_and_the_record_stays(database: Database) -> None:
    answers = [
        {"caller": "c", "key": f"{age}", "request_hash": "h", "status": 200, "body": b"{}", "at": time_text(NOW - age)}
        for age in (timedelta(hours=25), timedelta(hours=23))
    ]
    with database.write() as connection:
        connection.execute(insert(tables.answer), answers)
        old = {"at": time_text(NOW - 5000 * DAY), "actor": "ann", "action": "flow.created", "about": b"{}"}
        connection.execute(insert(tables.audit).values(**old))
    assert done(database).answers == 1
    with database.read() as connection:
        assert len(connection.execute(select(tables.answer)).all()) == 1
        assert len(connection.execute(select(tables.audit)).all()) == 1


ages = st.sampled_from([0.0, 0.01, 1, 6.5, 7.5, 29, 31, 60, 89, 91, 200])


@st.composite
def pasts(draw: st.DrawFn) -> list[Past]:
    many: list[Past] = []
    for number in range(draw(st.integers(1, 8))):
        queued = draw(ages)
        ended = draw(st.one_of(st.none(), ages.filter(lambda age, queued=queued: age <= queued)))
        parent = draw(st.one_of(st.none(), st.integers(0, number - 1))) if number else None
        key = draw(st.sampled_from([None, "hook:"]))
        many.append(Past(queued, ended, key, parent, draw(st.sampled_from(["reg_1", "reg_2"])), entries=1))
    return many


limits = st.builds(
    Settings,
    keep_payloads=st.sampled_from([0, 1, 30]),
    keep_runs=st.sampled_from([0, 7, 90]),
    most_runs=st.sampled_from([0, 1, 2]),
    keep_ids=st.sampled_from([0, 7]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(past=pasts(), wanted=limits)
def test_nothing_protected_is_ever_removed(sqlite_database: Database, past: list[Past], wanted: Settings) -> None:
    with sqlite_database.write() as connection:
        for table in (tables.run, tables.journal, tables.pruning, tables.fact):
            connection.execute(delete(table))
    ids = put(sqlite_database, past)
    done(sqlite_database, limits_of(wanted, NOW))
    found = kept(sqlite_database)
    for number, (which, one) in enumerate(zip(ids, past, strict=True)):
        related = [other for other in past if other.parent == number]
        related += [] if one.parent is None else [past[one.parent]]
        protected = one.ended is None or one.ended * 24 < 1 or any(other.ended is None for other in related)
        if protected:
            assert found.get(which) == "whole"
        if one.key is not None and one.queued < wanted.keep_ids:
            assert which in found
        if one.ended is not None and not protected and wanted.keep_payloads and one.ended > wanted.keep_payloads:
            assert found.get(which) != "whole"
        newest = [other for other, it in zip(ids, past, strict=True) if it.registration == one.registration]
        among_newest = not wanted.most_runs or which in sorted(newest)[-wanted.most_runs :]
        if among_newest and (not wanted.keep_runs or (one.ended or 0) <= wanted.keep_runs):
            assert which in found


def journal_of(database: Database, which: str) -> int:
    with database.read() as connection:
        return len(connection.execute(select(tables.journal.c.seq).where(tables.journal.c.run_id == which)).all())
