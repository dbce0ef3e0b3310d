"""Lists searched, filtered and sorted, on both databases: what is found, and that parts follow without gaps."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from stored_account import IDS, Rows, statements, views_of

from flowslot.app.callers import Scope
from flowslot.app.lists import AuditFilter, FlowFilter, Order, RegistrationFilter, RunningOn, VersionFilter
from flowslot.app.views import FlowRow, Page, PageAsk, RegistrationRow
from flowslot.base.clock import time_text
from flowslot.base.errors import Invalid
from flowslot.base.json_text import dump
from flowslot.domain.flow import VersionKind
from flowslot.domain.slots import Slot
from flowslot.storage import tables
from flowslot.storage.database import Database
from flowslot.storage.views import tallies

ALL = Scope()
FIRST = PageAsk(50)
NEEDY = dump(
    {
        "flow": 1,
        "trigger": {"kind": "on_demand"},
        "config": {"type": "object", "required": ["key"], "properties": {"key": {"type": "string"}}},
        "connections": {"erp": {"connector": "http"}},
        "steps": [],
    }
)


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


def every(read: Callable[[PageAsk], Page[Any]], *, limit: int = 2) -> list[Any]:
    """All items, in small parts."""
    seen, after = [], None
    while True:
        page = read(PageAsk(limit, after))
        seen += page.items
        after = page.next
        if after is None:
            return seen


def flows(rows: Rows, scope: Scope = ALL, **only: Any) -> list[str]:
    found: list[FlowRow] = every(lambda page: views_of(rows.database).flows(scope, only=FlowFilter(**only), page=page))
    return [row.flow.slug for row in found]


def registrations(rows: Rows, **only: Any) -> list[str]:
    views, asked = views_of(rows.database), RegistrationFilter(**only)
    found: list[RegistrationRow] = every(lambda page: views.registrations(ALL, "orders", only=asked, page=page))
    assert views.registrations(ALL, "orders", only=asked, page=FIRST).total == len(found)
    return [row.registration.workspace for row in found]


def by(name: str) -> Order:
    return Order(name.removeprefix("-"), descending=name.startswith("-"))


def five_flows(rows: Rows) -> None:
    """a and b run on main, c on staging, d nothing, e is registered nowhere."""
    home = rows.workspace("home")
    names = {"a": "Zebra", "b": "größe", "c": "Apple", "d": "GRÖSSE 2", "e": "pear"}
    for number, (slug, name) in enumerate(names.items()):
        versions = {"main_version": 1} if slug in "ab" else {"staging_version": 1} if slug == "c" else {}
        flow = rows.flow(slug, home, name=name, slot_epoch=1, latest_version=int(slug < "d"), **versions)
        if slug < "d":
            rows.versions(flow, home, [1], at=time_text(rows.now - timedelta(days=number)), hash=f"hash {slug}")
        if slug != "e":
            registration = rows.registration(flow, home, staging_epoch=1 if slug == "c" else None)
            rows.runs(flow, home, registration, [{"status": "failed"} for _ in range({"a": 1, "c": 3}.get(slug, 0))])


def test_flows_are_found_by_text_and_by_what_they_run_on(rows: Rows) -> None:
    five_flows(rows)
    assert flows(rows, text="GRÖSSE") == ["b", "d"]
    assert flows(rows, text="E") == ["a", "b", "c", "d", "e"]
    for workspace in (None, "home"):
        found = [flows(rows, workspace=workspace, running_on=each) for each in RunningOn]
        assert found == [["a", "b"], ["c"], ["d", "e"]]


def test_flows_are_sorted_and_those_without_a_value_come_last(rows: Rows) -> None:
    five_flows(rows)
    expected = {
        "-slug": "edcba",
        "name": "cbdea",
        "-name": "aedbc",
        "saved": "cbade",
        "-saved": "abcde",
        "last_run": "acbde",
        "-last_run": "cabde",
    }
    for workspace in (None, "home"):
        assert {each: "".join(flows(rows, workspace=workspace, order=by(each))) for each in expected} == expected
    assert flows(rows, order=by("-failed")) == ["c", "a", "b", "d", "e"]
    assert flows(rows, Scope(frozenset({"home"})), order=by("-failed")) == ["c", "a", "b", "d", "e"]


def test_a_flow_row_tells_its_runs_hour_by_hour(rows: Rows) -> None:
    five_flows(rows)
    for workspace in (None, "home"):
        found = views_of(rows.database).flows(ALL, only=FlowFilter(workspace, text="apple"), page=FIRST).items[0]
        assert [hour.failed for hour in found.hours] == [0] * 23 + [3]
        assert (found.runs_24h.success, found.runs_24h.failed) == (0, 3)


def a_fleet(rows: Rows) -> None:
    """acme and bolt are complete, bolt on staging; coal lacks its key, dune its connection and is inactive."""
    home = rows.workspace("home")
    flow = rows.flow("orders", home, slot_epoch=1, main_version=1, staging_version=2, latest_version=2, registrations=4)
    rows.versions(flow, home, [1, 2], definition=NEEDY)
    more: dict[str, dict[str, Any]] = {
        "bolt": {"staging_epoch": 1},
        "coal": {"config": b"{}"},
        "dune": {"active": False},
    }
    for number, slug in enumerate(("acme", "bolt", "coal", "dune")):
        place = rows.workspace(slug, customer=None if slug == "bolt" else f"Customer {9 - number}")
        if slug != "dune":
            made = {"id": IDS.new("con"), "workspace_id": place, "slug": "erp", "connector": "http", "settings": b"{}"}
            rows._put(tables.connection, made | {"sealed": b"", "created_at": "2026", "updated_at": "2026"})
        given = {"config": b'{"key":"k"}', "connections": b'{"erp":"erp"}', "since": f"2026-01-0{number + 1}T12:00:00Z"}
        registration = rows.registration(flow, place, **given | more.get(slug, {}))
        statuses = {"acme": ["success"], "coal": ["failed", "success", "exception"], "dune": ["failed"]}.get(slug, [])
        rows.runs(flow, place, registration, [{"status": each} for each in statuses])


def test_registrations_are_filtered_and_counted(rows: Rows) -> None:
    a_fleet(rows)
    assert registrations(rows) == ["acme", "bolt", "coal", "dune"]
    assert registrations(rows, text="customer 7") == ["coal"]
    assert registrations(rows, slot=Slot.STAGING) == ["bolt"]
    assert registrations(rows, slot=Slot.MAIN) == ["acme", "coal", "dune"]
    assert registrations(rows, active=False) == ["dune"]
    assert registrations(rows, complete=True) == ["acme", "bolt"]
    assert registrations(rows, complete=False, active=True) == ["coal"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("-workspace", "dcba"),
        ("customer", "dcab"),
        ("-customer", "acdb"),
        ("-version", "bacd"),
        ("-since", "dcba"),
        ("-last_run", "dcab"),
        ("-failed", "cdab"),
        ("-success", "acbd"),
    ],
)
def test_registrations_are_sorted(rows: Rows, order: str, expected: str) -> None:
    a_fleet(rows)
    assert "".join(each[0] for each in registrations(rows, order=by(order))) == expected


def test_a_registration_says_what_it_lacks(rows: Rows) -> None:
    a_fleet(rows)
    views = views_of(rows.database)
    found = {
        each.workspace_name: each.missing
        for each in views.registrations(ALL, "orders", only=RegistrationFilter(), page=FIRST).items
    }
    assert found == {"acme": (), "bolt": (), "coal": ("config.key",), "dune": ("connections.erp",)}
    assert views.registration(ALL, "orders", workspace="coal").missing == ("config.key",)


def test_what_a_registration_lacks_is_looked_at_anew_when_the_fleet_changes(rows: Rows) -> None:
    a_fleet(rows)
    views, incomplete = views_of(rows.database), RegistrationFilter(complete=False)
    assert views.registrations(ALL, "orders", only=incomplete, page=FIRST).total == 2
    with rows.database.write() as connection:
        connection.execute(tables.registration.update().values(config=b'{"key":"new"}'))
        connection.execute(tables.flow.update().values(fleet_revision=tables.flow.c.fleet_revision + 1))
    assert views.registrations(ALL, "orders", only=incomplete, page=FIRST).total == 1


def test_a_forged_place_in_a_list_is_refused(rows: Rows) -> None:
    a_fleet(rows)
    views, sorted_so = views_of(rows.database), RegistrationFilter(order=by("-since"))
    for forged in ("dune", "{}", '["a"]', '[1,"acme"]', "[[],1]", 7):
        with pytest.raises(Invalid):
            views.registrations(ALL, "orders", only=sorted_so, page=PageAsk(2, forged))


def test_versions_are_found_by_workspace_author_kind_and_note(rows: Rows) -> None:
    home, acme = rows.workspace("home"), rows.workspace("acme")
    flow = rows.flow("orders", home, main_version=1, latest_version=4)
    rows.versions(flow, home, [1], note="First 50%")
    rows.versions(flow, acme, [2, 3], kind="draft", author="bob")
    rows.versions(flow, home, [4], note="second 500")

    def found(**only: Any) -> list[int]:
        views, asked = views_of(rows.database), VersionFilter(**only)
        return [
            each.number for each in every(lambda page: views.versions(ALL, "orders", only=asked, page=page), limit=1)
        ]

    assert found(workspace="acme") == [3, 2]
    assert found(author="bob", workspace="home") == []
    assert found(kind=VersionKind.STAGED) == [4, 1]
    assert found(text="50%") == [1]
    assert found(text="SECOND") == [4]


def test_the_record_is_found_by_time(rows: Rows) -> None:
    for ago in (300, 200, 100, 0):
        rows.audit(f"minutes.ago_{ago}", at=time_text(rows.now - timedelta(minutes=ago)))

    def found(**only: int) -> list[str]:
        asked = AuditFilter(**{name: rows.now - timedelta(minutes=ago) for name, ago in only.items()})
        return [each.action for each in every(lambda page: views_of(rows.database).audit(ALL, only=asked, page=page))]

    assert found(since=100) == ["minutes.ago_0", "minutes.ago_100"]
    assert found(until=200) == ["minutes.ago_300"]
    assert found(since=200, until=100) == ["minutes.ago_200"]
    assert found(since=-60) == []


def test_a_busy_account_is_counted_by_its_newest_runs(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    five_flows(rows)
    monkeypatch.setattr(tallies, "MOST", 2)
    found = views_of(rows.database).flows(ALL, only=FlowFilter(), page=FIRST).items
    assert {row.flow.slug: row.runs_24h.failed for row in found if row.runs_24h.failed} == {"c": 2}


def test_runs_are_counted_from_indexes_alone(sqlite_database: Database) -> None:
    rows = Rows(sqlite_database)
    five_flows(rows)
    views = views_of(sqlite_database)
    with statements(sqlite_database) as seen:
        views.flows(ALL, only=FlowFilter(), page=FIRST)
        views.flows(ALL, only=FlowFilter("home"), page=FIRST)
        views.statistics(ALL, workspace=None, hours=24)
    counting = [each for each in seen if "concat_ws" in each]
    assert len(counting) == 3
    with sqlite_database.read() as connection:
        for each in counting:
            explained = connection.exec_driver_sql("EXPLAIN QUERY PLAN " + each, (None,) * each.count("?"))
            runs_read = [row.detail for row in explained if "run" in row.detail.split()]
            assert [line.partition(" (")[0] for line in runs_read] in (
                ["SEARCH run USING COVERING INDEX ix_run_flow"],
                ["SEARCH run USING COVERING INDEX ix_run_registration"],
            )


def test_10_000_registrations_are_sorted_and_searched_quickly(sqlite_database: Database) -> None:
    rows = Rows(sqlite_database)
    with rows.together():
        home = rows.workspace("home")
        flow = rows.flow("orders", home, main_version=1, latest_version=1, registrations=10_000)
        rows.versions(flow, home, [1], definition=NEEDY)
        for number in range(10_000):
            rows.registration(flow, rows.workspace(f"w{number:05}", customer=f"Customer {number}"))
    views = views_of(sqlite_database)
    for only in (RegistrationFilter(order=by("-customer")), RegistrationFilter(text="r 77", complete=False)):
        views.registrations(ALL, "orders", only=only, page=FIRST)
        began = time.process_time()
        assert len(views.registrations(ALL, "orders", only=only, page=FIRST).items) == 50
        assert time.process_time() - began < 5  # a query for each row would take far longer
