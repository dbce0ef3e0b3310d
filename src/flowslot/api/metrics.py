"""What GET /metrics counts, as Prometheus text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flowslot.domain.runs import RunStatus

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(slots=True)
class Counts:
    """Requests answered by this process since it started."""

    requests: dict[tuple[str, int], int] = field(default_factory=dict)
    """By operation and status."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Time spent, by operation."""

    webhooks: dict[int, int] = field(default_factory=dict)
    """By status."""

    def add(self, operation: str, *, status: int, seconds: float) -> None:
        self.requests[operation, status] = self.requests.get((operation, status), 0) + 1
        self.seconds[operation] = self.seconds.get(operation, 0.0) + seconds


def metrics_text(counts: Counts, open_runs: Mapping[RunStatus, int]) -> str:
    """All metrics."""
    lines: list[str] = []
    requests = {_labels(operation=name, status=str(status)): many for (name, status), many in counts.requests.items()}
    lines += _metric("flowslot_api_requests_total", "counter", "API requests answered.", requests)
    seconds = {_labels(operation=name): many for name, many in counts.seconds.items()}
    lines += _metric("flowslot_api_seconds_total", "counter", "Time spent on API requests.", seconds)
    answered = {_labels(status=str(status)): many for status, many in counts.webhooks.items()}
    lines += _metric("flowslot_webhooks_total", "counter", "Webhook requests answered.", answered)
    runs = {_labels(status=status.value): many for status, many in open_runs.items()}
    lines += _metric("flowslot_open_runs", "gauge", "Runs that have not ended.", runs)
    return "\n".join(lines) + "\n"


def _metric(name: str, kind: str, about: str, values: Mapping[str, float]) -> Iterable[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} {kind}"
    for labels, value in sorted(values.items()):
        yield f"{name}{labels} {value}"


def _labels(**labels: str) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"
