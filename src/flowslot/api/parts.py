"""What the API is joined to: wiring gives each part, and the API calls it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flowslot.api.events import Broadcast
from flowslot.api.metrics import Counts
from flowslot.api.pages import BUILT
from flowslot.app.accepting import RunParts
from flowslot.app.ports import Deps
from flowslot.app.retention import Keeper
from flowslot.app.views import Views
from flowslot.base.metrics import Family
from flowslot.base.spans import Spans
from flowslot.flowlang.kinds import StepKind


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything behind the API."""

    deps: Deps
    views: Views
    runs: RunParts
    kinds: Mapping[str, StepKind]
    broadcast: Broadcast
    """What GET /events sends: all that use cases and the engine publish."""
    counts: Counts = field(default_factory=Counts)
    """What this process counts of the requests it answers; GET /metrics shows it."""
    ready: Callable[[], bool] = lambda: True
    """Whether runs are being worked on; GET /health/ready asks it."""
    process: str = "p1"
    """The name of this process."""
    gauges: Callable[[], Sequence[Family]] = tuple
    """What this process does now, for GET /metrics."""
    others: Callable[[], Awaitable[Sequence[Family]]] | None = None
    """What the other processes of this installation say of themselves, if there are any."""
    spans: Spans | None = None
    """Where spans of requests go; None while tracing is off."""
    keeper: Keeper | None = None
    """Removes old runs when asked to; None where no background work is done."""
    ui: Path = BUILT
    """The folder of the built web page."""
