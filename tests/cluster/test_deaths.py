"""Real processes, and workers that die: every run goes on, within 15 seconds, and nothing recorded is done again."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from flow_parts import flow_of, post, stop, wait

from databases import Postgres
from flowslot.base.json_text import dump, parse
from flowslot.cli.client import Client
from flowslot.cli.demo.serving import Served, Working

ADMIN = "admin-token-of-the-cluster-tests"
HEADERS = {"Authorization": f"Bearer {ADMIN}"}
TAKE_OVER = 15.0
"""Seconds in which a dead worker's runs are taken over: the promise."""


class Target:
    """Counts what arrives by key; requests on /held wait until they are let go."""

    def __init__(self) -> None:
        self.keys: Counter[str] = Counter()
        self.paths: Counter[str] = Counter()
        self.go = threading.Event()
        handler = type("Bound", (_Requests,), {"target": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self.go.set()
        self._server.shutdown()
        self._server.server_close()


class _Requests(BaseHTTPRequestHandler):
    target: ClassVar[Target]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.target.keys[self.headers["Idempotency-Key"]] += 1
        self.target.paths[self.path] += 1
        count = self.target.paths[self.path]
        if self.path.startswith("/held") and count == 1:
            self.target.go.wait(60)
        time.sleep(0.02)  # an effect takes its time
        body = dump({"count": count})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@dataclass
class Cluster:
    """An API process and workers, all real."""

    data: Path
    database: str
    target: Target
    server: Served
    client: Client
    workers: list[Working] = field(default_factory=list)

    def add_worker(self) -> Working:
        worker = Working(data=self.data, more=("--database", self.database))
        self.workers.append(worker)
        return worker

    def stop_workers(self) -> None:
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda worker: worker.stop(), self.workers))

    def sql(self, statement: str, *values: object) -> list[Any]:
        import psycopg

        with psycopg.connect(self.database) as connection:
            cursor = connection.execute(statement, values)  # type: ignore[arg-type]
            return list(cursor.fetchall()) if cursor.description else []

    @property
    def leader(self) -> Working:
        """The worker whose session holds the lock."""

        def names() -> list[str]:
            sql = (
                "SELECT name FROM worker JOIN pg_locks ON pg_locks.pid = session AND locktype = 'advisory' AND granted"
            )
            return [name for (name,) in self.sql(sql + " AND classid = 70331")]

        until(names)
        (name,) = names()
        return next(worker for worker in self.workers if worker.name == name)

    def flow(self, slug: str, definition: dict[str, Any]) -> None:
        self.client.post("flows", body={"slug": slug, "name": slug, "workspace": "acme"})
        body = {"workspace": "acme", "definition": {"flow": 1, **definition}, "note": "", "expected_revision": 1}
        staged = self.client.post("flows", slug, "staging", body=body).value
        promotion = {"workspace": "acme", "version": 1, "expected_revision": staged["flow"]["revision"]}
        self.client.post("flows", slug, "promotions", body=promotion)

    def start(self, flow: str, *, wait: int = 0) -> Any:
        address = f"{self.server.url}/api/v1/flows/{flow}/registrations/acme/runs?wait={wait}"
        answer = httpx.post(address, json={"input": None}, headers=HEADERS, trust_env=False, timeout=60)
        assert answer.status_code == (200 if wait else 202), answer.text
        return answer.json()

    def run(self, run: str) -> Any:
        return self.client.get("runs", run).value

    def ended(self, *runs: str, seconds: float = 30.0) -> list[Any]:
        until(lambda: all(self.run(run)["status"] not in ("queued", "running", "suspended") for run in runs), seconds)
        return [self.run(run) for run in runs]


def until(condition: Callable[[], Any], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that in time"
        time.sleep(0.05)  # between two looks; the condition has its limit


@pytest.fixture(scope="module")
def cluster(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """One API process and two workers, for all tests; who kills one adds another."""
    settings, data = postgres.fresh(), tmp_path_factory.mktemp("data")
    with ExitStack() as ends:
        target = Target()
        ends.callback(target.stop)
        server = Served(port=0, data=data, token=ADMIN, more=("--database", settings.database, "--engine", "dbos"))
        ends.callback(server.stop)
        client = Client(server.url, token=ADMIN)
        ends.callback(client.close)
        it = Cluster(data, settings.database, target, server, client)
        ends.callback(it.stop_workers)
        with ThreadPoolExecutor() as threads:
            list(threads.map(lambda _: it.add_worker(), range(2)))
        client.post("workspaces", body={"slug": "acme", "name": "Acme", "kind": "standard"})
        it.flow("effects", flow_of(*[post(f"e{n}", f"{target.url}/e", json=n) for n in range(3)], stop()))
        it.flow("timer", flow_of(wait("rest", **{"for": "4s"}), stop()))
        it.flow("signal", flow_of(wait("go", signal=True), stop(details="=steps.go")))
        it.flow("held", flow_of(post("a", f"{target.url}/held", json=1), stop(details="=steps.a.body.count")))
        it.flow("cancel", flow_of(post("a", f"{target.url}/held_too", json=1), post("b", f"{target.url}/b", json=1)))
        it.flow("ticks", {"trigger": {"kind": "schedule", "every": "10s"}, "steps": [stop()]})
        yield it
    postgres.drop(settings)


@pytest.fixture(scope="module")
def killed(cluster: Cluster) -> dict[str, Any]:
    """The leading worker is killed while runs are at work, wait for a time and wait for a signal."""
    timer, signaled = cluster.start("timer")["id"], cluster.start("signal")["id"]
    until(lambda: cluster.run(signaled)["status"] == cluster.run(timer)["status"] == "suspended")
    runs = [cluster.start("effects")["id"] for _ in range(40)]
    leader = cluster.leader
    recorded = "SELECT run_id || '.' || path FROM journal WHERE path ~ '^e[0-9]$'"
    leader.kill()
    at_kill = {key for (key,) in cluster.sql(recorded)}
    counts = dict(cluster.target.keys)
    cluster.workers.remove(leader)
    return {"at": time.monotonic(), "runs": runs, "timer": timer, "signaled": signaled, "keys": at_kill, "was": counts}


def test_the_runs_of_a_killed_worker_are_taken_over_in_time(cluster: Cluster, killed: dict[str, Any]) -> None:
    ended = cluster.ended(*killed["runs"], seconds=TAKE_OVER + 5)
    assert {run["status"] for run in ended} == {"success"}
    taken = "SELECT max(ended_at) FROM run WHERE id = ANY(%s)"
    assert cluster.sql(taken, killed["runs"])[0][0] is not None
    assert time.monotonic() - killed["at"] < TAKE_OVER


def test_what_was_recorded_is_not_done_again(cluster: Cluster, killed: dict[str, Any]) -> None:
    cluster.ended(*killed["runs"])
    again = {key for key in killed["keys"] if cluster.target.keys[key] > max(killed["was"].get(key, 0), 1)}
    assert again == set()
    assert {f"{run}.e{n}" for run in killed["runs"] for n in range(3)} <= cluster.target.keys.keys()


def test_a_wait_ends_although_the_worker_that_kept_the_time_died(cluster: Cluster, killed: dict[str, Any]) -> None:
    assert cluster.ended(killed["timer"])[0]["status"] == "success"


def test_a_signal_is_taken_although_the_worker_that_parked_the_run_died(
    cluster: Cluster, killed: dict[str, Any]
) -> None:
    cluster.client.post("runs", killed["signaled"], "signals", "go", body={"by": "Ada"})
    (run,) = cluster.ended(killed["signaled"])
    assert run["status"] == "success"


def test_the_answer_waits_for_the_result_of_a_run_in_another_process(cluster: Cluster) -> None:
    found = cluster.start("effects", wait=20)
    assert found["status"] == "success"


def test_a_running_run_is_canceled_before_its_next_effect(cluster: Cluster) -> None:
    run = cluster.start("cancel")["id"]
    until(lambda: cluster.target.paths["/held_too"] == 1)
    cluster.client.post("runs", run, "cancel", body={})
    cluster.target.go.set()
    (found,) = cluster.ended(run)
    cluster.target.go.clear()
    assert (found["status"], cluster.target.paths["/b"]) == ("canceled", 0)


def test_every_change_is_on_the_event_stream_of_the_api_process(cluster: Cluster) -> None:
    with (
        httpx.Client(trust_env=False, timeout=30) as http,
        http.stream("GET", f"{cluster.server.url}/api/v1/events", headers=HEADERS) as events,
    ):
        lines = events.iter_lines()
        next(lines)
        run = cluster.start("effects")["id"]
        seen = set()
        for line in lines:
            event = parse(line.removeprefix("data: ")) if line.startswith("data: ") else {}
            if event.get("about", {}).get("run") == run:
                seen.add(event["action"])
            if "run.success" in seen:
                break
    assert seen - {"run.step"} == {"run.queued", "run.success"}  # steps are told now and then


def test_a_stopped_worker_that_goes_on_later_is_refused(cluster: Cluster) -> None:
    heir = cluster.add_worker()
    run = cluster.start("held")["id"]
    until(lambda: cluster.target.paths["/held"] == 1)
    ((owner,),) = cluster.sql("SELECT owner FROM run WHERE id = %s", run)
    zombie = next(worker for worker in cluster.workers if worker.name == owner)
    os.kill(zombie.pid, signal.SIGSTOP)
    stopped_at = time.monotonic()
    try:
        (found,) = cluster.ended(run, seconds=TAKE_OVER + 5)
        assert time.monotonic() - stopped_at < TAKE_OVER
        ((heir_of_it, fence),) = cluster.sql("SELECT owner, fence FROM run WHERE id = %s", run)
        assert heir_of_it != owner
        cluster.target.go.set()
    finally:
        os.kill(zombie.pid, signal.SIGCONT)
    log = cluster.data / "demo-worker.log"
    until(lambda: any("taken_over" in line and run in line for line in log.read_text().splitlines()))
    assert cluster.run(run)["outcome"]["details"] == found["outcome"]["details"] == 2
    assert cluster.sql("SELECT owner, fence FROM run WHERE id = %s", run) == [(heir_of_it, fence)]
    assert cluster.sql("SELECT count(*) FROM journal WHERE run_id = %s AND path = 'a'", run) == [(1,)]
    assert heir.lives


def test_each_tick_is_one_run_whoever_leads(cluster: Cluster, killed: dict[str, Any]) -> None:
    until(lambda: len(ticks(cluster)) >= 3)
    seen = ticks(cluster)
    assert len(set(seen)) == len(seen)
    moments = [datetime.fromisoformat(tick) for tick in seen]
    assert {(after - before).total_seconds() for before, after in pairwise(moments)} == {10.0}


def ticks(cluster: Cluster) -> list[str]:
    rows = cluster.sql("SELECT trigger_key FROM run WHERE trigger_key LIKE 'tick:%%' ORDER BY id")
    return [key.removeprefix("tick:") for (key,) in rows]
