"""The time of a promotion and of its undoing with 1 to 100,000 registrations: it must not grow."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import insert, update

from bench.machine import describe, row
from bench.server import Server, make_flow, running
from flowslot.base.clock import SystemClock, time_text
from flowslot.base.ids import TimeOrderedIds
from flowslot.base.settings import Settings
from flowslot.storage import tables
from flowslot.storage.database import open_database

WIDTHS = (16, 14, 14, 14, 12)


def definition(note: str) -> object:
    """A small flow; another note makes another version."""
    return {
        "flow": 1,
        "trigger": {"kind": "on_demand"},
        "steps": [{"id": "say", "kind": "set", "value": note}],
    }


def register_many(data: Path, *, flow: str, count: int) -> None:
    """Adds `count` workspaces with a registration each, straight into the database of a stopped server."""
    ids, now = TimeOrderedIds(), time_text(SystemClock().now())
    database = open_database(Settings(data=data))
    with database.write() as connection:
        workspaces = [
            {"id": ids.new("ws"), "slug": f"w{n}", "name": f"W {n}", "kind": "standard", "created_at": now}
            for n in range(count)
        ]
        connection.execute(insert(tables.workspace), workspaces)
        connection.execute(insert(tables.registration), [_registration(ids, w["id"], flow, now) for w in workspaces])
        counted = tables.flow.c.registrations + count
        connection.execute(update(tables.flow).where(tables.flow.c.id == flow).values(registrations=counted))
    database.close()


def _registration(ids: TimeOrderedIds, workspace: str, flow: str, now: str) -> dict[str, object]:
    return {
        "id": ids.new("reg"),
        "flow_id": flow,
        "workspace_id": workspace,
        "revision": 1,
        "active": True,
        "config": b"{}",
        "connections": b"{}",
        "hook_main": ids.secret(),
        "hook_staging": ids.secret(),
        "since": now,
    }


def flow_id(data: Path) -> str:
    """The id of the only flow in a data folder."""
    database = open_database(Settings(data=data))
    with database.read() as connection:
        found: str = connection.execute(tables.flow.select()).one().id
    database.close()
    return found


def measure(server: Server, rounds: int) -> tuple[Sequence[float], Sequence[float]]:
    """Milliseconds of each promotion and of each undo, over HTTP."""
    promotions, undos = [], []
    for number in range(rounds):
        revision = server.call("GET", "/flows/wide")["revision"]
        body = {"workspace": "bench", "definition": definition(f"round {number} {time.time()}")}
        staged = server.call("POST", "/flows/wide/staging", {**body, "expected_revision": revision})
        ask = {"workspace": "bench", "version": staged["version"]["number"]}
        begun = time.perf_counter()
        made = server.call("POST", "/flows/wide/promotions", {**ask, "expected_revision": staged["flow"]["revision"]})
        promotions.append((time.perf_counter() - begun) * 1000)
        revision = server.call("GET", "/flows/wide")["revision"]
        begun = time.perf_counter()
        server.call("POST", f"/flows/wide/promotions/{made['id']}/undo", {"expected_revision": revision})
        undos.append((time.perf_counter() - begun) * 1000)
    return promotions, undos


def main() -> None:
    """Prints the table and the ratio of the medians."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=30)
    asked.add_argument("--counts", type=int, nargs="+", default=[1, 100, 10_000, 100_000])
    options = asked.parse_args()
    print(describe())
    print(f"{options.rounds} promotions and undos for each count, over HTTP, durable; medians in ms")
    row("registrations", "promotion", "slowest", "undo", "to first", widths=WIDTHS)
    first = 0.0
    for count in options.counts:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            with running(data) as server:
                server.call("POST", "/workspaces", {"slug": "bench", "name": "Bench"})
                make_flow(server, "wide", definition("first"))
            if count > 1:
                register_many(data, flow=flow_id(data), count=count - 1)
            with running(data) as server:
                measure(server, 3)
                promotions, undos = measure(server, options.rounds)
        middle = statistics.median(promotions)
        first = first or middle
        cells = (f"{middle:.2f}", f"{max(promotions):.2f}", f"{statistics.median(undos):.2f}", f"{middle / first:.2f}")
        row(f"{count:,}", *cells, widths=WIDTHS)


if __name__ == "__main__":
    main()
