"""Where a trace goes on: the W3C `traceparent` of what is being done now, and the ids that runs and steps have in it.

The spans of a run and of its steps have ids made from the run's id and the step's path. So whoever goes on with a run,
after a wait, in another process, after a crash, names the same spans without having to keep any.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import blake2b

from flowslot.base.json_text import Json

KEY = "traceparent"
"""Name of the header, and of what a run keeps of it in its trigger."""

_FORM = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A span in a trace, and whether the trace is recorded."""

    trace_id: int
    span_id: int
    sampled: bool

    def __str__(self) -> str:
        return f"00-{self.trace_id:032x}-{self.span_id:016x}-{self.sampled:02x}"


current: ContextVar[TraceContext | None] = ContextVar("trace_context", default=None)
"""The span of what is being done now; always None while tracing is off."""


def context_from(text: object) -> TraceContext | None:
    """The context that a traceparent names; None for anything that is not one."""
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[1] == "ff" or (found[1] == "00" and found[5] is not None):
        return None
    trace_id, span_id = int(found[2], 16), int(found[3], 16)
    return TraceContext(trace_id, span_id, bool(int(found[4], 16) & 1)) if trace_id and span_id else None


def new_context(parent: TraceContext | None = None) -> TraceContext:
    """A new span below a parent, or the first of a new trace; whether it is recorded is for others to say."""
    if parent is None:
        return TraceContext(int.from_bytes(os.urandom(16)) or 1, new_span_id(), sampled=False)
    return TraceContext(parent.trace_id, new_span_id(), parent.sampled)


def new_span_id() -> int:
    return int.from_bytes(os.urandom(8)) or 1


def trace_id_of(run: str) -> int:
    """The trace of a run that nothing with a trace started, such as a tick."""
    return int.from_bytes(blake2b(run.encode(), digest_size=16, person=b"flowslot-trace").digest()) or 1


def span_id_of(run: str, path: str = "") -> int:
    """The span of a run, or of the step at a path of it."""
    return int.from_bytes(blake2b(f"{run}.{path}".encode(), digest_size=8, person=b"flowslot-span").digest()) or 1


def traced(about: Mapping[str, Json]) -> Mapping[str, Json]:
    """What a run keeps of its trigger, with the span that starts it, or with none while tracing is off."""
    here = current.get()
    if here is not None:
        return {**about, KEY: str(here)}
    return about if KEY not in about else {name: each for name, each in about.items() if name != KEY}
