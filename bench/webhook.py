"""Webhook → steps → result, durable, history kept: runs a second and latency, beside the floor of this machine."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pysqlite3.dbapi2 as sqlite

from bench.load import Load, Seen, in_own_process
from bench.machine import describe, percentile, row
from bench.server import Server, hook_path, make_flow, running

BODY = json.dumps(
    {
        "invoice": {
            "id": "INV-1001",
            "lines": [{"sku": f"sku-{n}", "qty": n + 1, "price": 9.95 + n} for n in range(8)],
        },
        "items": list(range(100)),
    }
)
WIDTHS = (34, 12, 10, 10, 10)

HOOK = {"kind": "webhook", "auth": "none", "respond": "result"}
MAP = {
    "id": "lines",
    "kind": "map",
    "over": "=trigger.invoice.lines",
    "to": {"sku": "=item.sku.upper()", "total": "=round(item.qty * item.price, 2)"},
}
FIRST = {"id": "count", "kind": "set", "value": "=sum(line.qty for line in trigger.invoice.lines)"}
SECOND = {"id": "total", "kind": "set", "value": "=round(steps.count * trigger.invoice.lines[0].price, 2)"}
TOTAL = {"id": "total", "kind": "set", "value": "=sum(line.total for line in steps.lines)"}
STOP = {"id": "done", "kind": "stop", "status": "success", "details": {"total": "=steps.total * 2"}}


def flows(echo_port: int) -> Mapping[str, list[Mapping[str, object]]]:
    """The measured flows by name: their steps."""
    http = {"id": "post", "kind": "http_request", "method": "POST", "url": f"http://127.0.0.1:{echo_port}/echo"}
    loop = {
        "id": "each",
        "kind": "for_each",
        "in": "=trigger['items']",
        "steps": [{"id": "twice", "kind": "set", "value": "=item * 2"}],
    }
    call = {"id": "call", "kind": "call_flow", "flow": "callee", "input": {"n": "=trigger.invoice.id"}}
    return {
        "3 pure steps": [FIRST, SECOND, STOP],
        "3 pure steps, one a map": [MAP, TOTAL, STOP],
        "1 http_request": [{**http, "json": {"id": "=trigger.invoice.id"}}, {**STOP, "details": "=steps.post.status"}],
        "loop over 100 items": [loop, {**STOP, "details": "=len(steps.each)"}],
        "called flow": [call, {**STOP, "details": "=steps.call.details"}],
    }


CALLEE = {
    "flow": 1,
    "trigger": {"kind": "on_demand"},
    "steps": [{"id": "done", "kind": "stop", "status": "success", "details": "=trigger.n"}],
}


async def main() -> None:
    """Prints the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=5.0)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--connections", type=int, default=32)
    asked.add_argument("--database", default="", help="postgresql://… instead of SQLite")
    asked.add_argument("--workers", type=int, default=1, help="server processes")
    asked.add_argument("--only", default="", help="measure only the flow whose name begins so")
    options = asked.parse_args()
    print(describe())
    print(f"{options.connections} connections, {options.rounds} rounds of {options.seconds} s; body {len(BODY)} B")
    row("flow", "runs/s", "p50 ms", "p99 ms", "of floor", widths=WIDTHS)
    with tempfile.TemporaryDirectory() as folder:
        async with echo() as echo_port:
            floor = await constant_floor(echo_port, options)
            row("floor: HTTP answering a constant", f"{floor:.0f}", "", "", "1.00", widths=WIDTHS)
            commits = commit_floor(Path(folder))
            row("floor: one SQLite commit a run", f"{commits:.0f}", "", "", "", widths=WIDTHS)
            grouped = commit_floor(Path(folder), together=options.connections)
            row(f"floor: {options.connections} runs a commit", f"{grouped:.0f}", "", "", "", widths=WIDTHS)
            workers = [] if options.workers == 1 else ["--workers", str(options.workers)]
            with running(Path(folder) / "data", database=options.database, more=workers) as server:
                await measure(server, flows(echo_port), floor, options)
                print(f"memory of all processes after the load: {server.memory_mb():.0f} MB")


async def measure(
    server: Server, wanted: Mapping[str, list[Mapping[str, object]]], floor: float, options: argparse.Namespace
) -> None:
    """One row a flow, and the latency of the first at 20 requests a second."""
    server.call("POST", "/workspaces", {"slug": "bench", "name": "Bench"})
    make_flow(server, "callee", CALLEE)
    for number, (name, steps) in enumerate(wanted.items()):
        if not name.startswith(options.only):
            continue
        made = make_flow(server, f"flow-{number}", {"flow": 1, "trigger": HOOK, "steps": steps})
        path = hook_path(made)
        await in_own_process(load(server.port, path, options, seconds=1))
        before = server.spent()
        seen = [await in_own_process(load(server.port, path, options)) for _ in range(options.rounds)]
        report(name, seen, floor)
        print(f"  {server.spent().since(before).told(sum(len(each.latencies) for each in seen))}")
        calm = await in_own_process(Load("127.0.0.1", server.port, path, BODY, 4, options.seconds, 20))
        report(f"{name}, at 20 a second", [calm], 0)


def load(port: int, path: str, options: argparse.Namespace, seconds: float = 0) -> Load:
    """As fast as answers come."""
    return Load("127.0.0.1", port, path, BODY, options.connections, seconds or options.seconds, 0)


def report(name: str, rounds: list[Seen], floor: float) -> None:
    """Prints the medians over the rounds; says so when an answer was not 200."""
    rate = statistics.median(seen.per_second for seen in rounds)
    middle = statistics.median(percentile(seen.latencies, 0.5) for seen in rounds)
    late = statistics.median(percentile(seen.latencies, 0.99) for seen in rounds)
    row(name, f"{rate:.0f}", f"{middle:.1f}", f"{late:.1f}", f"{rate / floor:.2f}" if floor else "", widths=WIDTHS)
    for seen in rounds:
        if set(seen.statuses) != {"200"}:
            print("  not all were answered with 200:", seen.statuses)


async def constant_floor(port: int, options: argparse.Namespace) -> float:
    """Answers a second of the same HTTP server software answering a constant."""
    constant = Load("127.0.0.1", port, "/echo", BODY, options.connections, options.seconds, 0)
    return statistics.median([(await in_own_process(constant)).per_second for _ in range(options.rounds)])


def commit_floor(folder: Path, *, together: int = 1) -> float:
    """Rows of 2 KB a second, WAL with synchronous=FULL: what the commits of runs cost that share one, or none."""
    connection = sqlite.connect(str(folder / f"floor{together}.db"), isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute("create table run (id integer primary key, body text)")
    begun = time.perf_counter()
    for _ in range(1000):
        connection.execute("begin immediate")
        connection.executemany("insert into run (body) values (?)", [("x" * 2000,)] * together)
        connection.execute("commit")
    return 1000 * together / (time.perf_counter() - begun)


@contextlib.asynccontextmanager
async def echo() -> AsyncIterator[int]:
    """A local target that answers {"ok": true}: uvicorn in a process of its own."""
    from bench.server import free_port

    port = free_port()
    process = await asyncio.create_subprocess_exec(*_uvicorn(port))
    await _listening(port)
    try:
        yield port
    finally:
        process.terminate()
        await process.wait()


def _uvicorn(port: int) -> list[str]:
    import sys

    return [sys.executable, "-m", "uvicorn", "bench.echo:app", "--port", str(port), "--log-level", "error"]


async def _listening(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.05)
    raise TimeoutError("the echo server did not start")


if __name__ == "__main__":
    asyncio.run(main())
