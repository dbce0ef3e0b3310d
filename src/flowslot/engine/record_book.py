"""The record of a run's steps, for the run page: bounded in number and size, and kept across replays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from flowslot.base.json_text import Json, dump
from flowslot.domain.definition import Step
from flowslot.domain.runs import RunError, StepRecord
from flowslot.engine.limits import (
    MOST_FAILED_RECORDS,
    MOST_RECORDS,
    MOST_SHOWN,
    MOST_SHOWN_VALUE,
    SHOWN_BEGINNING,
)

LEFT_OUT = "left_out"
"""Kind of the last record of a run with more steps than are shown; its output says how many were left out."""

MOST_UNDER_WAY = 10
"""Steps that are being executed, told of at a time."""

_DONE = frozenset({"success", "failed", "skipped"})


class Note:
    """What is noted of one step while it runs."""

    __slots__ = ("attempts", "ended_at", "error", "id", "input", "kind", "output", "path", "started_at", "status")

    def __init__(self, step: Step, path: str, started_at: datetime) -> None:
        self.id = step.id
        self.kind = step.kind
        self.path = path
        self.status = "running"
        self.input: Json = None
        self.output: Json = None
        self.error: RunError | None = None
        self.attempts = 1
        self.started_at = started_at
        self.ended_at: datetime | None = None

    def record(self, *, unfinished: str) -> StepRecord:
        return StepRecord(
            id=self.id,
            path=self.path,
            kind=self.kind,
            status=unfinished if self.status == "running" else self.status,
            input=self.input,
            output=self.output,
            error=self.error,
            attempts=self.attempts,
            started_at=self.started_at,
            ended_at=self.ended_at,
        )


class RecordBook:
    """The notes of one stretch, in the order the steps began."""

    __slots__ = ("_earlier", "_failed", "_left", "_left_out", "_notes", "moves")

    def __init__(self, earlier: Sequence[StepRecord]) -> None:
        self._earlier = {record.path: record for record in earlier if record.kind != LEFT_OUT}
        self._notes: list[Note] = []
        self._left = MOST_SHOWN
        self._left_out = 0
        self._failed = 0
        self.moves = 0
        """How many steps have begun or ended."""

    def open(self, step: Step, path: str, now: datetime) -> Note:
        """A note of a step that begins; the time of its first execution stays."""
        self.moves += 1
        note = Note(step, path, now)
        if self._earlier:
            known = self._earlier.get(path)
            if known is not None and known.started_at is not None:
                note.started_at = known.started_at
        if len(self._notes) < MOST_RECORDS:
            self._notes.append(note)
        else:
            self._left_out += 1
        return note

    def close(self, note: Note, status: str, now: datetime) -> None:
        """The step is done; if it was done in an earlier stretch already, that time stays."""
        self.moves += 1
        note.status = status
        if note.ended_at is None:
            known = self._earlier.get(note.path) if self._earlier else None
            done_before = known is not None and known.status in _DONE
            note.ended_at = known.ended_at if known is not None and done_before else now
        if status == "failed" and self._left_out:
            self._show_failed(note)

    def _show_failed(self, note: Note) -> None:
        if self._failed < MOST_FAILED_RECORDS and note not in self._notes:
            self._notes.append(note)
            self._failed += 1
            self._left_out -= 1

    def shown(self, value: Json, *, size: int | None = None) -> Json:
        """A value as the run page shows it: itself, or its beginning when it is large."""
        if value is None or value is True or value is False:
            return value
        if size is None:
            size = len(dump(value))
        if size <= MOST_SHOWN_VALUE and size <= self._left:
            self._left -= size
            return value
        beginning = dump(value)[: 4 * SHOWN_BEGINNING].decode("utf-8", "ignore")[:SHOWN_BEGINNING]
        if self._left < size:
            beginning = ""
        return {"cut": True, "bytes": size, "begins": beginning}

    def under_way(self) -> Sequence[StepRecord]:
        """The steps that are being executed, the newest ones."""
        found = (note for note in reversed(self._notes) if note.status == "running")
        return [note.record(unfinished="running") for note in islice(found, MOST_UNDER_WAY)][::-1]

    def records(self, *, unfinished: str = "running") -> Sequence[StepRecord]:
        """All that is shown; steps that are not done get the status `unfinished`."""
        found = [note.record(unfinished=unfinished) for note in self._notes]
        if self._left_out:
            found.append(_left_out(self._left_out))
        return found


def _left_out(count: int) -> StepRecord:
    return StepRecord(
        id=LEFT_OUT,
        path="",
        kind=LEFT_OUT,
        status="skipped",
        input=None,
        output={"steps": count},
        error=None,
        attempts=0,
        started_at=None,
        ended_at=None,
    )
