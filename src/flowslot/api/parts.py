"""What the API is joined to: wiring gives each part, and the API calls it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flowslot.api.events import Broadcast
from flowslot.api.metrics import Counts
from flowslot.app.accepting import RunParts
from flowslot.app.ports import Deps
from flowslot.app.views import Views
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
    """What GET /metrics shows."""
    ready: Callable[[], bool] = lambda: True
    """Whether runs are being worked on; GET /health/ready asks it."""
