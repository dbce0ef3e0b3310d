"""A host that keeps failing is left alone for a while, for each workspace by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
import structlog
from local_http import Got, Target, answer, target
from structlog.testing import capture_logs
from through import Desk, desk, request

from flowslot.base.ids import WorkspaceId
from flowslot.base.log import get_log
from flowslot.base.settings import Settings
from flowslot.domain.runs import RunError
from flowslot.flowlang.kinds import CircuitOpen, HttpResponse, StepFailure
from flowslot.net import circuits as module
from flowslot.net.circuits import Circuits

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ACME, BOLT = WorkspaceId("ws_acme"), WorkspaceId("ws_bolt")
HOST = "api.example.com"


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def ask(circuits: Circuits, how: int | str, *, at: float = 0, workspace: WorkspaceId = ACME, host: str = HOST) -> None:
    """One request that is answered with a status, or fails with a code."""
    asking = circuits.ask(workspace, host, after(at))
    if isinstance(how, int):
        asking.answered(HttpResponse(how, {}, ""), after(at))
    else:
        asking.failed(StepFailure(RunError(how, "…")), after(at))


def refused(circuits: Circuits, *, at: float = 0, workspace: WorkspaceId = ACME, host: str = HOST) -> CircuitOpen:
    with pytest.raises(CircuitOpen) as found:
        circuits.ask(workspace, host, after(at))
    return found.value


def opened(how: int | str = 503, *, failures: int = 3, pause: float = 30) -> Circuits:
    circuits = Circuits(failures=failures, pause=pause)
    for _ in range(failures):
        ask(circuits, how)
    return circuits


@pytest.mark.parametrize("how", [500, 502, 503, 599, "network_error", "timeout"])
def test_so_many_failures_in_a_row_open_the_circuit(how: int | str) -> None:
    circuits = opened(how)
    found = refused(circuits, at=10)
    assert (found.error.code, found.seconds) == ("circuit_open", 20)
    assert found.status == (how if isinstance(how, int) else None)
    assert HOST in found.error.message
    assert "3 times" in found.error.message
    assert "20 s" in found.error.message


@pytest.mark.parametrize("how", [200, 301, 400, 401, 404, "response_too_large", "too_many_redirects"])
def test_any_answer_in_between_starts_the_count_anew(how: int | str) -> None:
    circuits = Circuits(failures=3, pause=30)
    for each in (500, 500, how, 500, 500):
        ask(circuits, each)
    ask(circuits, 200)


@pytest.mark.parametrize("how", [429, "invalid_request", "blocked_address", "sign_in_failed"])
def test_what_says_nothing_about_the_host_counts_neither_way(how: int | str) -> None:
    circuits = Circuits(failures=3, pause=30)
    for each in (500, 500, how, how, how):
        ask(circuits, each)
    ask(circuits, 500)
    refused(circuits)


def test_failures_far_apart_are_not_in_a_row() -> None:
    circuits = Circuits(failures=3, pause=30)
    for at in (0, 1, 1000):
        ask(circuits, 500, at=at)
    ask(circuits, 500, at=1001)
    ask(circuits, 500, at=1002)
    refused(circuits, at=1003)


def test_zero_failures_switch_it_off() -> None:
    circuits = Circuits(failures=0, pause=30)
    for _ in range(100):
        ask(circuits, 500)
    assert not circuits.open(NOON)


def test_each_workspace_and_each_host_has_its_own() -> None:
    circuits = opened()
    refused(circuits)
    ask(circuits, 200, workspace=BOLT)
    ask(circuits, 200, host="other.example.com")
    refused(circuits)


def test_after_the_pause_one_request_tries_and_closes_it() -> None:
    circuits = opened()
    probe = circuits.ask(ACME, HOST, after(31))
    assert refused(circuits, at=31).seconds == module.PROBE_TIME
    probe.answered(HttpResponse(200, {}, ""), after(32))
    ask(circuits, 200, at=32)
    assert not circuits.open(after(32))


def test_a_failed_try_leaves_the_host_alone_for_twice_as_long_up_to_a_limit() -> None:
    circuits, at, pauses = opened(), 0.0, []
    for _ in range(7):
        at += refused(circuits, at=at).seconds + 1
        ask(circuits, 503, at=at)
        pauses.append(refused(circuits, at=at).seconds)
    assert pauses == [60, 120, 240, 480, 600, 600, 600]


def test_a_try_that_is_given_up_lets_another_one_try() -> None:
    circuits = opened()
    circuits.ask(ACME, HOST, after(31)).left()
    ask(circuits, 200, at=31)
    assert not circuits.open(after(31))


def test_what_began_before_it_opened_does_not_keep_it_open_but_may_close_it() -> None:
    circuits = Circuits(failures=2, pause=30)
    slow_bad, slow_good = (circuits.ask(ACME, HOST, NOON) for _ in range(2))
    ask(circuits, 500)
    ask(circuits, 500)
    slow_bad.answered(HttpResponse(500, {}, ""), after(20))
    assert refused(circuits, at=20).seconds == 10
    slow_good.answered(HttpResponse(200, {}, ""), after(21))
    ask(circuits, 200, at=21)


def test_a_clock_that_is_set_back_does_not_keep_it_open() -> None:
    circuits = opened()
    ask(circuits, 200, at=-3600)
    ask(circuits, 200, at=-3600)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CIRCUITS", 10)
    circuits = Circuits(failures=1, pause=30)
    for number in range(100):
        ask(circuits, 500, host=f"h{number}.example.com")
    assert [each.host for each in circuits.open(NOON)] == [f"h{number}.example.com" for number in range(90, 100)]


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What is logged, whatever other tests made of the log before."""
    before = structlog.get_config()
    structlog.reset_defaults()
    monkeypatch.setattr(module, "log", get_log("circuits"))  # one that was used before keeps the processors it had
    with capture_logs() as found:
        yield found
    structlog.configure(**before)


def test_what_is_open_is_known_and_logged(logs: list[Any]) -> None:
    circuits = opened()
    refused(circuits)
    refused(circuits)
    (found,) = circuits.open(NOON)
    ask(circuits, 200, at=31)
    assert (found.workspace, found.host, found.failures, found.refused) == (ACME, HOST, 3, 2)
    assert (found.since, found.until) == (NOON, after(30))
    assert (circuits.opened, circuits.refused) == (1, 2)
    assert [(each["event"], each["log_level"], each["host"]) for each in logs] == [
        ("circuit.open", "warning", HOST),
        ("circuit.closed", "info", HOST),
    ]


# ---------------------------------------------------------------- through the one way out

QUICK = Settings(allow_networks=(ip_network("127.0.0.0/8"),), circuit_failures=3, circuit_pause=30)


def of(statuses: list[int]) -> Iterator[int]:
    yield from statuses
    while True:
        yield 200


async def asked(it: Desk, at: Target, *, through: bool, timeout: float = 10.0) -> str:
    """`status` or the code of the failure, of one request through a connection or without one."""
    settings = {"base_url": f"http://127.0.0.1:{at.port}", "auth": {"kind": "none"}}
    try:
        if through:
            found = await it.http.send(request("/x", timeout=timeout), it.connection(settings, workspace=ACME))
        else:
            whole = request(f"{settings['base_url']}/x", connection=None, timeout=timeout)
            found = await it.http.send(whole, None, workspace=ACME)
    except StepFailure as failure:
        return failure.error.code
    return str(found.status)


@pytest.mark.parametrize("through", [True, False])
def test_an_open_circuit_sends_nothing_and_closes_when_the_host_is_back(through: bool) -> None:
    import asyncio

    async def story() -> None:
        statuses = of([500, 503, 500])
        async with target(lambda got: answer(status=next(statuses))) as at, desk(QUICK) as it:
            said = [await asked(it, at, through=through) for _ in range(5)]
            assert said == ["500", "503", "500", "circuit_open", "circuit_open"]
            assert len(at.got) == 3
            it.watch.pass_(31)
            assert await asked(it, at, through=through) == "200"
            assert await asked(it, at, through=not through) == "200"

    asyncio.run(story())


@pytest.mark.parametrize("through", [True, False])
def test_answers_that_do_not_come_in_time_open_it_too(through: bool) -> None:
    import asyncio

    async def story() -> None:
        gate = asyncio.Event()

        async def silent(got: Got) -> bytes:
            await gate.wait()
            return answer()

        async with target(silent) as at, desk(QUICK) as it:
            said = [await asked(it, at, through=through, timeout=0.05) for _ in range(4)]
            gate.set()
        assert said == ["timeout"] * 3 + ["circuit_open"]

    asyncio.run(story())
