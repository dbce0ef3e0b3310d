"""Lists of flows, versions and registrations, on both databases: what they show, and that they stay quick."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from stored_account import Rows, statements, views_of

from flowslot.app.callers import Scope
from flowslot.app.lists import FlowFilter, RegistrationFilter, VersionFilter
from flowslot.app.views import PageAsk
from flowslot.base.errors import NotFound
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot
from flowslot.storage.database import Database

ALL = Scope()
HOME = Scope(frozenset({"home"}))
ACME = Scope(frozenset({"acme"}))
FIRST = PageAsk(50)
WHOLE, TAB = VersionFilter(), RegistrationFilter()


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


def test_a_flow_shows_the_versions_in_its_slots_with_their_icons(rows: Rows) -> None:
    home = rows.workspace("home")
    flow = rows.flow("orders", home, revision=7, main_version=1, staging_version=2, latest_version=3, registrations=1)
    rows.versions(flow, home, [1, 2, 3])
    shown = views_of(rows.database).flow(ALL, "orders")
    assert (shown.revision, shown.home_workspace, shown.registrations) == (7, "home", 1)
    assert shown.main is not None
    assert shown.staging is not None
    assert shown.latest is not None
    assert [each.number for each in (shown.main, shown.staging, shown.latest)] == [1, 2, 3]
    assert [each.icons for each in (shown.main, shown.staging, shown.latest)] == [(Slot.MAIN,), (Slot.STAGING,), ()]


@pytest.mark.parametrize(
    ("slots", "epoch", "empty_main", "running_on", "fallback"),
    [
        ((None, None), None, EmptyMain.REFUSE, None, False),
        ((1, None), None, EmptyMain.REFUSE, Slot.MAIN, False),
        ((1, 2), None, EmptyMain.REFUSE, Slot.MAIN, False),
        ((1, 2), 4, EmptyMain.REFUSE, Slot.STAGING, False),
        ((1, 2), 3, EmptyMain.REFUSE, Slot.MAIN, False),
        ((None, 2), None, EmptyMain.REFUSE, None, False),
        ((None, 2), None, EmptyMain.STAGING, Slot.STAGING, True),
    ],
)
def test_running_on_is_the_slot_whose_version_a_trigger_would_run(
    rows: Rows,
    slots: tuple[int | None, int | None],
    epoch: int | None,
    empty_main: EmptyMain,
    running_on: Slot | None,
    fallback: bool,
) -> None:
    home = rows.workspace("home")
    flow = rows.flow("orders", home, slot_epoch=4, main_version=slots[0], staging_version=slots[1], latest_version=2)
    rows.versions(flow, home, [1, 2])
    rows.registration(flow, home, staging_epoch=epoch)
    (row,) = views_of(rows.database, empty_main).flows(ALL, only=FlowFilter("home"), page=FIRST).items
    assert (row.running_on, row.fallback) == (running_on, fallback)


def test_the_flow_list_of_a_workspace_has_what_is_registered_or_at_home_there(rows: Rows) -> None:
    home, acme = rows.workspace("home"), rows.workspace("acme")
    for slug in ("b", "a"):
        flow = rows.flow(slug, home)
        rows.registration(flow, home)
    rows.registration(flow, acme, active=False)
    left = rows.flow("left", acme)
    views = views_of(rows.database)
    assert [row.flow.slug for row in views.flows(ALL, only=FlowFilter("home"), page=FIRST).items] == ["a", "b"]
    at_acme = views.flows(ALL, only=FlowFilter("acme"), page=FIRST).items
    assert [(row.flow.slug, row.active, row.slot, row.workspace) for row in at_acme] == [
        ("a", False, Slot.MAIN, "acme"),
        ("left", False, None, None),
    ]
    assert left
    with pytest.raises(NotFound):
        views.flows(ALL, only=FlowFilter("nowhere"), page=FIRST)


def test_a_flow_row_tells_its_trigger_and_what_it_did(rows: Rows) -> None:
    home = rows.workspace("home")
    flow = rows.flow("hooked", home, main_version=1, latest_version=1)
    rows.versions(flow, home, [1], trigger="webhook")
    registration = rows.registration(flow, home)
    made = rows.runs(flow, home, registration, [{}, {"status": "failed"}, {"test": True, "status": "exception"}])
    views = views_of(rows.database)
    for workspace in (None, "home"):
        (row,) = views.flows(ALL, only=FlowFilter(workspace), page=FIRST).items
        assert row.trigger_kind == "webhook"
        assert (row.runs_24h.success, row.runs_24h.failed) == (1, 1)
        assert row.last_run is not None
        assert (row.last_run.id, row.last_run.status) == (made[-1], RunStatus.EXCEPTION)


def test_the_history_is_newest_first_and_paged_without_gaps(rows: Rows) -> None:
    home = rows.workspace("home")
    flow = rows.flow("orders", home, main_version=3, latest_version=7)
    rows.versions(flow, home, range(1, 8))
    views, seen, after = views_of(rows.database), [], None
    while True:
        page = views.versions(ALL, "orders", only=WHOLE, page=PageAsk(3, after))
        seen += [version.number for version in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]


def test_a_limited_caller_sees_no_draft_and_no_name_of_other_workspaces(rows: Rows) -> None:
    home, acme = rows.workspace("home"), rows.workspace("acme")
    flow = rows.flow("orders", home, main_version=1, latest_version=3, registrations=2)
    rows.versions(flow, home, [1])
    rows.versions(flow, home, [2], kind="draft")
    rows.versions(flow, acme, [3], kind="draft")
    rows.registration(flow, home)
    rows.registration(flow, acme)
    views = views_of(rows.database)
    shown = views.flow(ACME, "orders")
    assert (shown.home_workspace, shown.registrations) == (None, 1)
    assert [(each.number, each.workspace) for each in views.versions(ACME, "orders", only=WHOLE, page=FIRST).items] == [
        (3, "acme"),
        (1, None),
    ]
    with pytest.raises(NotFound):
        views.version(ACME, "orders", number=2)
    assert [row.registration.workspace for row in views.registrations(ACME, "orders", only=TAB, page=FIRST).items] == [
        "acme"
    ]
    with pytest.raises(NotFound):
        views.registration(ACME, "orders", workspace="home")


def test_a_flow_out_of_scope_is_not_there(rows: Rows) -> None:
    home, _ = rows.workspace("home"), rows.workspace("acme")
    flow = rows.flow("orders", home)
    rows.registration(flow, home)
    views = views_of(rows.database)
    assert views.flows(ACME, only=FlowFilter(), page=FIRST).items == []
    for read in (
        lambda: views.flow(ACME, "orders"),
        lambda: views.versions(ACME, "orders", only=WHOLE, page=FIRST),
        lambda: views.registrations(ACME, "orders", only=TAB, page=FIRST),
        lambda: views.promotions(ACME, "orders", page=FIRST),
        lambda: views.workspace(ACME, "home"),
        lambda: views.connections(ACME, "home", page=FIRST),
    ):
        with pytest.raises(NotFound):
            read()


def test_registrations_show_slot_version_and_next_tick(rows: Rows) -> None:
    home, acme = rows.workspace("home"), rows.workspace("acme", customer="Acme")
    flow = rows.flow("orders", home, slot_epoch=2, main_version=1, staging_version=2, latest_version=2)
    rows.versions(flow, home, [1], trigger="schedule")
    rows.versions(flow, home, [2], trigger="webhook")
    tick = rows.now + timedelta(minutes=5)
    rows.schedule(flow, "main", next_at=str(tick))
    rows.registration(flow, home, staging_epoch=2)
    rows.registration(flow, acme, webhook_secret=b"sealed")
    acme_row, home_row = views_of(rows.database).registrations(ALL, "orders", only=TAB, page=FIRST).items
    one, other = acme_row.registration, home_row.registration
    assert (one.workspace, one.customer, one.slot, one.resolved_version) == ("acme", "Acme", Slot.MAIN, 1)
    assert (one.next_tick, one.takes_webhooks, one.webhook_secret_set) == (str(tick), True, True)
    assert (other.workspace, other.slot, other.resolved_version, other.next_tick) == ("home", Slot.STAGING, 2, None)
    assert not other.webhook_secret_set


def test_lists_ask_the_database_a_fixed_number_of_times(rows: Rows) -> None:
    with rows.together():
        home = rows.workspace("home")
        for number in range(30):
            flow = rows.flow(f"flow-{number:02}", home, main_version=1, latest_version=1)
            rows.versions(flow, home, [1], hash=f"hash {number}")
            registration = rows.registration(flow, home)
            rows.runs(flow, home, registration, [{}])
    counted = []
    for limit in (1, 30):
        views = views_of(rows.database)
        with statements(rows.database) as seen:
            assert len(views.flows(ALL, only=FlowFilter("home"), page=PageAsk(limit)).items) == limit
        counted.append(len(seen))
    assert counted[0] == counted[1]
    assert counted[1] <= 12


def test_a_history_of_100_000_versions_is_paged_quickly(sqlite_database: Database) -> None:
    rows = Rows(sqlite_database)
    home = rows.workspace("home")
    flow = rows.flow("orders", home, main_version=1, latest_version=100_000)
    rows.versions(flow, home, range(1, 100_001))
    views = views_of(sqlite_database)
    views.versions(ALL, "orders", only=WHOLE, page=FIRST)
    began = time.perf_counter()
    assert views.versions(ALL, "orders", only=WHOLE, page=PageAsk(200, 50_000)).items[0].number == 49_999
    assert time.perf_counter() - began < 0.2


def test_a_list_of_1_000_flows_is_paged_quickly(sqlite_database: Database) -> None:
    rows = Rows(sqlite_database)
    with rows.together():
        home = rows.workspace("home")
        for number in range(1_000):
            flow = rows.flow(f"flow-{number:04}", home, main_version=1, latest_version=1)
            rows.versions(flow, home, [1], hash=f"hash {number}")
            rows.registration(flow, home)
    views = views_of(sqlite_database)
    views.flows(ALL, only=FlowFilter("home"), page=PageAsk(200))
    began = time.perf_counter()
    page = views.flows(ALL, only=FlowFilter("home"), page=PageAsk(200, "flow-0499"))
    assert page.items[0].flow.slug == "flow-0500"
    assert time.perf_counter() - began < 0.5
