"""The run list with its filters and one run with its steps, on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from stored_account import Rows, views_of

from flowslot.app.callers import Scope
from flowslot.app.views import PageAsk, RunFilter
from flowslot.base.errors import NotFound
from flowslot.base.json_text import dump, parse
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot
from flowslot.storage.database import Database
from flowslot.storage.views import runs as run_views

ALL = Scope()
FIRST = PageAsk(50)


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


def two_flows(rows: Rows) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
    home, acme = rows.workspace("home"), rows.workspace("acme")
    orders, bills = rows.flow("orders", home), rows.flow("bills", acme)
    return (orders, home, rows.registration(orders, home)), (bills, acme, rows.registration(bills, acme))


def found(rows: Rows, scope: Scope = ALL, **only: Any) -> list[str]:
    return [run.id for run in views_of(rows.database).runs(scope, only=RunFilter(**only), page=FIRST).items]


def test_runs_are_listed_newest_first_and_paged(rows: Rows) -> None:
    here, _ = two_flows(rows)
    made = rows.runs(*here, [{} for _ in range(7)])
    views, seen, after = views_of(rows.database), [], None
    while True:
        page = views.runs(ALL, only=RunFilter(flow="orders"), page=PageAsk(3, after))
        seen += [run.id for run in page.items]
        after = page.next
        if after is None:
            break
    assert seen == made[::-1]


def test_each_filter_finds_its_runs(rows: Rows) -> None:
    here, there = two_flows(rows)
    plain, failed, staged, second = rows.runs(
        *here, [{}, {"status": "failed"}, {"slot": "staging"}, {"version": 2, "status": "exception"}]
    )
    (other,) = rows.runs(*there, [{}])
    assert found(rows) == [other, second, staged, failed, plain]
    assert found(rows, flow="bills") == [other]
    assert found(rows, workspace="acme") == [other]
    assert found(rows, flow="orders", workspace="acme") == []
    assert found(rows, status=frozenset({RunStatus.FAILED, RunStatus.EXCEPTION})) == [second, failed]
    assert found(rows, slot=Slot.STAGING) == [staged]
    assert found(rows, version=2) == [second]


def test_runs_are_found_by_the_time_they_were_accepted(rows: Rows) -> None:
    here, _ = two_flows(rows)
    (now,) = rows.runs(*here, [{}])
    a_minute = timedelta(minutes=1)
    assert found(rows, since=rows.now) == [now]
    assert found(rows, since=rows.now + a_minute) == []
    assert found(rows, until=rows.now) == []
    assert found(rows, until=rows.now + a_minute) == [now]
    assert found(rows, until=rows.now - timedelta(days=400)) == []


@pytest.mark.parametrize("text", ["50%", "a_b", "/", "it's", 'say "hi"', "back\\slash", "Größe", "\t"])
def test_a_text_is_found_as_it_is_written(rows: Rows, text: str) -> None:
    here, _ = two_flows(rows)
    _, wanted = rows.runs(*here, [{"input": dump({"a": "50 ab xyz"})}, {"input": dump({"note": f"so {text} it is"})}])
    assert found(rows, text=text) == [wanted]


def test_a_text_is_found_in_outcome_and_error_whatever_its_case(rows: Rows) -> None:
    here, _ = two_flows(rows)
    one, other, _ = rows.runs(*here, [{"outcome": dump({"message": "Paid"})}, {"error": dump({"message": "PAID"})}, {}])
    assert found(rows, text="paid") == [other, one]


def test_a_search_looks_through_a_bounded_number_of_runs_at_a_time(rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_views, "MOST", 4)
    here, _ = two_flows(rows)
    made = rows.runs(*here, [{"status": "failed"}, *({} for _ in range(9))])
    views, pages, after = views_of(rows.database), [], None
    while True:
        page = views.runs(ALL, only=RunFilter(status=frozenset({RunStatus.FAILED})), page=PageAsk(10, after))
        pages.append([run.id for run in page.items])
        after = page.next
        if after is None:
            break
    assert pages == [[], [], [made[0]]]


def test_a_limited_caller_sees_only_runs_of_its_workspaces(rows: Rows) -> None:
    here, there = two_flows(rows)
    (mine,), (foreign,) = rows.runs(*here, [{}]), rows.runs(*there, [{}])
    home, both, nowhere = (Scope(frozenset(each)) for each in ({"home"}, {"home", "acme"}, set()))
    assert found(rows, home) == [mine]
    assert found(rows, both) == [foreign, mine]
    assert found(rows, nowhere) == []
    assert views_of(rows.database).run(home, mine).id == mine
    with pytest.raises(NotFound):
        views_of(rows.database).run(home, foreign)
    with pytest.raises(NotFound):
        found(rows, home, workspace="acme")
    with pytest.raises(NotFound):
        found(rows, home, flow="bills")


def test_a_run_is_shown_with_its_documents_as_they_were_written(rows: Rows) -> None:
    here, _ = two_flows(rows)
    written = b'{"big":123456789012345678901234567890,"price":1.10,"deep":' + b"[" * 62 + b"]" * 62 + b"}"
    steps = [{"id": "a", "path": "a", "kind": "set", "status": "success", "output": 1}]
    (made,) = rows.runs(*here, [{"input": written, "steps": steps}])
    shown = views_of(rows.database).run(ALL, made)
    assert bytes(shown.input) == written
    assert parse(bytes(shown.steps)) == steps
    assert (shown.flow, shown.workspace) == ("orders", "home")


def test_a_run_that_goes_on_shows_what_it_has_done_so_far(rows: Rows) -> None:
    here, _ = two_flows(rows)
    (made,) = rows.runs(*here, [{"status": "running", "ended_at": None, "steps": [{"id": "a", "path": "a"}]}])
    rows.journal(made, "a", {"output": 1})
    rows.journal(made, "loop[1].post", {"output": {"status": 200}, "attempts": 2})
    rows.journal(made, "loop[2].post#1", {"output": None})
    steps = parse(dump(views_of(rows.database).run(ALL, made).steps))
    assert [(step["id"], step["path"]) for step in steps] == [("a", "a"), ("post", "loop[1].post")]
    assert (steps[1]["output"], steps[1]["attempts"]) == ({"status": 200}, 2)


def test_a_list_leaves_out_the_details_of_large_outcomes(rows: Rows) -> None:
    here, _ = two_flows(rows)
    outcome = {"status": "success", "message": "m", "details": "x" * run_views.LARGE}
    (made,) = rows.runs(*here, [{"outcome": dump(outcome)}])
    views = views_of(rows.database)
    (row,) = views.runs(ALL, only=RunFilter(), page=FIRST).items
    assert row.outcome == outcome | {"details": None}
    assert parse(bytes(views.run(ALL, made).outcome)) == outcome


def test_a_list_shows_whole_runs_and_says_what_it_leaves_out(rows: Rows) -> None:
    here, _ = two_flows(rows)
    steps = [{"id": "a", "path": "a", "kind": "set", "status": "success", "output": 1}]
    many = [{"id": "a", "path": f"loop[{number}].a", "output": "x" * 100} for number in range(500)]
    plain, large, looped, open_ = rows.runs(
        *here,
        [
            {"input": b'{"a":1.10}', "steps": steps},
            {"input": dump("x" * run_views.LARGE)},
            {"steps": many},
            {"status": "running", "ended_at": None},
        ],
    )
    listed = {row.id: row for row in views_of(rows.database).runs(ALL, only=RunFilter(), page=FIRST).items}
    assert (bytes(listed[plain].input), parse(dump(listed[plain].steps))) == (b'{"a":1.10}', steps)
    assert {run: listed[run].shortened for run in (plain, large, looped, open_)} == {
        plain: (),
        large: ("input",),
        looped: ("steps",),
        open_: ("steps",),
    }
    assert (listed[large].input, listed[looped].steps) == (None, [])


def test_open_runs_are_counted_by_status(rows: Rows) -> None:
    here, _ = two_flows(rows)
    rows.runs(*here, [{}, *({"status": status, "ended_at": None} for status in ("queued", "queued", "suspended"))])
    assert views_of(rows.database).measures().open_runs == {RunStatus.QUEUED: 2, RunStatus.SUSPENDED: 1}
