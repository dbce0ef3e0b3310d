"""Spans of traces as the product makes them, whole and with ids of their own choosing, and where they are sent."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from flowslot.base.trace_context import TraceContext

Attribute = str | int | float | bool
SpanKind = Literal["server", "internal", "client"]


@dataclass(frozen=True, slots=True)
class Span:
    """Something that was done, from when to when. Its attributes hold no payload and no secret."""

    name: str
    kind: SpanKind
    context: TraceContext
    parent: int | None
    """Id of the span above it in the same trace."""
    began: int
    """Nanoseconds since 1970."""
    ended: int
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    error: str | None = None
    """Why it failed, in a word or two; None when it did not."""


class Spans(Protocol):
    """Takes spans. From any thread; neither method waits."""

    def records(self, trace_id: int, parent: TraceContext | None) -> bool:
        """Whether spans of this trace are wanted; says the same for all spans of one run."""
        ...

    def send(self, span: Span) -> None:
        """Sends a span; one that is not recorded is forgotten."""
        ...


def now() -> int:
    """This moment as spans have it."""
    return time.time_ns()
