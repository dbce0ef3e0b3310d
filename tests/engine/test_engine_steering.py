"""Starting, running again and canceling by hand (R1, R7, R14, R20)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from engine_rig import in_loop, rig, steps_of
from flow_parts import flow_of, loop, post, set_, stop, wait
from http_target import Got, http_target, said, until

from flowslot.app.callers import SYSTEM, Caller, Role, Scope
from flowslot.app.runs import cancel, rerun, signal
from flowslot.base.errors import (
    AlreadyEnded,
    Forbidden,
    IdempotencyKeyReused,
    Inactive,
    Invalid,
    NoMainVersion,
    NotFound,
    RunNotEnded,
)
from flowslot.base.ids import UserId
from flowslot.domain.runs import RunStatus, TriggerKind
from flowslot.domain.slots import Slot
from flowslot.domain.starting import RerunVersion

OBJECT = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


def who(role: Role = Role.AUTHOR, *workspaces: str) -> Caller:
    return Caller(UserId("usr_1"), "Ann", role, Scope(frozenset(workspaces) if workspaces else None))


@in_loop
async def test_a_draft_is_test_run_in_its_own_workspace_and_nowhere_else(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.workspace("bolt")
        it.flow(flow_of(stop(details="main")))
        it.register("orders", "bolt")
        draft = it.save("orders", flow_of(stop(details="draft")), slot=None)
        run = await it.run(version=draft)
        assert run.outcome is not None
        assert (run.outcome.details, run.version, run.test) == ("draft", draft, True)
        with pytest.raises(NotFound):
            await it.start(workspace="bolt", version=draft)
        assert (await it.run(workspace="bolt", version=1)).status is RunStatus.SUCCESS
        with pytest.raises(NotFound):
            await it.start(version=99)


@in_loop
async def test_an_inactive_registration_only_runs_tests(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(set_("a", 1)), active=False)
        with pytest.raises(Inactive):
            await it.start()
        run = await it.run(test=True)
        assert (run.status, run.test) == (RunStatus.SUCCESS, True)


@in_loop
async def test_an_empty_main_runs_nothing_and_the_refusal_is_on_record(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(set_("a", 1)), slot=Slot.STAGING)
        with pytest.raises(NoMainVersion):
            await it.start()
        with it.database.read() as connection:
            rows = connection.exec_driver_sql("SELECT about FROM audit WHERE action = 'trigger.refused'").all()
        assert len(rows) == 1
        assert b"no_main_version" in bytes(rows[0][0])


@in_loop
async def test_the_input_is_checked_before_a_run_exists(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow({"trigger": {"kind": "on_demand", "input": OBJECT}, "steps": [set_("a", 1)]})
        with pytest.raises(Invalid) as refused:
            await it.start({"n": "x"})
        assert [problem.pointer for problem in refused.value.problems] == ["/input/n"]
        assert (await it.run({"n": 1})).status is RunStatus.SUCCESS


@in_loop
async def test_who_may_start_and_steer_is_checked_and_other_workspaces_do_not_exist(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.workspace("bolt")
        it.flow(flow_of(wait("rest", signal="go")))
        run = (await it.start(caller=who())).run
        await it.is_(run, "suspended")
        viewer, stranger = who(Role.VIEWER), who(Role.ADMIN, "bolt")
        with pytest.raises(Forbidden):
            await it.start(caller=viewer)
        with pytest.raises(NotFound):
            await it.start(caller=stranger)
        for refusal, caller in ((Forbidden, viewer), (NotFound, stranger)):
            with pytest.raises(refusal):
                await cancel(it.parts, caller, run=run)
            with pytest.raises(refusal):
                await signal(it.parts, caller, run=run, step="rest", payload=None)
            with pytest.raises(refusal):
                await rerun(it.parts, caller, run=run, version=RerunVersion.SAME)
        assert (await it.state(run)).status is RunStatus.SUSPENDED


@in_loop
async def test_the_same_idempotency_key_starts_one_run(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(set_("a", 1)))
        first = await it.start({"n": 1}, idempotency_key="k")
        again = await it.start({"n": 1}, idempotency_key="k")
        assert (again.run, first.fresh, again.fresh) == (first.run, True, False)
        with pytest.raises(IdempotencyKeyReused):
            await it.start({"n": 2}, idempotency_key="k")


@in_loop
async def test_a_rerun_takes_the_same_version_or_the_current_one(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(stop(details=["one", "=trigger"])))
        run = await it.run({"n": 1})
        it.save("orders", flow_of(stop(details=["two", "=trigger"])))
        for version, details in ((RerunVersion.SAME, "one"), (RerunVersion.CURRENT, "two")):
            started = await rerun(it.parts, SYSTEM, run=run.id, version=version)
            again = await it.end_of(started.run)
            assert again.outcome is not None
            assert again.outcome.details == [details, {"n": 1}]
            assert again.trigger.kind is TriggerKind.ON_DEMAND
            assert again.trigger.about["rerun_of"] == run.id


@in_loop
async def test_a_rerun_from_a_step_does_nothing_again_that_stands_before_it(given_each: Any) -> None:
    answers = iter([200, 200, 500, 200])
    async with rig(*given_each) as it, http_target(lambda got: said({"n": 7}, status=next(answers))) as target:
        steps = [
            post("first", target.url("/first")),
            loop("=[1]", post("inner", target.url("/inner"))),
            post("second", target.url("/second")),
            stop(details="=steps.first.body.n"),
        ]
        it.flow(flow_of(*steps))
        failed = await it.run()
        assert failed.error is not None
        with pytest.raises(Invalid):
            await rerun(it.parts, SYSTEM, run=failed.id, version=RerunVersion.SAME, from_step="unknown")
        started = await rerun(it.parts, SYSTEM, run=failed.id, version=RerunVersion.SAME, from_step="second")
        again = await it.end_of(started.run)
        assert again.outcome is not None, again.error
        assert again.outcome.details == 7
        assert target.paths == ["/first", "/inner", "/second", "/second"]
        assert steps_of(again)["first"].started_at == steps_of(failed)["first"].started_at


@in_loop
async def test_only_a_run_that_has_ended_is_rerun_from_a_step(given: Any) -> None:
    async with rig(*given) as it:
        it.flow(flow_of(set_("a", 1), wait("rest", signal="go")))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        with pytest.raises(RunNotEnded):
            await rerun(it.parts, SYSTEM, run=run, version=RerunVersion.SAME, from_step="a")


@in_loop
async def test_a_waiting_run_is_canceled_at_once(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(wait("rest", **{"for": "1h"})))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        ended = asyncio.create_task(it.engine.ended(run, seconds=10))
        assert await cancel(it.parts, SYSTEM, run=run) is RunStatus.CANCELED
        assert await ended
        with pytest.raises(AlreadyEnded):
            await cancel(it.parts, SYSTEM, run=run)


@in_loop
async def test_a_working_run_is_canceled_before_its_next_effect(given_each: Any) -> None:
    gate = asyncio.Event()

    async def answer(got: Got) -> Any:
        await gate.wait()
        return said({})

    async with rig(*given_each) as it, http_target(answer) as target:
        safely = {"id": "safely", "kind": "try", "steps": [post("second", target.url("/second"))]}
        it.flow(
            flow_of(post("first", target.url("/first")), {**safely, "finally": [post("last", target.url("/last"))]})
        )
        run = (await it.start()).run
        await until(lambda: len(target.got) == 1)
        await it.is_(run, "running")
        assert await cancel(it.parts, SYSTEM, run=run) is RunStatus.RUNNING
        gate.set()
        ended = await it.end_of(run)
        assert ended.status is RunStatus.CANCELED
        assert target.paths == ["/first"]
        assert steps_of(ended)["first"].status == "success"


@in_loop
async def test_a_queued_run_that_is_canceled_does_nothing(given_each: Any) -> None:
    gate = asyncio.Event()

    async def answer(got: Got) -> Any:
        await gate.wait()
        return said({})

    async with rig(*given_each, places=1) as it, http_target(answer) as target:
        it.flow(flow_of(post("send", target.url("/x"))))
        first, second = (await it.start()).run, (await it.start()).run
        await until(lambda: len(target.got) == 1)
        assert await cancel(it.parts, SYSTEM, run=second) is RunStatus.CANCELED
        gate.set()
        assert (await it.end_of(first)).status is RunStatus.SUCCESS
        assert (await it.end_of(second)).status is RunStatus.CANCELED
        assert target.keys == {f"{first}.send": 1}


@in_loop
async def test_a_run_canceled_as_it_begins_to_wait_ends_as_canceled(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(wait("w", signal=True, timeout="1h"), stop()))
        started = [(await it.start()).run for _ in range(20)]
        await asyncio.gather(*(cancel(it.parts, who(), run=run) for run in started))
        for run in started:
            assert await it.engine.ended(run, seconds=10)
            assert (await it.parts.journal.load(run)).run.status is RunStatus.CANCELED
