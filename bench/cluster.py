"""A cluster: background runs of five effects, from the first accept to the last end, by number of workers."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import psycopg

from bench.load import Load, in_own_process
from bench.machine import describe, percentile, row
from bench.server import TOKEN, Server, family, free_port, hook_path, make_flow, wait_until_ready
from flowslot.cli.demo.postgres import running_postgres

WIDTHS = (8, 8, 14, 13, 13, 10, 28)
TICKS = os.sysconf("SC_CLK_TCK")
CONNECTIONS = 32
IDLE_RATE = 20.0


FLOW = {
    "flow": 1,
    "trigger": {"kind": "webhook", "auth": "none"},
    "steps": [
        *({"id": f"effect{n}", "kind": "recorded", "value": {"n": n}} for n in range(5)),
        {"id": "done", "kind": "stop", "status": "success"},
    ],
}
"""Five effects, each recorded before the next begins; they do nothing outside, so that the cluster is measured."""


def main() -> None:
    """Prints the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=4.0, help="how long webhooks are sent in each round")
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--workers", default="1,2,3", help="numbers of workers, one a row")
    options = asked.parse_args()
    print(describe())
    print("runs/s: medians, in brackets the least and the most; one run: queued to ended, at 20 runs/s\n")
    row(
        "workers",
        "runs/s",
        "",
        "one run p50",
        "one run p99",
        "memory MB",
        "CPU ms a run: API, workers, DB",
        widths=WIDTHS,
    )
    for workers in map(int, options.workers.split(",")):
        with tempfile.TemporaryDirectory() as folder, _cluster(Path(folder), workers) as (server, database, path, pids):
            spent = _cpu(database, pids)
            rates, many = zip(
                *[_round(server, database, path, seconds=options.seconds) for _ in range(options.rounds)], strict=True
            )
            spent = [
                (after - before) * 1000 / sum(many) for after, before in zip(_cpu(database, pids), spent, strict=True)
            ]
            took = _latencies(server, database, path, seconds=options.seconds)
            memory = sum(Server(0, pid).memory_mb() for pid in pids)
        least_most = f"({min(rates):.0f}–{max(rates):.0f})"
        p50, p99 = (f"{percentile(took, share):.0f} ms" for share in (0.5, 0.99))
        row(
            workers,
            f"{statistics.median(rates):.0f}",
            least_most,
            p50,
            p99,
            f"{memory:.0f}",
            ", ".join(f"{each:.1f}" for each in spent),
            widths=WIDTHS,
        )


@contextlib.contextmanager
def _cluster(folder: Path, workers: int) -> Iterator[tuple[Server, str, str, Sequence[int]]]:
    """A server and its workers on a PostgreSQL of their own; the database, the webhook's path, the processes."""
    with contextlib.ExitStack() as ends:
        database = ends.enter_context(running_postgres(folder / "postgres"))
        port, more = free_port(), ("--data", str(folder / "data"), "--database", database)
        begun = [_begin(ends, "serve", "--engine", "dbos", "--port", str(port), *more)]
        wait_until_ready(port)
        begun += [_begin(ends, "worker", *more) for _ in range(workers)]
        server = Server(port, begun[0])
        server.call("POST", "/workspaces", {"slug": "bench", "name": "Bench"})
        yield server, database, hook_path(make_flow(server, "bench", FLOW)), begun


def _begin(ends: contextlib.ExitStack, *command: str) -> int:
    """Starts `flowslot` with the recorded steps; its process id. Returns when it works."""
    environment = {**os.environ, "FLOWSLOT_BOOTSTRAP_TOKEN": TOKEN, "FLOWSLOT_LOG_LEVEL": "warning"}
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.recorded", *command, "--json"], env=environment, stdout=subprocess.PIPE
    )
    ends.callback(process.wait)
    ends.callback(process.terminate)
    assert process.stdout is not None
    process.stdout.readline()
    return process.pid


def _round(server: Server, database: str, path: str, *, seconds: float) -> tuple[float, int]:
    """Runs a second, from the first that was queued to the last that ended; how many runs."""
    since = _now(database)
    asyncio.run(in_own_process(Load("127.0.0.1", server.port, path, "{}", CONNECTIONS, seconds, 0.0)))
    rows = _ended(database, since)
    return len(rows) / (max(end for _, end in rows) - min(begin for begin, _ in rows)), len(rows)


def _latencies(server: Server, database: str, path: str, *, seconds: float) -> Sequence[float]:
    """Milliseconds from queued to ended, of runs that come one by one."""
    since = _now(database)
    asyncio.run(in_own_process(Load("127.0.0.1", server.port, path, "{}", 4, seconds, IDLE_RATE)))
    return [(end - begin) * 1000 for begin, end in _ended(database, since)]


def _cpu(database: str, pids: Sequence[int]) -> Sequence[float]:
    """Seconds of CPU that the server, its workers and the database's processes have used."""
    with psycopg.connect(database) as connection:
        backends = [
            pid for (pid,) in connection.execute("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        ]
    return [
        sum(map(_used, some))
        for some in (family(pids[0]), [each for pid in pids[1:] for each in family(pid)], backends)
    ]


def _used(pid: int) -> float:
    """Zero for a process that is gone."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    return 0.0


def _now(database: str) -> str:
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT coalesce(max(queued_at), '') FROM run").fetchone()
    assert found is not None
    return str(found[0])


def _ended(database: str, since: str) -> Sequence[tuple[float, float]]:
    """When each run was queued and ended, in seconds, once all have."""
    with psycopg.connect(database, autocommit=True) as connection:
        left = "SELECT count(*) FROM run WHERE ended_at IS NULL"
        while connection.execute(left).fetchone() != (0,):
            time.sleep(0.05)
        rows = connection.execute("SELECT queued_at, ended_at, status FROM run WHERE queued_at > %s", (since,))
        found = [(_seconds(queued), _seconds(ended), status) for queued, ended, status in rows]
    assert {status for _, _, status in found} == {"success"}
    return [(queued, ended) for queued, ended, _ in found]


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


if __name__ == "__main__":
    main()
