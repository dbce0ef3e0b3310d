"""What the database says after a crash, held against what the outside world knows."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
import shop
from outside import Ledger
from servers import Place

SQL_RUNS = "SELECT id, input, status, parent_id FROM run"
SQL_OPEN = "SELECT count(*) FROM run WHERE ended_at IS NULL"
SQL_RECORDED = "SELECT seq, run_id, path FROM journal WHERE seq > {after} ORDER BY seq"


def rows_of(place: Place, sql: str) -> Sequence[Any]:
    """What the database holds, whether a server works on it or not; nothing is changed."""
    if place.database:
        import psycopg

        with psycopg.connect(place.database, autocommit=True) as connection:
            return connection.execute(sql.encode()).fetchall()
    return _asked(f"file:{place.data}/flowslot.db?mode=ro", sql)


@contextmanager
def as_left(data: Path) -> Iterator[Path]:
    """The database as a dead server left it, to be looked at without doing anything to it: links to its files.

    Opening the files themselves would recover them, and the next server would find nothing left to recover.
    """
    with tempfile.TemporaryDirectory(dir=data.parent) as folder:
        for file in ("flowslot.db", "flowslot.db-wal"):
            if (data / file).exists():
                os.link(data / file, Path(folder) / file)
        yield Path(folder)


def note_records(place: Place, ledger: Ledger, *, after: int) -> int:
    """Takes down which effects are on record now, while no server runs; the last entry that was seen."""
    sql = SQL_RECORDED.format(after=after)
    if place.database:
        rows = rows_of(place, sql)
    else:
        with as_left(place.data) as folder:
            rows = _asked(f"file:{folder}/flowslot.db?mode=ro", sql)
    ledger.recorded.update(f"{run}.{path}" for _, run, path in rows)
    return rows[-1][0] if rows else after


def open_runs(place: Place) -> int:
    """Runs that have not ended."""
    count: int = rows_of(place, SQL_OPEN)[0][0]
    return count


def lost(rows: Sequence[Any], ledger: Ledger) -> list[str]:
    """What was accepted and is no run, or is more than one."""
    runs = _by_number(rows)
    wrong = [f"{number} is {len(found)} runs" for number, found in runs.items() if len(found) > 1]
    for number, run in ledger.accepted.items():
        if run not in runs.get(number, ()):
            wrong.append(f"{number} was accepted as {run} and is {runs.get(number)}")
    return wrong


def violations(rows: Sequence[Any], ledger: Ledger) -> list[str]:
    """Everything that must not be, once all work is done."""
    wrong = [*ledger.wrong, *lost(rows, ledger)]
    wrong += [f"{run} ended as {status}" for run, _, status, _ in rows if status != "success"]
    sent = ledger.accepted.keys() | ledger.given_up
    wrong += [f"{number} is a run that nobody asked for" for number in _by_number(rows).keys() - sent]
    return wrong + _effects_missing(rows, ledger)


def _by_number(rows: Sequence[Any]) -> dict[int, list[str]]:
    """Number of what was sent → its runs, without those that flows called."""
    found: dict[int, list[str]] = {}
    for run, given, _, parent in rows:
        if parent is None:
            found.setdefault(json.loads(bytes(given))["n"], []).append(run)
    return found


def _effects_missing(rows: Sequence[Any], ledger: Ledger) -> list[str]:
    done: dict[int, Counter[str]] = {}
    for key, name in ledger.paths.items():
        done.setdefault(ledger.numbers[key], Counter())[name] += 1
    wrong = []
    for number in _by_number(rows):
        expected = Counter(shop.effects_of(ledger.flow_of[number]))
        if done.get(number) != expected:
            wrong.append(f"{number} did {dict(done.get(number, {}))} of {dict(expected)}")
    return wrong


def _asked(uri: str, sql: str) -> Sequence[Any]:
    connection = sqlite.connect(uri, uri=True, timeout=20)
    try:
        found: Sequence[Any] = connection.execute(sql).fetchall()
        return found
    finally:
        connection.close()
