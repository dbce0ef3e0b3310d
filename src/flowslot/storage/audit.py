"""The audit log: what happened, written in the transaction in which it happened (R19)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Table, insert, select

from flowslot.app.ports import Event
from flowslot.base.clock import time_text
from flowslot.base.ids import FlowId
from flowslot.base.json_text import Json, dump
from flowslot.storage import tables
from flowslot.storage.work import Work

_table = tables.audit
_SHOWN = 50
"""Changes told to somebody who was slower."""


def write_events(work: Work, events: Sequence[Event], *, actor: str, at: datetime) -> list[Json]:
    """Adds events to the log; what watchers are told of them."""
    flows = _names(work, tables.flow, {event.flow for event in events if event.flow})
    workspaces = _names(work, tables.workspace, {event.workspace for event in events if event.workspace})
    told: list[Json] = []
    for event in events:
        moment = time_text(at)
        row = {
            "at": moment,
            "actor": actor,
            "action": event.action,
            "flow_id": event.flow,
            "workspace_id": event.workspace,
            "version": event.version,
            "revision": event.revision,
            "about": dump(dict(event.about)),
        }
        seq = work.connection.execute(insert(_table).values(**row).returning(_table.c.seq)).scalar_one()
        told.append(
            {
                "seq": seq,
                "action": event.action,
                "actor": actor,
                "at": moment,
                "flow": flows.get(event.flow or ""),
                "workspace": workspaces.get(event.workspace or ""),
                "version": event.version,
                "revision": event.revision,
                "about": dict(event.about),
            }
        )
    return told


def changes_since(connection: Connection, flow: FlowId, revision: int) -> list[dict[str, object]]:
    """What happened to a flow after a revision, oldest first, for the answer to whoever was slower (R18)."""
    found = select(_table.c.action, _table.c.actor, _table.c.at, _table.c.version)
    later = found.where(_table.c.flow_id == flow, _table.c.revision > revision)
    rows = connection.execute(later.order_by(_table.c.seq).limit(_SHOWN))
    return [dict(row) for row in rows.mappings()]


def _names(work: Work, table: Table, ids: set[str]) -> dict[str, str | None]:
    unknown = sorted(ids - work.slugs.keys())
    if unknown:
        rows = work.connection.execute(select(table.c.id, table.c.slug).where(table.c.id.in_(unknown)))
        work.slugs.update((row.id, row.slug) for row in rows)
    return {each: work.slugs.get(each) for each in ids}
