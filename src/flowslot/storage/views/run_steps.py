"""What the steps of a run did: as recorded with its end, or so far, from its journal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Raw
from sqlalchemy import Connection, not_, or_, select

from flowslot.base.json_text import Json
from flowslot.domain.starting import step_of_path
from flowslot.storage.codecs import steps_text
from flowslot.storage.tables import journal
from flowslot.storage.views.rows import AnyRow, untouched

MOST_SO_FAR = 1_000
"""Recorded effects shown of a run that goes on."""


class _Entry(msgspec.Struct):
    """A journal entry, its values left as they are written."""

    output: Raw
    error: Any = None  # not Raw | None: msgspec takes that for None alone
    attempts: int = 1
    started_at: str | None = None
    ended_at: str | None = None


class _StepHead(msgspec.Struct):
    path: str


_entry = msgspec.json.Decoder(_Entry)
_heads = msgspec.json.Decoder(list[_StepHead])
_raws = msgspec.json.Decoder(list[Raw])


def steps_of(connection: Connection, run: AnyRow, *, under_way: Sequence[Json]) -> Json:
    """The steps as a JSON list: their text where it is stored, and otherwise with what the journal has beyond it."""
    recorded = steps_text(run.steps)
    if run.ended_at is not None:
        return untouched(recorded)
    known = {head.path for head in _heads.decode(recorded)}
    done = [step for step in _so_far(connection, run.id) if step["path"] not in known]
    known.update(step["path"] for step in done)
    return [*_raws.decode(recorded), *done, *(_begun(step) for step in under_way if step["path"] not in known)]


def listed_steps(row: AnyRow, *, large: int) -> tuple[Json, bool]:
    """The steps of a line in a list, and whether they are all there.

    Large ones, and those of a run that goes on, are not looked up: a list is read with one query.
    """
    whole = row.ended_at is not None
    if row.steps is None:
        return [], whole and row.steps_size is None
    recorded = steps_text(row.steps)
    return (untouched(recorded), whole) if len(recorded) <= large else ([], False)


def _so_far(connection: Connection, run: str) -> list[dict[str, Json]]:
    """One for each effect; paths with # or : are parts of one."""
    parts = or_(journal.c.path.contains("#"), journal.c.path.contains(":"))
    query = select(journal.c.path, journal.c.body).where(journal.c.run_id == run, not_(parts))
    rows = connection.execute(query.order_by(journal.c.seq).limit(MOST_SO_FAR))
    return [_step(row.path, _entry.decode(bytes(row.body))) for row in rows]


def _begun(step: Json) -> Json:
    """A step that is being executed; what it was given is not known here."""
    return {**step, "input": None, "output": None, "error": None, "attempts": 1, "ended_at": None}


def _step(path: str, entry: _Entry) -> dict[str, Json]:
    return {
        "id": step_of_path(path),
        "path": path,
        "kind": None,
        "status": "success" if entry.error is None else "failed",
        "input": None,
        "output": entry.output,
        "error": entry.error,
        "attempts": entry.attempts,
        "started_at": entry.started_at,
        "ended_at": entry.ended_at,
    }
