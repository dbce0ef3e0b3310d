"""Starts `flowslot serve` again and again for the crash tests: sound, or with one planted fault.

    python planted.py NAME

NAME is `sound`, or a name of PLANTS or MISFORTUNES. Everything is imported once; each server is a fork, so that a start
takes a third of the time. It reads lines of JSON from standard input: `{"serve": [...], "env": {...}, "log": "..."}`
starts `flowslot serve` with these arguments and gives its process id; `{"reap": id}` waits for its end and gives its
status. The product knows nothing of the plants: what they replace is replaced here, before a server begins.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import aiohttp  # noqa: F401  what a server imports when it is first needed is imported here
import alembic  # noqa: F401
import psycopg  # noqa: F401
import sqlalchemy.dialects.postgresql.psycopg  # noqa: F401
import uvloop  # noqa: F401

import flowslot.cli.server
import flowslot.storage.dialect as dialect
import flowslot.wiring.serving  # noqa: F401
from flowslot.app.journal import Accepted, Entry, Loaded, Order, Route, Target
from flowslot.base.ids import RunId
from flowslot.cli.main import main as flowslot_main
from flowslot.storage.journal import SqlJournal
from flowslot.storage.lanes import Lane

BEHIND = 0.25
"""Seconds that a planted journal writes behind."""
UNANSWERED = 0.1
"""Share of commits that are carried out and not answered."""
REMEMBERED = 0.2
"""Seconds that a planted cache keeps where main points."""


def accepted_before_durable() -> None:
    """The answer is given before the run is on disk."""
    accept = SqlJournal.accept

    async def at_once(journal: SqlJournal, order: Order) -> Accepted | None:
        route = order.route
        if order.parent is not None or route.version is None or route.hash is None:
            return await accept(journal, order)
        _later(accept(journal, order))
        return Accepted(order.id, route.version, route.hash, route.slot, fresh=True)

    _replace("accept", at_once)


def record_lost() -> None:
    """A run goes on before its effect is on record."""
    record = SqlJournal.record

    async def behind(journal: SqlJournal, entry: Entry) -> None:
        _later(record(journal, entry))

    _replace("record", behind)


def recovery_skips() -> None:
    """A start takes up only every second open run."""
    open_runs = SqlJournal.open_runs

    async def some(journal: SqlJournal) -> Sequence[RunId]:
        return [run for run in await open_runs(journal) if sum(run.encode()) % 2]

    _replace("open_runs", some)


def effects_done_again() -> None:
    """A stretch forgets one effect on record, and whoever records it again is not refused."""
    load, record = SqlJournal.load, SqlJournal.record
    known: set[tuple[str, str]] = set()

    async def forgetful(journal: SqlJournal, run: RunId) -> Loaded:
        found = await load(journal, run)
        kept = {path: entry for path, entry in found.entries.items() if not path.endswith("first")}
        known.update((run, path) for path in found.entries if path not in kept)
        return replace(found, entries=kept)

    async def recorded(journal: SqlJournal, entry: Entry) -> None:
        if (entry.run, entry.path) not in known:
            await record(journal, entry)

    _replace("load", forgetful)
    _replace("record", recorded)


def pointer_cache() -> None:
    """Where an address leads is remembered for a while, and no row is asked."""
    accept = SqlJournal.accept
    routes: dict[str, tuple[float, Route]] = {}

    async def by_memory(journal: SqlJournal, order: Order) -> Accepted | None:
        token = order.target.hook
        now = None if token is None else await asyncio.to_thread(journal.route_of_hook, token)
        if token is None or now is None:
            return await accept(journal, order)
        if token not in routes or time.monotonic() - routes[token][0] > REMEMBERED:
            routes[token] = (time.monotonic(), now)
        remembered = routes[token][1]
        believed = replace(now, version=remembered.version, hash=remembered.hash)
        target = Target(flow=now.flow, workspace=now.workspace, version=remembered.version)
        return await accept(journal, replace(order, route=believed, target=target))

    _replace("accept", by_memory)


def no_fsync() -> None:
    """SQLite leaves it to the system when a commit goes to the disk."""
    pragmas = [line.replace("synchronous = FULL", "synchronous = OFF") for line in dialect._PRAGMAS]
    assert pragmas != list(dialect._PRAGMAS)
    dialect._PRAGMAS = tuple(pragmas)  # type: ignore[misc]
    dialect.Sqlite.check = lambda self, connection: None  # type: ignore[method-assign]


def commits_unanswered() -> None:
    """No fault of ours: now and then the connection is lost between a commit and its answer."""
    import pysqlite3.dbapi2 as sqlite

    attempt = Lane._attempt

    def unanswered(lane: Lane, connection: Any, how: Any, ready: Any) -> None:
        attempt(lane, connection, how, ready)
        if lane._thread.name == "journal" and random.random() < UNANSWERED:
            lane._hang_up()
            raise sqlite.OperationalError("the connection was lost")

    Lane._attempt = unanswered  # type: ignore[method-assign]


PLANTS: dict[str, Callable[[], None]] = {
    plant.__name__: plant
    for plant in (accepted_before_durable, record_lost, recovery_skips, effects_done_again, pointer_cache, no_fsync)
}
"""Faults that tests must find."""
MISFORTUNES: dict[str, Callable[[], None]] = {"commits_unanswered": commits_unanswered}
"""What may happen to any server, and must do no harm."""

_under_way: set[asyncio.Task[None]] = set()


def _later(write: Any) -> None:
    async def written() -> None:
        await asyncio.sleep(BEHIND)
        await write

    task = asyncio.get_running_loop().create_task(written())
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


def _replace(name: str, method: Any) -> None:
    assert hasattr(SqlJournal, name)
    setattr(SqlJournal, name, method)


def main(plant: str) -> None:
    """Starts servers until standard input ends; those that still run go on."""
    if plant != "sound":
        (PLANTS | MISFORTUNES)[plant]()
    gc.collect()
    gc.freeze()
    _say("ready")
    for line in sys.stdin:
        asked = json.loads(line)
        if "reap" in asked:
            _say(os.waitstatus_to_exitcode(os.waitpid(asked["reap"], 0)[1]))
            continue
        child = os.fork()
        if child == 0:
            _serve(asked)
        _say(child)


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


def _serve(asked: dict[str, Any]) -> None:
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, of in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, of)
    os.environ.update(asked["env"])
    if "FLOWSLOT_TESTS_WRITES" in os.environ:
        import disk_log

        disk_log.begin(os.environ["FLOWSLOT_TESTS_WRITES"])
    sys.argv = ["flowslot", "serve", *asked["serve"]]
    flowslot_main()


if __name__ == "__main__":
    main(sys.argv[1])
