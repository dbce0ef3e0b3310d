"""Versions: inserted once, never changed but for their kind and the mark of a discarded draft (R16)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, insert, select, update

from flowslot.base.clock import time_from, time_text
from flowslot.base.errors import NotFound, RevisionConflict
from flowslot.base.ids import FlowId, WorkspaceId
from flowslot.base.json_text import Json, stored
from flowslot.domain.flow import Version, VersionKind
from flowslot.storage import tables
from flowslot.storage.work import Work, duplicate_is

_table = tables.version
COLUMNS = [column for column in _table.c if column.name != "definition"]
"""All but the definition, which may be large."""


class SqlVersions:
    """The Versions port."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, version: Version, definition: bytes) -> None:
        row = {
            "flow_id": version.flow,
            "number": version.number,
            "hash": version.hash,
            "author": version.author,
            "at": time_text(version.at),
            "note": version.note,
            "workspace_id": version.workspace,
            "kind": version.kind.value,
            "discarded": version.discarded,
            "definition": definition,
        }
        with duplicate_is(RevisionConflict(f"Somebody saved version {version.number} meanwhile.")):
            self._work.connection.execute(insert(_table).values(**row))

    def get(self, flow: FlowId, number: int) -> Version:
        row = self._work.connection.execute(select(*COLUMNS).where(*self._of(flow, number))).one_or_none()
        if row is None:
            raise NotFound(f"The flow has no version {number}.")
        return version_from(row)

    def definition(self, flow: FlowId, number: int) -> Json:
        text = self._work.connection.execute(select(_table.c.definition).where(*self._of(flow, number))).scalar()
        if text is None:
            raise NotFound(f"The flow has no version {number}.")
        return stored(text)

    def last_in(self, flow: FlowId, workspace: WorkspaceId) -> Version | None:
        found = select(*COLUMNS).where(*self._saved_in(flow, workspace)).order_by(_table.c.number.desc()).limit(1)
        row = self._work.connection.execute(found).one_or_none()
        return None if row is None else version_from(row)

    def newest_draft(self, flow: FlowId, workspace: WorkspaceId) -> int | None:
        newest = select(func.max(_table.c.number)).where(*self._saved_in(flow, workspace), *_LIVE_DRAFT)
        return self._work.connection.execute(newest).scalar()

    def mark_staged(self, flow: FlowId, number: int) -> None:
        mark = update(_table).where(*self._of(flow, number)).values(kind=VersionKind.STAGED.value, discarded=False)
        if self._work.connection.execute(mark).rowcount == 0:
            raise NotFound(f"The flow has no version {number}.")

    def discard_drafts(self, flow: FlowId, workspace: WorkspaceId) -> int:
        mark = update(_table).where(*self._saved_in(flow, workspace), *_LIVE_DRAFT).values(discarded=True)
        return self._work.connection.execute(mark).rowcount

    def _of(self, flow: FlowId, number: int) -> list[Any]:
        return [_table.c.flow_id == flow, _table.c.number == number, self._work.sight.flow(_table.c.flow_id)]

    def _saved_in(self, flow: FlowId, workspace: WorkspaceId) -> list[Any]:
        seen = self._work.sight.workspace(_table.c.workspace_id)
        return [_table.c.flow_id == flow, _table.c.workspace_id == workspace, seen]


_LIVE_DRAFT = (_table.c.kind == VersionKind.DRAFT.value, _table.c.discarded.is_(False))


def version_from(row: Row[Any]) -> Version:
    """The version that a row of the table is."""
    return Version(
        flow=FlowId(row.flow_id),
        number=row.number,
        hash=row.hash,
        author=row.author,
        at=time_from(row.at),
        note=row.note,
        workspace=WorkspaceId(row.workspace_id),
        kind=VersionKind(row.kind),
        discarded=row.discarded,
    )
