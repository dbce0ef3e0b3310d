"""How runs are written down: entries, outcomes, errors, waits and steps as JSON documents, and back."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from flowslot.app.journal import Entry, Wait
from flowslot.base.clock import time_from, time_text
from flowslot.base.ids import RunId
from flowslot.base.json_text import Json, dump, stored
from flowslot.domain.runs import Outcome, RunError, StepRecord, Trigger, TriggerKind

_QUICKEST = 1
_SHORT = 300
"""Bytes up to which a document is kept as it is."""


def entry_document(entry: Entry) -> bytes:
    """The body of a journal entry; what is as usual is left out."""
    body: dict[str, Json] = {"output": entry.output}
    if entry.error is not None:
        body["error"] = error_json(entry.error)
    if entry.attempts != 1:
        body["attempts"] = entry.attempts
    if entry.started_at is not None:
        body["started_at"] = time_text(entry.started_at)
    if entry.ended_at is not None:
        body["ended_at"] = time_text(entry.ended_at)
    return dump(body)


def entry_from(run: RunId, path: str, body: bytes) -> Entry:
    """The journal entry that a row is."""
    found = stored(body)
    return Entry(
        run=run,
        path=path,
        output=found["output"],
        error=_error_from(found.get("error")),
        attempts=found.get("attempts", 1),
        started_at=_time_from(found.get("started_at")),
        ended_at=_time_from(found.get("ended_at")),
    )


def trigger_document(trigger: Trigger) -> bytes:
    """`{kind, …}`, as the API shows it."""
    return dump({"kind": trigger.kind.value, **trigger.about})


def trigger_from(document: bytes) -> Trigger:
    about = stored(document)
    return Trigger(TriggerKind(about.pop("kind")), about)


def outcome_document(outcome: Outcome | None) -> bytes | None:
    """`{status, message, details}`, as the API shows it."""
    if outcome is None:
        return None
    return dump({"status": outcome.status, "message": outcome.message, "details": outcome.details})


def outcome_from(document: bytes | None) -> Outcome | None:
    return None if document is None else Outcome(**stored(document))


def error_json(error: RunError) -> Json:
    """`{code, message, step, pointer, line, column}`, as the API shows it."""
    return {
        "code": error.code,
        "message": error.message,
        "step": error.step,
        "pointer": error.pointer,
        "line": error.line,
        "column": error.column,
    }


def error_document(error: RunError | None) -> bytes | None:
    return None if error is None else dump(error_json(error))


def error_from(document: bytes | None) -> RunError | None:
    return None if document is None else _error_from(stored(document))


def wait_document(wait: Wait) -> bytes:
    until = None if wait.until is None else time_text(wait.until)
    return dump({"until": until, "signals": list(wait.signals), "runs": list(wait.runs)})


def wait_from(document: bytes | None) -> Wait:
    """What a run waits for; nothing when it never waited."""
    if document is None:
        return Wait()
    found = stored(document)
    return Wait(_time_from(found["until"]), tuple(found["signals"]), tuple(RunId(run) for run in found["runs"]))


def steps_document(steps: Sequence[StepRecord]) -> bytes | None:
    """The steps of a run, compressed where that is worth it; None for no steps."""
    if not steps:
        return None
    text = dump([_step_json(step) for step in steps])
    return zlib.compress(text, _QUICKEST) if len(text) > _SHORT else text


def steps_json(document: bytes | None) -> list[Json]:
    """The steps of a run, as the API shows them."""
    found: list[Json] = stored(steps_text(document))
    return found


def steps_text(document: bytes | None) -> bytes:
    """The steps of a run as JSON text."""
    if document is None:
        return b"[]"
    return document if document.startswith(b"[") else zlib.decompress(document)


def steps_from(document: bytes | None) -> tuple[StepRecord, ...]:
    return tuple(_step_from(each) for each in steps_json(document))


def _step_json(step: StepRecord) -> Json:
    return {
        "id": step.id,
        "path": step.path,
        "kind": step.kind,
        "status": step.status,
        "input": step.input,
        "output": step.output,
        "error": None if step.error is None else error_json(step.error),
        "attempts": step.attempts,
        "started_at": None if step.started_at is None else time_text(step.started_at),
        "ended_at": None if step.ended_at is None else time_text(step.ended_at),
    }


def _step_from(found: Mapping[str, Json]) -> StepRecord:
    return StepRecord(
        id=found["id"],
        path=found["path"],
        kind=found["kind"],
        status=found["status"],
        input=found["input"],
        output=found["output"],
        error=_error_from(found["error"]),
        attempts=found["attempts"],
        started_at=_time_from(found["started_at"]),
        ended_at=_time_from(found["ended_at"]),
    )


def _error_from(found: Mapping[str, Json] | None) -> RunError | None:
    return None if found is None else RunError(**found)


def _time_from(text: str | None) -> datetime | None:
    return None if text is None else time_from(text)
