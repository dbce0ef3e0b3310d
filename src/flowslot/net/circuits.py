"""Circuits: a host that keeps failing is left alone for a while, for each workspace by itself (decision 0012)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flowslot.base.ids import WorkspaceId
from flowslot.base.log import get_log
from flowslot.domain.runs import RunError
from flowslot.flowlang.kinds import CircuitOpen, HttpResponse, StepFailure

MOST_CIRCUITS = 10_000
"""Hosts with failures that are remembered; beyond it the one that failed longest ago is forgotten."""
LONGEST_PAUSE = 600.0
"""Seconds a host is left alone at most before it is tried again."""
MEMORY = timedelta(minutes=10)
"""A failure counts together with the one before when it comes within this time."""
PROBE_TIME = 5.0
"""Seconds to wait for those who come while one request tries whether the host is back."""

_NO_ANSWER = frozenset({"network_error", "timeout"})
_NOT_ASKED = frozenset({"invalid_request", "blocked_address", "sign_in_failed", "circuit_open"})
_SLOW_DOWN = 429

log = get_log("circuits")


@dataclass(frozen=True, slots=True)
class OpenCircuit:
    """A host that is left alone, for metrics and health."""

    workspace: WorkspaceId
    host: str
    failures: int
    since: datetime
    until: datetime
    refused: int
    """Requests that were not sent since it opened."""


@dataclass(frozen=True, slots=True)
class _Failure:
    """How a request failed: the status of the answer, or the code where there was none."""

    code: str
    status: int | None

    def __str__(self) -> str:
        if self.status is not None:
            return f"status {self.status}"
        return "no answer in time" if self.code == "timeout" else "no answer"


class _Circuit:
    """The failures of one host in a row, and since when it is left alone."""

    __slots__ = ("failed_at", "failures", "last", "pause", "probe", "refused", "since", "until")

    def __init__(self, pause: float) -> None:
        self.failures = 0
        self.failed_at: datetime | None = None
        self.last = _Failure("network_error", None)
        self.pause = pause
        self.since: datetime | None = None
        """When it opened; None while it is closed."""
        self.until: datetime | None = None
        self.refused = 0
        self.probe: Asking | None = None


class Asking:
    """One request on its way. Told how it went, once; whoever is never told leaves the circuit as it was."""

    __slots__ = ("_circuits", "_place")

    def __init__(self, circuits: Circuits, place: tuple[WorkspaceId, str]) -> None:
        self._circuits = circuits
        self._place = place

    def answered(self, answer: HttpResponse, now: datetime) -> None:
        """An answer came. Only a server's error is a failure; "too many requests" says nothing about the host."""
        if answer.status >= 500:
            self._circuits.failed(self, self._place, _Failure("http_error", answer.status), now=now)
        elif answer.status != _SLOW_DOWN:
            self._circuits.succeeded(self._place)
        self.left()

    def failed(self, failure: StepFailure, now: datetime) -> None:
        """No answer that can be used came."""
        if failure.error.code in _NO_ANSWER:
            self._circuits.failed(self, self._place, _Failure(failure.error.code, None), now=now)
        elif failure.error.code not in _NOT_ASKED:
            self._circuits.succeeded(self._place)
        self.left()

    def left(self) -> None:
        """The request is over, or was given up."""
        self._circuits.left(self, self._place)


class Circuits:
    """All circuits of one process. Used from one event loop; reads no clock."""

    def __init__(self, *, failures: int, pause: float) -> None:
        """Opens after so many `failures` in a row (0: never), for `pause` seconds at first."""
        self._most = failures
        self._pause = max(pause, 1.0)
        self._circuits: OrderedDict[tuple[WorkspaceId, str], _Circuit] = OrderedDict()
        self.opened = 0
        """How often one opened since the process began."""
        self.refused = 0
        """Requests that were not sent since the process began."""

    def ask(self, workspace: WorkspaceId, host: str, now: datetime) -> Asking:
        """Leave to send a request. Raises CircuitOpen."""
        asking = Asking(self, (workspace, host))
        circuit = self._circuits.get((workspace, host))
        if circuit is None or circuit.since is None or circuit.until is None:
            return asking
        left = (circuit.until - now).total_seconds()
        if circuit.probe is None and not 0 < left <= circuit.pause:  # over, or the clock was set back
            circuit.probe = asking
            return asking
        circuit.refused += 1
        self.refused += 1
        raise _refusal(host, circuit, seconds=max(left, PROBE_TIME) if circuit.probe else left)

    def open(self, now: datetime) -> Sequence[OpenCircuit]:
        """The circuits that are open, or being tried."""
        return [
            OpenCircuit(workspace, host, each.failures, each.since, each.until or now, each.refused)
            for (workspace, host), each in self._circuits.items()
            if each.since is not None
        ]

    def failed(self, asking: Asking, place: tuple[WorkspaceId, str], failure: _Failure, *, now: datetime) -> None:
        """One more failure in a row. What began before the circuit opened does not keep it open for longer."""
        if self._most <= 0:
            return
        circuit = self._circuits.setdefault(place, _Circuit(self._pause))
        if circuit.since is not None and circuit.probe is not asking:
            return
        if circuit.since is None and circuit.failed_at is not None and now - circuit.failed_at > MEMORY:
            circuit.failures = 0
        circuit.failures += 1
        circuit.failed_at, circuit.last = now, failure
        self._circuits.move_to_end(place)
        if circuit.since is not None:
            self._open(place, circuit, now=now, pause=min(circuit.pause * 2, LONGEST_PAUSE))
        elif circuit.failures >= self._most:
            self.opened += 1
            circuit.since = now
            self._open(place, circuit, now=now, pause=self._pause)
        while len(self._circuits) > MOST_CIRCUITS:
            self._circuits.popitem(last=False)

    def succeeded(self, place: tuple[WorkspaceId, str]) -> None:
        """The host answers: nothing is held against it any more."""
        circuit = self._circuits.pop(place, None)
        if circuit is not None and circuit.since is not None:
            log.info("circuit.closed", workspace=place[0], host=place[1], refused=circuit.refused)

    def left(self, asking: Asking, place: tuple[WorkspaceId, str]) -> None:
        """A request is over: if it was the one that tried the host, another may."""
        circuit = self._circuits.get(place)
        if circuit is not None and circuit.probe is asking:
            circuit.probe = None

    def _open(self, place: tuple[WorkspaceId, str], circuit: _Circuit, *, now: datetime, pause: float) -> None:
        circuit.pause = pause
        circuit.until = now + timedelta(seconds=pause)
        log.warning(
            "circuit.open",
            workspace=place[0],
            host=place[1],
            failures=circuit.failures,
            last=str(circuit.last),
            seconds=pause,
        )


def _refusal(host: str, circuit: _Circuit, *, seconds: float) -> CircuitOpen:
    message = (
        f"No request was sent: {host} failed {circuit.failures} times in a row (last: {circuit.last}) "
        f"and is left alone for now; it is tried again in {max(1, round(seconds))} s."
    )
    return CircuitOpen(RunError("circuit_open", message), seconds=seconds, status=circuit.last.status)
