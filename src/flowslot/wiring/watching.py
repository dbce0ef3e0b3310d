"""What can be seen of a process from outside, joined: its counters, its traces, and those of the other processes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from flowslot.api.metrics import Counts, own_families
from flowslot.app.bus import Bus
from flowslot.base.json_text import Json
from flowslot.base.log import get_log
from flowslot.base.meters import Meters
from flowslot.base.metrics import Family, Sample, gauge
from flowslot.engine.run_watch import RunWatch
from flowslot.flowlang.kinds import StepKind
from flowslot.net.watched import WatchedHttp, WayOut
from flowslot.wiring.telemetry import telemetry

METRICS_WANTED = "metrics.wanted"
"""`{}`: whoever serves GET /metrics asks the others what they have counted."""
METRICS = "metrics"
"""`{process, part, families}`: an answer, in parts that a message can hold."""
PATIENCE = 0.25
"""Seconds within which the other processes answer; who does not is left out."""
A_PART = 25
"""Lines in one message."""

_IDS = ("actor", "flow", "workspace", "version", "revision")
"""What the log says of a change."""

log = get_log("changes")

Gauges = Callable[[], Sequence[Family]]


class Watching:
    """Made once for a process, before its parts are joined."""

    def __init__(self, *, process: str = "p1") -> None:
        self.process = process
        self.meters = Meters()
        self.counts = Counts(self.meters)
        self.spans = telemetry(os.environ, process=process)
        self.gauges: Gauges = tuple
        self._traces = None
        if self.spans is not None:
            from flowslot.engine.run_traces import RunTraces

            self._traces = RunTraces(self.spans)
        self.run_watch = RunWatch(self._traces)

    def kinds(self, kinds: Mapping[str, StepKind]) -> Mapping[str, StepKind]:
        """The kinds of step as they run: as they are, unless traces are kept."""
        return kinds if self._traces is None else self._traces.kinds(kinds)

    def way_out(self, way_out: WayOut) -> WatchedHttp:
        return WatchedHttp(way_out, self.meters, spans=self.spans)

    def changed(self, events: Sequence[Json]) -> None:
        """Counts and logs what went on record; what it was about stays in the record."""
        for event in events:
            self.meters.changes.add(event["action"])
            log.info(event["action"], **{name: event[name] for name in _IDS if event.get(name) is not None})

    def families(self) -> list[Family]:
        """All that this process says of itself."""
        return own_families(self.meters, self.gauges(), process=self.process)

    def close(self) -> None:
        """Sends the spans that were not sent yet. Blocking."""
        if self.spans is not None:
            self.spans.close()


class Busy(Protocol):
    """What an engine says of its work."""

    @property
    def queued(self) -> int: ...
    @property
    def working(self) -> int: ...


def engine_gauges(engine: Busy, *, places: int) -> Gauges:
    """What an engine does now."""

    def now() -> Sequence[Family]:
        return [
            gauge("flowslot_runs_queued", "Runs that wait for a place in this process.", engine.queued),
            gauge("flowslot_runs_working", "Runs that this process works on.", engine.working),
            gauge("flowslot_run_places", "Runs that this process works on at most at the same time.", places),
        ]

    return now


class Siblings:
    """The other processes of the installation: answers their questions, and asks them (best effort, by the bus)."""

    def __init__(self, bus: Bus, watching: Watching, *, many: int) -> None:
        self._bus = bus
        self._watching = watching
        self._many = many
        self._heard: dict[str, dict[int, Sequence[Family]]] = {}
        self._parts: dict[str, int] = {}
        self._complete = asyncio.Event()
        self._turn = asyncio.Lock()
        bus.subscribe(METRICS_WANTED, lambda _: self._answer())
        bus.subscribe(METRICS, self._hear)

    async def families(self) -> Sequence[Family]:
        """What the others say of themselves now; those that are silent are left out."""
        if self._many < 1:
            return ()
        async with self._turn:
            await self._ask()
            told = [parts for name, parts in sorted(self._heard.items()) if len(parts) == self._parts[name]]
        return [family for parts in told for _, families in sorted(parts.items()) for family in families]

    async def _ask(self) -> None:
        self._heard, self._parts = {}, {}
        self._complete.clear()
        self._bus.publish(METRICS_WANTED, {})
        try:
            async with asyncio.timeout(PATIENCE):
                await self._complete.wait()
        except TimeoutError:
            log.warning("metrics.incomplete", answered=len(self._heard), processes=self._many)

    def _answer(self) -> None:
        parts = list(_in_parts(self._watching.families()))
        for number, part in enumerate(parts):
            about = {"process": self._watching.process, "number": number, "of": len(parts), "families": part}
            self._bus.publish(METRICS, about)

    def _hear(self, about: Json) -> None:
        process = about["process"]
        self._parts[process] = about["of"]
        self._heard.setdefault(process, {})[about["number"]] = [_family(each) for each in about["families"]]
        whole = sum(len(parts) == self._parts[name] for name, parts in self._heard.items())
        if whole >= self._many:
            self._complete.set()


def _in_parts(families: Sequence[Family]) -> Sequence[Sequence[Json]]:
    """The families as JSON, so few lines at a time that each message is short."""
    parts: list[list[Json]] = []
    for family in families:
        for start in range(0, len(family.samples), A_PART):
            lines = [
                [[list(label) for label in each.labels], float(each.value), each.suffix]
                for each in family.samples[start : start + A_PART]
            ]
            parts.append([[family.name, family.kind, family.about, lines]])
    return parts


def _family(told: Json) -> Family:
    name, kind, about, lines = told
    return Family(
        name,
        kind,
        about,
        [Sample(tuple((key, each) for key, each in labels), float(value), suffix) for labels, value, suffix in lines],
    )
