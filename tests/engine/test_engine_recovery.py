"""An engine that begins finds every open run again; one that stops leaves nothing half known."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

from engine_rig import in_loop, rig, steps_of
from flow_parts import flow_of, post, stop, wait
from http_target import Got, http_target, said, until

from flowslot.domain.runs import RunStatus


@in_loop
async def test_runs_that_were_accepted_and_not_begun_are_worked_on_at_the_next_start(given_each: Any) -> None:
    async with rig(*given_each, started=False) as it:
        it.flow(flow_of(stop(details="=trigger")))
        await it.engine.stop()
        runs = [(await it.start(n)).run for n in range(20)]
    async with rig(*given_each) as it:
        ended = [await it.end_of(run) for run in runs]
        assert [each.outcome.details for each in ended if each.outcome] == list(range(20))


@in_loop
async def test_an_effect_under_way_is_done_again_with_its_key_and_a_recorded_one_is_not(
    given_each: Any,
) -> None:
    gate = asyncio.Event()

    async def answer(got: Got) -> Any:
        if got.path == "/second":
            await gate.wait()
        return said({})

    async with http_target(answer) as target:
        async with rig(*given_each) as it:
            it.flow(
                flow_of(
                    post("first", target.url("/first")), post("second", target.url("/second"), json="=run.started_at")
                )
            )
            run = (await it.start()).run
            await until(lambda: len(target.got) == 2)
            await it.engine.stop(grace=0)
            before = await it.state(run)
            assert before.status is RunStatus.RUNNING
        gate.set()
        async with rig(*given_each) as it:
            ended = await it.end_of(run)
            assert ended.status is RunStatus.SUCCESS
            assert ended.started_at == before.started_at
        assert target.keys == Counter({f"{run}.first": 1, f"{run}.second": 2})
        assert target.got[1].body == target.got[2].body


@in_loop
async def test_a_run_that_waits_is_found_by_its_time_after_a_restart(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(wait("rest", **{"for": "1h"})))
        run = (await it.start()).run
        await it.is_(run, "suspended")
    async with rig(*given_each, started=False) as it:
        await it.engine.start()
        it.advance(hours=1)
        ended = await it.end_of(run)
        assert ended.status is RunStatus.SUCCESS
        assert steps_of(ended)["rest"].status == "success"


@in_loop
async def test_an_engine_that_stops_lets_what_works_finish_and_begins_nothing(given: Any) -> None:
    gate = asyncio.Event()

    async def answer(got: Got) -> Any:
        await gate.wait()
        return said({})

    async with http_target(answer) as target, rig(*given, places=2) as it:
        it.flow(flow_of(post("send", target.url("/x"))))
        first, second = (await it.start()).run, (await it.start()).run
        await until(lambda: len(target.got) == 1)
        stopping = asyncio.create_task(it.engine.stop(grace=10))
        await asyncio.sleep(0)
        gate.set()
        await stopping
        assert (await it.state(first)).status is RunStatus.SUCCESS
        assert (await it.state(second)).status is RunStatus.QUEUED


@in_loop
async def test_a_run_whose_version_cannot_be_read_ends_as_an_exception(given: Any) -> None:
    async with rig(*given, started=False) as it:
        it.flow(flow_of(stop()))
        await it.engine.stop()
        run = (await it.start()).run
        with it.database.write() as connection:
            guards = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'run'"
            for (name,) in connection.exec_driver_sql(guards).all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
            connection.exec_driver_sql("UPDATE run SET hash = 'gone'")
    async with rig(*given) as it:
        ended = await it.end_of(run)
        assert ended.error is not None
        assert (ended.status, ended.error.code) == (RunStatus.EXCEPTION, "engine_error")


@in_loop
async def test_whoever_waits_for_a_run_goes_on_when_the_engine_stops(given: Any) -> None:
    async with rig(*given) as it:
        it.flow(flow_of(wait("rest", **{"for": "1h"})))
        run = (await it.start()).run
        waiting = asyncio.create_task(it.engine.ended(run, seconds=50))
        await it.is_(run, "suspended")
        await it.engine.stop()
        assert await waiting is None
