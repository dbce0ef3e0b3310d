"""Workers: whoever claimed a run last is the only one whose writes count, and the runs of the others go on."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from cluster_rig import Queue, give_out, hand, row_of
from engine_rig import in_loop
from flow_parts import call, flow_of, post, set_, stop, wait
from http_target import Got, http_target, said

from flowslot.app.callers import SYSTEM
from flowslot.app.runs import cancel, signal
from flowslot.base.settings import Settings
from flowslot.domain.runs import ENDED
from flowslot.storage.journal import SqlJournal


class Held:
    """Answers of a target that wait until they are let go; each with its own number."""

    def __init__(self, holds: int) -> None:
        self.go = asyncio.Event()
        self.arrived = asyncio.Event()
        self._holds = holds
        self.count = 0

    async def __call__(self, got: Got) -> Any:
        self.count += 1
        number = self.count
        if number <= self._holds:
            self.arrived.set()
            await self.go.wait()
        return said({"number": number})


@in_loop
async def test_a_worker_that_lost_a_run_records_nothing_and_begins_no_other_effect(settings: Settings) -> None:
    held = Held(1)
    async with http_target(held) as target, hand(settings, "w1") as zombie, hand(settings, "w2") as heir:
        rig = zombie.rig
        rig.workspace("acme")
        steps = [post("a", target.url("/a"), json=1), post("b", target.url("/b"), json=2)]
        rig.flow(flow_of(*steps, stop(details="=steps.a.body.number")))
        run = (await rig.start()).run
        give_out(zombie.parts.database, "b1", [run])
        first = asyncio.create_task(zombie.work("b1"))
        await held.arrived.wait()
        await heir.work("b1")  # the engine took it for dead
        held.go.set()
        await first
        ended = await rig.state(run)
        assert ended.outcome is not None
        assert (ended.status.value, ended.outcome.details) == ("success", 2)
        assert target.paths == ["/a", "/a", "/b"]
        assert row_of(zombie.parts.database, run, "owner", "fence") == ("w2", 2)


class Gates:
    """Answers of a target, the first two of which wait, each at a gate of its own."""

    def __init__(self) -> None:
        self.arrived = (asyncio.Event(), asyncio.Event())
        self.open = (asyncio.Event(), asyncio.Event())
        self._count = 0

    async def __call__(self, got: Got) -> Any:
        number, self._count = self._count, self._count + 1
        if number < len(self.open):
            self.arrived[number].set()
            await self.open[number].wait()
        return said({"number": number})


async def whose_effect_counts(settings: Settings) -> int:
    """A run is taken over while its effect is under way; the first worker's is done before the second's."""
    gates = Gates()
    async with http_target(gates) as target, hand(settings, "w1") as zombie, hand(settings, "w2") as heir:
        rig = zombie.rig
        rig.workspace("acme")
        rig.flow(flow_of(post("a", target.url("/a"), json=1), stop(details="=steps.a.body.number")))
        run = (await rig.start()).run
        give_out(zombie.parts.database, "b1", [run])
        first = asyncio.create_task(zombie.work("b1"))
        await gates.arrived[0].wait()
        second = asyncio.create_task(heir.work("b1"))
        await gates.arrived[1].wait()
        gates.open[0].set()
        await first
        gates.open[1].set()
        await second
        ended = await rig.state(run)
        assert ended.outcome is not None
        number: int = ended.outcome.details
        return number


@in_loop
async def test_an_effect_of_a_worker_that_lost_its_run_does_not_count_though_it_came_first(settings: Settings) -> None:
    assert await whose_effect_counts(settings) == 1


@in_loop
async def test_without_fencing_it_would_count(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: the test above is worth something."""
    monkeypatch.setattr(SqlJournal, "holding", lambda journal, fence: journal)
    assert await whose_effect_counts(settings) == 0


@in_loop
async def test_a_canceled_run_ends_before_its_next_effect(settings: Settings) -> None:
    held = Held(1)
    async with http_target(held) as target, hand(settings, "api") as api, hand(settings, "w1") as worker:
        api.rig.workspace("acme")
        api.rig.flow(flow_of(post("a", target.url("/a"), json=1), post("b", target.url("/b"), json=2)))
        run = (await api.rig.start()).run
        give_out(api.parts.database, "b1", [run])
        working = asyncio.create_task(worker.work("b1"))
        await held.arrived.wait()
        await cancel(api.parts.runs, SYSTEM, run=run)  # the bus tells the worker
        async with asyncio.timeout(10):
            while not worker.process.asked(run):
                await asyncio.sleep(0.005)
        held.go.set()
        await working
        assert (await api.rig.state(run)).status.value == "canceled"
        assert target.paths == ["/a"]


@in_loop
async def test_whoever_waits_in_another_process_hears_of_the_end(settings: Settings) -> None:
    async with hand(settings, "api") as api, hand(settings, "w1") as worker:
        api.rig.workspace("acme")
        api.rig.flow(flow_of(stop()))
        run = (await api.rig.start()).run
        give_out(api.parts.database, "b1", [run])
        waits = asyncio.create_task(api.parts.engine.ended(run, seconds=20))
        await worker.work("b1")
        assert await waits
        queued = (await api.rig.start()).run
        waits = asyncio.create_task(api.parts.engine.ended(queued, seconds=20))
        await cancel(api.parts.runs, SYSTEM, run=queued)
        assert await waits
        assert not await api.parts.engine.ended((await api.rig.start()).run, seconds=0.01)


@in_loop
async def test_runs_wait_are_signaled_and_call_each_other_across_processes(settings: Settings) -> None:
    queue = Queue()
    async with (
        hand(settings, "api") as api,
        hand(settings, "w1", queue=queue),
        hand(settings, "w2", queue=queue),
    ):
        rig = api.rig
        rig.workspace("acme")
        rig.flow(flow_of(wait("rest", **{"for": "300ms"}), stop(details="=trigger")), slug="called")
        rig.flow(
            flow_of(
                call("ask", "called", input="=41"),
                set_("sum", "=steps.ask.details + 1"),
                wait("go", signal=True),
                stop(details="=steps.sum"),
            )
        )
        run = (await rig.start()).run
        await rig.is_(run, "suspended", seconds=20)
        async with asyncio.timeout(20):
            while not (await api.parts.journal.load(run)).entries.get("ask"):
                await asyncio.sleep(0.01)
            while (await rig.state(run)).status.value != "suspended":
                await asyncio.sleep(0.01)
        await signal(api.parts.runs, SYSTEM, run=run, step="go", payload=None)
        ended = await rig.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details == 42


@in_loop
async def test_a_noisy_workspace_does_not_delay_another(settings: Settings) -> None:
    async def slow(got: Got) -> Any:
        await asyncio.sleep(0.05)
        return said({})

    few = {"max_concurrent_runs": 8}
    async with (
        http_target(slow) as target,
        hand(settings, "api") as api,
        hand(settings, "w1", queue=Queue(), **few) as worker,
    ):
        rig = api.rig
        for place in ("acme", "quiet"):
            rig.workspace(place)
        rig.flow(flow_of(post("a", target.url("/a"), json=1)))
        rig.register("orders", "quiet")
        noisy = [(await rig.start()).run for _ in range(200)]
        quiet = (await rig.start(workspace="quiet")).run
        await rig.end_of(quiet, seconds=10)
        open_still = sum([(await rig.state(run)).status not in ENDED for run in noisy])
        assert open_still > 100
        assert worker.process.working <= 8


@in_loop
async def test_a_worker_that_stops_gives_its_runs_back(settings: Settings) -> None:
    held = Held(1)
    async with http_target(held) as target, hand(settings, "api") as api:
        api.rig.workspace("acme")
        api.rig.flow(flow_of(post("a", target.url("/a"), json=1)))
        async with hand(settings, "w1", queue=Queue()) as worker:
            run = (await api.rig.start()).run
            await asyncio.wait_for(held.arrived.wait(), 20)
            await worker.process.stop(grace=0.01)
            assert row_of(api.parts.database, run, "status", "owner", "batch") == ("queued", None, None)
        held.go.set()
        async with hand(replace(settings), "w2", queue=Queue()):
            assert (await api.rig.end_of(run)).status.value == "success"
