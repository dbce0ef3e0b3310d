"""GET /metrics: valid text, true numbers, few lines, and a page of documentation that names them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from account import Account, definition, refused
from metrics_reader import Read, read_metrics

from flowslot.base.meters import Meters
from flowslot.base.metrics import Counter, Histogram, labelled, metrics_text

PAGE = Path(__file__).parents[2] / "docs" / "observability.md"
OPEN = {"kind": "webhook", "auth": "none"}


def metrics(account: Account) -> dict[str, Read]:
    return read_metrics(account.client.get("/metrics").text)


def hook(account: Account) -> str:
    shown = account.get(f"/flows/{account.flow}/registrations/{account.home}")
    return str(shown["webhook"]["main"])


def test_the_text_is_valid_and_of_the_right_kind(account: Account) -> None:
    account.on_main()
    account.run({"a": 1})
    answer = account.client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = read_metrics(answer.text)
    assert {"flowslot_build_info", "flowslot_runs_working", "process_cpu_seconds_total"} <= found.keys()
    assert found["process_resident_memory_bytes"].total() > 10_000_000
    assert found["flowslot_database_size_bytes"].total() > 100_000


def test_runs_and_their_steps_are_counted_as_they_end(account: Account) -> None:
    fails = {"id": "check", "kind": "assert", "label": "one", "actual": "=trigger.n", "expected": 1}
    account.on_main(definition({"id": "double", "kind": "set", "value": "=trigger.n * 2"}, fails))
    before = metrics(account)
    assert account.run({"n": 1})["status"] == "success"
    assert account.run({"n": 2})["status"] == "failed"
    after = metrics(account)

    def more(name: str, suffix: str = "", **labels: str) -> float:
        return after[name].total(suffix, **labels) - (before[name].total(suffix, **labels) if name in before else 0)

    assert more("flowslot_runs_ended_total", status="success") == 1
    assert more("flowslot_runs_ended_total", status="failed") == 1
    assert more("flowslot_steps_total", kind="set", outcome="success") == 2
    assert more("flowslot_steps_total", kind="assert", outcome="failed") == 1
    assert more("flowslot_triggers_accepted_total", trigger="on_demand") == 2
    assert more("flowslot_run_duration_seconds", "_count") == 2
    assert more("flowslot_run_queue_wait_seconds", "_count") == 2
    assert more("flowslot_journal_group_size", "_sum") >= 2
    assert more("flowslot_sandbox_call_duration_seconds", "_count", pool="expressions") >= 1


def test_triggers_are_counted_as_accepted_or_by_why_they_were_refused(account: Account) -> None:
    account.on_main(definition(trigger=OPEN | {"input": {"type": "object"}}))
    url = hook(account)
    before = metrics(account)
    with httpx.Client() as sender:
        assert sender.post(url, json={}).status_code == 202
        assert sender.post(url, json=[]).status_code == 422
        assert sender.post(url.rpartition("/")[0] + "/" + "0" * 32, json={}).status_code == 404
    path = f"/flows/{account.flow}/registrations/{account.home}/runs"
    refused(account.client.post(path, json={"input": 1}), 422, "invalid")
    after = metrics(account)

    def more(name: str, **labels: str) -> float:
        return after[name].total(**labels) - (before[name].total(**labels) if name in before else 0)

    assert more("flowslot_triggers_accepted_total", trigger="webhook") == 1
    assert more("flowslot_triggers_refused_total", trigger="webhook", code="invalid") == 1
    assert more("flowslot_triggers_refused_total", trigger="webhook", code="not_found") == 1
    assert more("flowslot_triggers_refused_total", trigger="on_demand", code="invalid") == 1
    assert more("flowslot_webhooks_total", status="202") == 1


def test_requests_of_steps_are_counted_by_how_they_went(account: Account) -> None:
    send = {"id": "send", "kind": "http_request", "method": "GET", "url": "http://127.0.0.1:9/"}
    account.on_main(definition(send))
    before = metrics(account).get("flowslot_outgoing_requests_total")
    assert account.run()["status"] == "failed"
    after = metrics(account)["flowslot_outgoing_requests_total"]
    assert after.total(outcome="blocked_address") - (before.total(outcome="blocked_address") if before else 0) == 1


def test_changes_are_counted_by_action(account: Account) -> None:
    before = metrics(account)["flowslot_changes_total"].total(action="promotion.made")
    account.on_main()
    assert metrics(account)["flowslot_changes_total"].total(action="promotion.made") == before + 1


def test_no_label_holds_an_id_or_a_slug(account: Account) -> None:
    account.on_main(definition(trigger=OPEN))
    run = httpx.post(hook(account), json={}).json()["run"]
    text = account.client.get("/metrics").text
    for one in (account.flow, account.home, run, hook(account).rpartition("/")[2], account.server.token):
        assert one not in text


def test_the_page_names_every_metric_with_its_labels(account: Account) -> None:
    """The table of docs/observability.md is as the code has it."""
    rows = re.findall(r"^\| `([a-z_]+)` \| (\w+) \| (.*?) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    page = {name: (kind, tuple(re.findall(r"`(\w+)`", labels)), about) for name, kind, labels, about in rows}
    counted = {each.name: (each.kind, each.labels, each.about) for each in Meters().all()}
    assert {name: page.get(name) for name in counted} == counted
    shown = metrics(account)
    assert shown.keys() <= page.keys()
    assert {name: (shown[name].kind, shown[name].about) for name in shown} == {
        name: (page[name][0], page[name][2]) for name in shown
    }


@pytest.mark.parametrize("value", ['quote "', "back\\slash", "line\nend", "{}", "Größe", ""])
def test_any_value_of_a_label_is_written_so_that_it_can_be_read(value: str) -> None:
    counter = Counter("some_total", 'About "it"\nand \\ more', "label")
    counter.add(value)
    (read,) = read_metrics(metrics_text([counter.family()])).values()
    (((_, ((_, written),)), many),) = read.lines.items()
    assert written.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\") == value
    assert many == 1


def test_a_histogram_counts_what_is_equal_to_a_bound_below_it() -> None:
    histogram = Histogram("h_seconds", "H.", bounds=(1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 99):
        histogram.observe(value)
    read = read_metrics(metrics_text([histogram.family()]))["h_seconds"]
    buckets = {dict(labels)["le"]: value for (suffix, labels), value in read.lines.items() if suffix == "_bucket"}
    assert buckets == {"1": 2, "2": 4, "+Inf": 5}
    assert (read.total("_sum"), read.total("_count")) == (104, 5)


def test_the_figures_of_several_processes_stand_together() -> None:
    told: list[Any] = []
    for process in ("p1", "p2"):
        meters = Meters()
        meters.ended.add("success", many=3)
        meters.run_wait.observe(0.2)
        told += labelled(meters.families(), "process", process)
    found = read_metrics(metrics_text(told))
    assert found["flowslot_runs_ended_total"].total() == 6
    assert found["flowslot_runs_ended_total"].total(process="p2") == 3
    assert found["flowslot_run_queue_wait_seconds"].total("_count") == 2
