"""What retention costs whoever writes meanwhile: time of small commits, without and with a pass of retention.

python bench/retention.py [RUNS]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from flowslot.app.retention import Removed, limits_of
from flowslot.base.clock import time_text
from flowslot.base.ids import earliest_id
from flowslot.base.settings import Settings
from flowslot.storage import tables
from flowslot.storage.database import Database, open_database
from flowslot.storage.pace import Pace
from flowslot.storage.retention import SqlRetention
from flowslot.storage.sqlite_file import SqliteFile

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def fill(database: Database, many: int) -> None:
    """Runs of 100 and of 40 days ago, 3 KB and five journal entries each."""
    for start in range(0, many, 500):
        old = NOW - timedelta(days=100 if start < many // 2 else 40)
        ids = [f"{earliest_id('run', old)[:-7]}{number:07d}" for number in range(start, start + 500)]
        row = {
            "flow_id": "f", "workspace_id": "w", "registration_id": "r", "version": 1, "hash": "h", "slot": "main",
            "status": "success", "trigger": b'{"kind":"on_demand"}', "input": b'"' + b"x" * 1_500 + b'"',
            "queued_at": time_text(old), "ended_at": time_text(old), "depth": 0, "test": False,
            "cancel_requested": False, "steps": b"s" * 1_500,
        }  # fmt: skip
        with database.write() as connection:
            connection.execute(insert(tables.run), [row | {"id": each} for each in ids])
            entries = [{"run_id": each, "path": f"s{n}", "body": b"{}" * 50} for each in ids for n in range(5)]
            connection.execute(insert(tables.journal), entries)


class Writer:
    """Commits one small row after the other, and notes how long each took from asking to its end."""

    def __init__(self, database: Database) -> None:
        self.took: list[float] = []
        self._database, self._stop = database, threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._stop.is_set():
            began = time.perf_counter()
            with self._database.write() as connection:
                row = {"at": "now", "actor": "bench", "action": "bench", "about": b"{}"}
                connection.execute(insert(tables.audit).values(**row))
            self.took.append(time.perf_counter() - began)
            time.sleep(0.001)


def said(what: str, took: list[float]) -> str:
    cuts = statistics.quantiles(took, n=1000)
    return f"{what}: {len(took)} | p50 {cuts[499] * 1e3:.1f} p99 {cuts[989] * 1e3:.1f} max {max(took) * 1e3:.1f} ms"


def main(many: int) -> None:
    """Prints the figures."""
    with tempfile.TemporaryDirectory() as folder, closing(open_database(Settings(data=Path(folder)))) as database:
        fill(database, many)
        file = SqliteFile(database)
        with Writer(database) as alone:
            time.sleep(5)
        batches: list[float] = []
        learn = Pace._learn
        Pace._learn = lambda self, seconds: (batches.append(seconds), learn(self, seconds))[1]  # type: ignore[func-returns-value,method-assign]
        before, began, removed = file.sizes().database, time.perf_counter(), Removed()
        with Writer(database) as beside:
            for step in SqlRetention(database).steps(limits_of(Settings(), NOW)):
                removed += step
                time.sleep(min(max(0.002, batches[-1] * 2), 0.5))
            took = time.perf_counter() - began
            given = sum(file.give_back())
        file.look()
        file.look()
        print(said("commits alone", alone.took))
        print(said("commits beside retention", beside.took))
        print(said("batches of retention", batches))
        print(f"{removed}, in {took:.1f} s; {given} pages given back")
        print(f"file: {before >> 20} MB before, {file.sizes().database >> 20} MB after")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
