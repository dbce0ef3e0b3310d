"""The figures of Home on both databases: what is counted, what needs attention, and what limited callers get."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from stored_account import IDS, Rows, views_of

from flowslot.app.callers import Scope
from flowslot.app.statistics import Concern, Statistics
from flowslot.base.clock import time_text
from flowslot.base.errors import NotFound
from flowslot.base.ids import earliest_id
from flowslot.base.json_text import dump
from flowslot.storage import tables
from flowslot.storage.database import Database
from flowslot.storage.views import statistics as figures

ALL = Scope()
ACME = Scope(frozenset({"acme"}))
SIGNED = dump({"flow": 1, "trigger": {"kind": "webhook"}, "steps": []})
OPEN_TO_ALL = dump({"flow": 1, "trigger": {"kind": "webhook", "auth": "none"}, "steps": []})
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


def figures_of(rows: Rows, scope: Scope = ALL, *, workspace: str | None = None, hours: int = 24) -> Statistics:
    return views_of(rows.database).statistics(scope, workspace=workspace, hours=hours)


def run_at(rows: Rows, *, hours_ago: float, **more: Any) -> dict[str, Any]:
    moment = rows.now - timedelta(hours=hours_ago)
    return {"id": earliest_id("run", moment)[:-4] + IDS.new("run")[-4:], "queued_at": time_text(moment)} | more


def deployed(rows: Rows, slug: str, home: str, **more: Any) -> str:
    flow = rows.flow(slug, home, main_version=1, latest_version=1, registrations=1, name=slug.title())
    rows.versions(flow, home, [1], hash=f"hash of {slug}", **more)
    return flow


def promoted(rows: Rows, flow: str, home: str, *, days_ago: int) -> str:
    at = rows.now - timedelta(days=days_ago)
    row = {"id": earliest_id("pro", at), "flow_id": flow, "version": 1, "from_version": None, "from_epoch": 0}
    row |= {"revision": 1, "at": time_text(at), "actor": "ann", "workspace_id": home, "registrations": 1}
    return str(rows._put(tables.promotion, row | {"other_workspaces": 0, "undone_at": None}))


def test_runs_are_counted_by_the_hour_they_were_accepted_in(rows: Rows) -> None:
    home = rows.workspace("home")
    flow = deployed(rows, "orders", home)
    open_ = {"status": "running", "ended_at": None}
    given = [run_at(rows, hours_ago=30), run_at(rows, hours_ago=5, status="failed"), run_at(rows, hours_ago=5)]
    given += [run_at(rows, hours_ago=0, status=each) for each in ("exception", "canceled")]
    given += [run_at(rows, hours_ago=0, **open_), run_at(rows, hours_ago=0, test=True)]
    rows.runs(flow, home, rows.registration(flow, home), given)
    found = figures_of(rows)
    assert len(found.hours) == 24
    assert found.hours[0].at == found.since
    shown = {hour.at: (hour.success, hour.failed, hour.exception, hour.canceled, hour.open) for hour in found.hours}
    counted = {(rows.now - timedelta(hours=ago)).replace(minute=0, second=0, microsecond=0): ago for ago in (5, 0)}
    assert {counted[at]: each for at, each in shown.items() if any(each)} == {5: (1, 1, 0, 0, 0), 0: (0, 0, 1, 1, 1)}
    assert [(each.flow, each.name, each.success, each.failed) for each in found.flows] == [("orders", "Orders", 1, 2)]
    assert not found.bounded


def test_a_busy_account_is_counted_by_its_newest_runs(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "MOST_RUNS", 3)
    home = rows.workspace("home")
    flow = deployed(rows, "orders", home)
    given = [*(run_at(rows, hours_ago=2) for _ in range(4)), *(run_at(rows, hours_ago=1) for _ in range(2))]
    rows.runs(flow, home, rows.registration(flow, home), sorted(given, key=lambda each: str(each["id"])))
    found = figures_of(rows)
    assert found.bounded
    assert [hour.success for hour in found.hours if hour.success] == [1, 2]


def test_a_limited_caller_gets_the_figures_of_its_workspaces(rows: Rows) -> None:
    home, acme = rows.workspace("home"), rows.workspace("acme")
    shared, private = deployed(rows, "shared", home), deployed(rows, "private", home)
    for flow, workspace, many in ((shared, home, 5), (shared, acme, 2), (private, home, 3)):
        rows.runs(flow, workspace, rows.registration(flow, workspace), [{} for _ in range(many)])
        promoted(rows, flow, home, days_ago=1 + many)
    rows._put(tables.fact, {"name": "quarantine", "value": "{}"})
    for found in (figures_of(rows, ACME), figures_of(rows, ACME, workspace="acme")):
        assert [(each.flow, each.success) for each in found.flows] == [("shared", 2)]
        assert sum(hour.success for hour in found.hours) == 2
        assert {each.flow for each in found.promotions} == {"shared"}
        assert found.attention == []
    assert sum(hour.success for hour in figures_of(rows, workspace="acme").hours) == 2
    assert sum(hour.success for hour in figures_of(rows).hours) == 10
    assert [each.kind for each in figures_of(rows).attention] == [Concern.QUARANTINE]
    with pytest.raises(NotFound):
        figures_of(rows, ACME, workspace="home")


def test_promotions_of_the_week_are_shown_newest_first(rows: Rows) -> None:
    home = rows.workspace("home")
    flow = deployed(rows, "orders", home)
    _, older, newer = (promoted(rows, flow, home, days_ago=each) for each in (8, 6, 1))
    assert [each.id for each in figures_of(rows).promotions] == [newer, older]


def test_what_is_staged_waits_since_it_was_deployed_there(rows: Rows) -> None:
    home = rows.workspace("home")
    long_ago, lately = time_text(rows.now - timedelta(days=20)), time_text(rows.now - timedelta(days=2))
    for slug, at in (("a", long_ago), ("b", lately)):
        flow = rows.flow(slug, home, staging_version=2, latest_version=2, name=slug.title())
        rows.versions(flow, home, [2], at=long_ago)
        rows.audit("staging.deployed", flow_id=flow, workspace_id=home, version=2, at=at)
    found = figures_of(rows)
    assert [(each.flow, each.version, each.since) for each in found.waiting] == [("a", 2, long_ago), ("b", 2, lately)]
    assert [(each.kind, each.flow) for each in found.attention] == [(Concern.STAGED_LONG, "a")]
    assert found.attention[0].text.startswith("Version 2 of A has been on staging since ")


@pytest.mark.parametrize(
    ("statuses", "told"),
    [(["success", "failed", "failed", "failed"], True), (["failed"] * 3 + ["success"], False), (["failed"] * 2, False)],
)
def test_a_registration_whose_newest_runs_all_failed_needs_attention(
    rows: Rows, statuses: list[str], told: bool
) -> None:
    home = rows.workspace("home")
    flow = deployed(rows, "orders", home)
    rows.runs(flow, home, rows.registration(flow, home), [{"status": each} for each in statuses])
    found = [(each.kind, each.flow, each.workspace) for each in figures_of(rows).attention]
    assert found == ([(Concern.FAILING, "orders", "home")] if told else [])


def test_what_an_active_registration_lacks_needs_attention(rows: Rows) -> None:
    home, acme = rows.workspace("home"), rows.workspace("acme")
    flow = deployed(rows, "orders", home, definition=NEEDY)
    rows.registration(flow, home, config=dump({"key": "k"}))
    rows.registration(flow, acme, active=False)
    (found,) = figures_of(rows).attention
    assert (found.kind, found.flow, found.workspace) == (Concern.INCOMPLETE, "orders", "home")
    assert found.text == "Orders lacks connections.erp in home: fill it in under Registrations."


def test_a_signed_webhook_without_a_secret_needs_attention(rows: Rows) -> None:
    home, acme = rows.workspace("home"), rows.workspace("acme")
    signed = deployed(rows, "signed", home, definition=SIGNED)
    rows.registration(signed, home)
    rows.registration(signed, acme, webhook_secret=b"sealed")
    rows.registration(deployed(rows, "open", home, definition=OPEN_TO_ALL), home)
    (found,) = figures_of(rows).attention
    assert (found.kind, found.flow, found.workspace) == (Concern.NO_WEBHOOK_SECRET, "signed", "home")
