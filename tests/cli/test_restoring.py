"""Backups and what comes after them: whole under load, restored elsewhere, and quiet until an administrator says so."""

from __future__ import annotations

import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pysqlite3.dbapi2
import pytest
from commands import Person, doubling, flowslot

from flowslot.cli.demo.serving import Served

ADMIN = "admin-token-of-the-restoring-tests"
HOOKED = """
flow: 1
trigger: {kind: webhook, auth: none, respond: result}
steps:
  - {id: done, kind: stop, status: success, details: =trigger}
"""
TICKING = """
flow: 1
trigger: {kind: schedule, every: 1h, catch_up: {all: 100}}
steps:
  - {id: done, kind: set, value: 1}
"""
WAITING = """
flow: 1
trigger: {kind: on_demand}
steps:
  - {id: rest, kind: wait, signal: true, timeout: 7d}
"""


@contextmanager
def serving(data: Path) -> Iterator[Person]:
    served = Served(port=0, data=data, token=ADMIN)
    try:
        yield Person(served.url, ADMIN, data)
    finally:
        served.stop()


class Senders:
    """Four who send webhooks one after the other, and note which runs were acknowledged."""

    def __init__(self, address: str) -> None:
        self.acknowledged: list[str] = []
        self._stop = threading.Event()
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._send, args=(address, number)) for number in range(4)]

    def __enter__(self) -> Senders:
        for thread in self._threads:
            thread.start()
        assert self._enough.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _send(self, address: str, sender: int) -> None:
        with httpx.Client() as client:
            number = 0
            while not self._stop.is_set():
                key = f"{sender}-{number}"
                answer = client.post(address, json={"n": number}, headers={"webhook-id": key})
                assert answer.status_code == 200, answer.text
                self.acknowledged.append(key)
                number += 1
                if len(self.acknowledged) > 100:
                    self._enough.set()


def hook_of(person: Person, flow: str, workspace: str) -> str:
    """The path of a registration's main address."""
    shown = person.asks("registration", "list", flow)["items"]
    found = next(each for each in shown if each["workspace"] == workspace)
    return str(httpx.URL(found["webhook"]["main"]).path)


def keys_in(person: Person, flow: str) -> set[str]:
    found, cursor = set(), None
    while True:
        more = ["--cursor", cursor] if cursor else []
        page = person.asks("run", "list", "--flow", flow, "--limit", 200, *more)
        found |= {run["trigger"]["id"] for run in page["items"]}
        cursor = page["next"]
        if cursor is None:
            return found


def a_day_passes(data: Path) -> None:
    """Schedules become due."""
    with closing(pysqlite3.dbapi2.connect(data / "flowslot.db")) as connection:
        connection.execute("UPDATE schedule SET next_at = '2026-01-01T00:00:00.000000Z'")
        connection.commit()


def test_every_run_acknowledged_before_a_backup_began_is_in_it(tmp_path: Path) -> None:
    file, new = tmp_path / "flowslot.backup", tmp_path / "new"
    with serving(tmp_path / "old") as person:
        here = person.workspace()
        flow = person.flow(here, HOOKED)
        with Senders(person.server + hook_of(person, flow, here)) as senders:
            before = set(senders.acknowledged)
            saved = flowslot("backup", file, "--data", tmp_path / "old")
            assert saved.status == 0, saved.err
            assert len(senders.acknowledged) > len(before), "nobody was held up by the backup"
    assert flowslot("restore", file, "--data", new).status == 0
    with serving(new) as person:
        assert before <= keys_in(person, flow)


def test_a_restored_server_starts_nothing_until_it_is_let(tmp_path: Path) -> None:
    file, new = tmp_path / "flowslot.backup", tmp_path / "new"
    with serving(tmp_path / "old") as person:
        here = person.workspace()
        hooked, ticking, waiting = (person.flow(here, text) for text in (HOOKED, TICKING, WAITING))
        path = hook_of(person, hooked, here)
        parked = person.asks("run", "start", waiting, here)["id"]
        assert flowslot("backup", file, "--data", tmp_path / "old").status == 0
    said = flowslot("restore", file, "--data", new)
    assert "flowslot quarantine end" in said.out
    found = flowslot("doctor", "--data", new, "--json")
    assert (found.status, "quarantine" in found.out) == (1, True)
    a_day_passes(new)
    with serving(new) as person:
        refused = httpx.post(person.server + path, json={})
        assert (refused.status_code, refused.json()["code"]) == (503, "quarantined")
        assert int(refused.headers["retry-after"]) > 0
        assert httpx.get(f"{person.server}/health/ready").json()["code"] == "quarantined"
        assert httpx.get(f"{person.server}/health/live").status_code == 200
        ran = person.run("run", "start", hooked, here)
        assert (ran.status, "quarantined" in ran.err) == (1, True)
        person.does("run", "signal", parked, "rest", "-p", "1")
        standing = person.asks("quarantine", "show")
        assert (standing["on"], standing["missed_ticks"], standing["why"]) == (True, 1, "restored from flowslot.backup")
        assert person.asks("run", "show", parked)["status"] == "queued"
        assert person.asks("run", "list", "--flow", ticking)["items"] == []
        assert person.asks("quarantine", "end", "--open-runs", "cancel") == {"schedules": 1, "canceled": 1}
        person.is_ready()
        assert httpx.post(person.server + path, json={"n": 1}).json() == {"n": 1}
        assert person.asks("run", "show", parked)["status"] == "canceled"
        actions = [each["action"] for each in person.asks("audit", "--action", "quarantine")["items"]]
        assert actions == ["quarantine.ended", "quarantine.begun"]
        assert person.asks("run", "list", "--flow", ticking)["items"] == []
        again = person.run("quarantine", "end")
        assert (again.status, "conflict" in again.err) == (1, True)
    with serving(new) as person:
        person.is_ready()


def test_open_runs_go_on_after_a_quarantine(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "flowslot.backup"
    with serving(data) as person:
        here = person.workspace()
        waiting = person.flow(here, WAITING)
        parked = person.asks("run", "start", waiting, here)["id"]
    assert flowslot("backup", file, "--data", data).status == 0
    assert flowslot("restore", file, "--data", data).status == 0
    with serving(data) as person:
        person.does("run", "signal", parked, "rest")
        person.does("quarantine", "end")
        person.does("run", "tail", parked)
        assert person.asks("run", "show", parked)["status"] == "success"


def test_a_backup_without_its_key_needs_the_key_file(tmp_path: Path) -> None:
    data, new, file = tmp_path / "data", tmp_path / "new", tmp_path / "flowslot.backup"
    flowslot("init", "--data", data)
    assert "flowslot.key" in flowslot("backup", file, "--data", data, "--without-key").out
    with tarfile.open(file) as archive:
        assert archive.getnames() == ["flowslot.db"]
    refused = flowslot("restore", file, "--data", new)
    assert (refused.status, "without its key" in refused.err, new.exists()) == (1, True, False)
    new.mkdir()
    (new / "flowslot.key").write_bytes((data / "flowslot.key").read_bytes())
    (new / "flowslot.key").chmod(0o600)
    assert flowslot("restore", file, "--data", new).status == 0
    other = tmp_path / "other"
    flowslot("init", "--data", other)
    before = sorted(each.name for each in other.iterdir())
    refused = flowslot("restore", file, "--data", other)
    assert (refused.status, "without its key" in refused.err) == (1, True)
    assert sorted(each.name for each in other.iterdir()) == before


@pytest.mark.parametrize("what", ["missing", "text", "half", "folder"])
def test_what_is_no_backup_is_refused_and_leaves_nothing_behind(tmp_path: Path, what: str) -> None:
    file = tmp_path / "file"
    if what == "text":
        file.write_text("no backup")
    elif what == "half":
        flowslot("init", "--data", tmp_path / "data")
        flowslot("backup", file, "--data", tmp_path / "data")
        os.truncate(file, file.stat().st_size // 2)
    elif what == "folder":
        file.mkdir()
    ran = flowslot("restore", file, "--data", tmp_path / "new" / "data")
    assert (ran.status, str(file) in ran.err, "Traceback" in ran.err) == (1, True, False)
    assert not (tmp_path / "new").exists()


def test_a_backup_into_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    flowslot("init", "--data", tmp_path / "data")
    ran = flowslot("backup", tmp_path / "nowhere" / "file", "--data", tmp_path / "data")
    assert (ran.status, "There is no folder" in ran.err) == (1, True)


def test_of_postgresql_it_is_said_how_it_is_backed_up(tmp_path: Path) -> None:
    ran = flowslot("backup", tmp_path / "file", "--database", "postgresql://nowhere/db")
    assert (ran.status, "pg_dump" in ran.err, "quarantine begin" in ran.err) == (1, True, True)


def test_a_database_restored_by_other_means_can_be_put_under_quarantine(tmp_path: Path) -> None:
    data = tmp_path / "data"
    flowslot("init", "--data", data)
    begun = flowslot("quarantine", "begin", "--data", data, "--why", "moved to new disks")
    assert begun.status == 0, begun.err
    with serving(data) as person:
        assert person.asks("quarantine", "show")["why"] == "moved to new disks"


def test_old_runs_can_be_removed_at_once(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as person:
        here = person.workspace()
        flow = person.flow(here, doubling())
        person.does("run", "start", flow, here, "-i", '{"number": 4}', "--wait")
        assert "0 payloads, 0 runs" in person.does("prune", "--dry-run").out
        assert person.asks("prune") == {"payloads": 0, "runs": 0, "answers": 0}
        assert len(person.asks("run", "list", "--flow", flow)["items"]) == 1
