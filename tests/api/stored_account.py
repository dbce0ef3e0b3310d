"""Rows for tests of the views, written straight into the tables: as many as a test wants."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, event, insert

from flowslot.base.clock import time_text
from flowslot.base.ids import TimeOrderedIds
from flowslot.base.json_text import Json, dump
from flowslot.domain.resolve import EmptyMain
from flowslot.flowlang.schemas import schema_problems
from flowslot.storage import tables
from flowslot.storage.database import Database
from flowslot.storage.views.sql_views import SqlViews

IDS = TimeOrderedIds()


@dataclass
class Rows:
    """Writes rows; every method answers with the id of what it made."""

    database: Database
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    _numbers: Iterator[int] = field(default_factory=count)
    _open: Connection | None = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Writes all that the block makes in one transaction."""
        with self.database.write() as self._open:
            yield
        self._open = None

    def workspace(self, slug: str, *, customer: str | None = None) -> str:
        row = {"id": IDS.new("ws"), "slug": slug, "name": slug, "kind": "standard", "customer": customer}
        return self._put(tables.workspace, row | {"created_at": self._time()})

    def flow(self, slug: str, home: str, **more: Any) -> str:
        row = {
            "id": IDS.new("flow"),
            "slug": slug,
            "name": slug,
            "visibility": "shared",
            "home_workspace_id": home,
            "revision": 0,
            "slots_revision": 0,
            "slot_epoch": 0,
            "main_version": None,
            "staging_version": None,
            "latest_version": 0,
            "fleet_revision": 0,
            "registrations": 0,
            "staged_fingerprint": None,
        }
        return self._put(tables.flow, row | more)

    def versions(self, flow: str, workspace: str, numbers: Sequence[int], **more: Any) -> None:
        kind = more.pop("trigger", "on_demand")
        body = dump({"flow": 1, "trigger": {"kind": kind}, "steps": []})
        row = {
            "flow_id": flow,
            "hash": f"hash of {kind}",
            "author": "ann",
            "at": self._time(),
            "note": "",
            "workspace_id": workspace,
            "kind": "staged",
            "discarded": False,
            "definition": body,
        }
        self._write(tables.version, [row | {"number": number} | more for number in numbers])

    def registration(self, flow: str, workspace: str, **more: Any) -> str:
        number = next(self._numbers)
        row = {
            "id": IDS.new("reg"),
            "flow_id": flow,
            "workspace_id": workspace,
            "revision": 0,
            "active": True,
            "staging_epoch": None,
            "config": b"{}",
            "connections": b"{}",
            "hook_main": f"main{number}",
            "hook_staging": f"staging{number}",
            "since": self._time(),
        }
        return self._put(tables.registration, row | more)

    def runs(self, flow: str, workspace: str, registration: str, given: Sequence[dict[str, Any]]) -> list[str]:
        """Runs, the oldest first; each of `given` says what differs from a successful one."""
        rows = []
        for each in given:
            steps = each.get("steps")
            row = {
                "id": IDS.new("run"),
                "flow_id": flow,
                "workspace_id": workspace,
                "registration_id": registration,
                "version": 1,
                "hash": "hash",
                "slot": "main",
                "status": "success",
                "trigger": b'{"kind":"on_demand"}',
                "trigger_key": None,
                "input": b"null",
                "outcome": b'{"status":"success","message":null,"details":null}',
                "error": None,
                "queued_at": self._time(),
                "started_at": self._time(),
                "ended_at": self._time(),
                "parent_id": None,
                "parent_path": None,
                "depth": 0,
                "test": False,
                "cancel_requested": False,
                "wait": None,
                "wake_at": None,
            }
            rows.append(row | each | {"steps": None if steps is None else zlib.compress(dump(steps))})
        self._write(tables.run, rows)
        return [row["id"] for row in rows]

    def journal(self, run: str, path: str, body: Json) -> None:
        self._put(tables.journal, {"run_id": run, "path": path, "body": dump(body)})

    def schedule(self, flow: str, slot: str, *, next_at: str) -> None:
        self._put(tables.schedule, {"flow_id": flow, "slot": slot, "next_at": next_at})

    def audit(self, action: str, **more: Any) -> None:
        row = {"at": self._time(), "actor": "ann", "action": action, "about": b"{}"}
        self._put(tables.audit, row | more)

    def _time(self) -> str:
        return time_text(self.now)

    def _put(self, table: Any, row: dict[str, Any]) -> Any:
        self._write(table, [row])
        return row.get("id")

    def _write(self, table: Any, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        if self._open is not None:
            self._open.execute(insert(table), rows)
            return
        with self.database.write() as connection:
            connection.execute(insert(table), rows)


def views_of(database: Database, empty_main: EmptyMain = EmptyMain.REFUSE) -> SqlViews:
    return SqlViews(database, empty_main, schema_problems=schema_problems)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements sent while the block runs."""
    seen: list[str] = []

    def note(connection: Connection, cursor: object, statement: str, *more: object) -> None:
        seen.append(statement)

    engine = database.backend.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
