"""Counters and histograms that a process keeps of itself, and how they are written for Prometheus."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Bounds for durations."""
SIZES = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0)
"""Bounds for how many."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One line: what is added to the name, the labels in order, the value."""

    labels: tuple[tuple[str, str], ...]
    value: float
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Family:
    """A metric with all its lines as of one moment."""

    name: str
    kind: str
    about: str
    samples: Sequence[Sample]


class Counter:
    """Counts up, by labels. From any thread."""

    kind = "counter"

    def __init__(self, name: str, about: str, *labels: str) -> None:
        self.name = name
        self.about = about
        self.labels = labels
        self._lock = threading.Lock()
        self._values: dict[tuple[str, ...], float] = {}

    def add(self, *labels: str, many: float = 1) -> None:
        with self._lock:
            self._values[labels] = self._values.get(labels, 0) + many

    def family(self) -> Family:
        with self._lock:
            values = sorted(self._values.items())
        return Family(
            self.name, self.kind, self.about, [Sample(_named(self.labels, each), value) for each, value in values]
        )


class Histogram:
    """Counts values by size, by labels. From any thread."""

    kind = "histogram"

    def __init__(self, name: str, about: str, *labels: str, bounds: Sequence[float] = SECONDS) -> None:
        self.name = name
        self.about = about
        self.labels = labels
        self._bounds = bounds
        self._lock = threading.Lock()
        self._values: dict[tuple[str, ...], list[float]] = {}
        """How many fell below each bound and above the one before, those above all, and the sum."""

    def observe(self, value: float, *labels: str) -> None:
        at = bisect_left(self._bounds, value)
        with self._lock:
            filled = self._values.get(labels)
            if filled is None:
                filled = self._values[labels] = [0.0] * (len(self._bounds) + 2)
            filled[at] += 1
            filled[-1] += value

    def family(self) -> Family:
        with self._lock:
            values = sorted((labels, list(filled)) for labels, filled in self._values.items())
        lines = [line for labels, filled in values for line in self._lines(_named(self.labels, labels), filled)]
        return Family(self.name, self.kind, self.about, lines)

    def _lines(self, labels: tuple[tuple[str, str], ...], filled: Sequence[float]) -> Iterable[Sample]:
        total = 0.0
        for bound, many in zip([*(f"{bound:g}" for bound in self._bounds), "+Inf"], filled, strict=False):
            total += many
            yield Sample((*labels, ("le", bound)), total, "_bucket")
        yield Sample(labels, filled[-1], "_sum")
        yield Sample(labels, total, "_count")


def gauge(name: str, about: str, value: float | None) -> Family:
    """What is so now; no line for None."""
    return Family(name, "gauge", about, [] if value is None else [Sample((), value)])


def gauge_by(label: str, name: str, about: str, values: Mapping[str, float]) -> Family:
    """What is so now, one line for each value of a label."""
    return Family(name, "gauge", about, [Sample(((label, each),), value) for each, value in sorted(values.items())])


def metrics_text(families: Iterable[Family]) -> str:
    """The families as text. Those of one name stand together, whoever brought them; those without a line are left out.

    A name has one kind and one text: those of its first family.
    """
    together: dict[str, list[Family]] = {}
    for each in families:
        if each.samples:
            together.setdefault(each.name, []).append(each)
    return "".join(_block(alike) for alike in together.values())


def labelled(families: Iterable[Family], name: str, value: str) -> list[Family]:
    """The families with one more label on every line."""
    return [
        Family(
            each.name,
            each.kind,
            each.about,
            [Sample((*line.labels, (name, value)), line.value, line.suffix) for line in each.samples],
        )
        for each in families
    ]


def _named(names: Sequence[str], values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple(zip(names, values, strict=True))


def _block(alike: Sequence[Family]) -> str:
    first = alike[0]
    about = first.about.replace("\\", r"\\").replace("\n", r"\n")
    lines = [f"# HELP {first.name} {about}", f"# TYPE {first.name} {first.kind}"]
    lines += [f"{first.name}{line.suffix}{_labels(line)} {line.value:.17g}" for each in alike for line in each.samples]
    return "\n".join(lines) + "\n"


def _labels(line: Sample) -> str:
    if not line.labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in line.labels) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
