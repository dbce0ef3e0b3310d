"""A trial runs an unsaved definition as a test run would, and leaves nothing in the history (R1, R4, R14, R20)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from engine_rig import Rig, in_loop, rig, steps_of
from flow_parts import call, flow_of, set_, stop, wait
from sqlalchemy import select

from flowslot.app.callers import SYSTEM, Caller, Role, Scope
from flowslot.app.retention import limits_of
from flowslot.app.runs import Started, rerun, signal
from flowslot.app.trials import start_trial
from flowslot.base.canonical import content_hash
from flowslot.base.errors import Forbidden, IdempotencyKeyReused, Invalid, NotFound
from flowslot.base.ids import RunId, UserId
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot
from flowslot.domain.starting import RerunVersion
from flowslot.storage.retention import SqlRetention
from flowslot.storage.tables import audit, run, version

ASKS = flow_of(wait("ask", signal=True), stop(details="=steps.ask"))


async def tried(it: Rig, definition: Any, run_input: Any = None, *, caller: Caller = SYSTEM, **more: Any) -> Started:
    document = {"flow": 1, **definition}
    return await start_trial(
        it.parts, caller, flow="orders", workspace="acme", definition=document, run_input=run_input, **more
    )


@in_loop
async def test_a_trial_runs_the_definition_and_saves_nothing(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(stop(details="saved")))
        before = flow_as_it_is(it)
        started = await tried(it, flow_of(stop(details="=trigger")), {"n": 1})
        ended = await it.end_of(started.run)
        assert (ended.status, ended.outcome and ended.outcome.details) == (RunStatus.SUCCESS, {"n": 1})
        assert (started.version, ended.version, ended.test) == (None, None, True)
        assert flow_as_it_is(it) == before
        assert [row.version for row in rows(it, select(version.c.number.label("version")))] == [1]


@in_loop
async def test_a_trial_has_the_configuration_of_the_registration_also_where_it_is_inactive(given_each: Any) -> None:
    schema = {"type": "object", "properties": {"team": {"type": "string"}}}
    async with rig(*given_each) as it:
        it.flow(flow_of(stop()), slot=None, active=False, config={"team": "core"})
        started = await tried(it, {**flow_of(stop(details="=config.team")), "config": schema})
        ended = await it.end_of(started.run)
        assert ended.outcome
        assert ended.outcome.details == "core"
        assert ended.slot is Slot.MAIN


@in_loop
async def test_r14_a_trial_keeps_its_definition_through_a_restart(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(stop(details="saved")))
        waiting = (await tried(it, ASKS)).run
        await it.is_(waiting, "suspended")
    async with rig(*given_each) as it:
        it.save("orders", flow_of(stop(details="newer")))
        await signal(it.parts, SYSTEM, run=waiting, step="ask", payload="yes")
        ended = await it.end_of(waiting)
        assert ended.outcome
        assert ended.outcome.details == "yes"


@in_loop
async def test_a_trial_that_was_accepted_and_not_begun_is_found_at_the_next_start(given_each: Any) -> None:
    async with rig(*given_each, started=False) as it:
        it.flow(flow_of(stop(details="saved")))
        await it.engine.stop()
        queued = (await tried(it, flow_of(stop(details="tried")))).run
    async with rig(*given_each) as it:
        ended = await it.end_of(queued)
        assert ended.outcome
        assert ended.outcome.details == "tried"


@in_loop
async def test_a_trial_is_run_again_on_its_definition_or_on_the_current_version(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(stop(details="saved")))
        first = (await tried(it, flow_of(set_("one", 1), stop(details="=steps.one")))).run
        await it.end_of(first)
        for which, details, number in ((RerunVersion.SAME, 1, None), (RerunVersion.CURRENT, "saved", 1)):
            again = await it.end_of((await rerun(it.parts, SYSTEM, run=first, version=which)).run)
            assert (again.outcome and again.outcome.details, again.version) == (details, number)
            assert again.test
        later = await rerun(it.parts, SYSTEM, run=first, version=RerunVersion.SAME, from_step="done")
        assert steps_of(await it.end_of(later.run))["one"].output == 1


@in_loop
async def test_a_trial_calls_other_flows_as_they_are(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(stop(details="saved")))
        it.flow(flow_of(stop(details="called")), slug="other")
        started = await tried(it, flow_of(call("go", "other"), stop(details="=steps.go")))
        ended = await it.end_of(started.run)
        assert ended.outcome
        assert ended.outcome.details["details"] == "called"
        called = await it.state(RunId(ended.outcome.details["run"]))
        assert (called.version, called.parent) == (1, started.run)


@in_loop
async def test_what_is_wrong_is_refused_with_its_place(given_each: Any) -> None:
    takes = {"kind": "on_demand", "input": {"type": "object", "properties": {"n": {"type": "integer"}}}}
    async with rig(*given_each) as it:
        it.flow(flow_of(stop()))
        for definition, given, pointers in (
            (flow_of({"id": "a", "kind": "nothing"}), None, ["/steps/0/kind"]),
            (flow_of(stop(details="=1 +")), None, ["/steps/0/details"]),
            (flow_of(set_("a", 1), stop(details="=steps.a.upper()")), None, ["/steps/1/details"]),
            ({**flow_of(stop()), "trigger": takes}, {"n": "x"}, ["/input/n"]),
        ):
            with pytest.raises(Invalid) as refused:
                await tried(it, definition, given)
            assert [each.pointer for each in refused.value.problems] == pointers
        assert not rows(it, select(run.c.id))


@in_loop
async def test_only_authors_try_and_only_where_the_flow_is_registered(given_each: Any) -> None:
    viewer = Caller(UserId("usr_vi"), "vi", Role.VIEWER, Scope(None))
    async with rig(*given_each) as it:
        it.flow(flow_of(stop()))
        it.workspace("globex")
        with pytest.raises(Forbidden):
            await tried(it, flow_of(stop()), caller=viewer)
        asked = {"flow": "orders", "definition": {"flow": 1, **flow_of(stop())}, "run_input": None}
        for workspace in ("globex", "nowhere"):
            with pytest.raises(NotFound):
                await start_trial(it.parts, SYSTEM, workspace=workspace, **asked)


@in_loop
async def test_an_idempotency_key_starts_one_trial_and_names_one_definition(given_each: Any) -> None:
    async with rig(*given_each) as it:
        it.flow(flow_of(stop()))
        first, second = [await tried(it, flow_of(stop(details=1)), idempotency_key="k") for _ in range(2)]
        assert (first.run, first.fresh, second.fresh) == (second.run, True, False)
        with pytest.raises(IdempotencyKeyReused):
            await tried(it, flow_of(stop(details=2)), idempotency_key="k")
        said = rows(it, select(audit.c.about).where(audit.c.action == "trial.started"))
        assert len(said) == 1


@in_loop
async def test_r19_a_trial_is_on_record_without_its_content(given_each: Any) -> None:
    definition = flow_of(stop(details="a secret plan"))
    async with rig(*given_each) as it:
        flow = it.flow(flow_of(stop()))
        started = await tried(it, definition)
        (said,) = rows(it, select(audit).where(audit.c.action == "trial.started"))
        assert (said.flow_id, said.workspace_id, said.actor) == (flow, "ws_acme", SYSTEM.name)
        hashed = content_hash({"flow": 1, **definition})
        assert bytes(said.about).decode() == f'{{"run":"{started.run}","hash":"{hashed}"}}'


@in_loop
async def test_the_definition_goes_with_its_run(given_each: Any) -> None:
    async with rig(*given_each, keep_payloads=1, keep_runs=2) as it:
        it.flow(flow_of(stop()))
        ended = await it.end_of((await tried(it, flow_of(stop(details="tried")))).run)
        await asyncio.to_thread(pruned, it, days=1.5)
        assert await asyncio.to_thread(it.parts.journal.definition, ended.hash)
        await asyncio.to_thread(pruned, it, days=3)
        assert not rows(it, select(run.c.id))
        with pytest.raises(NotFound):
            await asyncio.to_thread(it.parts.journal.definition, ended.hash)


def pruned(it: Rig, *, days: float) -> None:
    """What retention does so many days later."""
    limits = limits_of(it.parts.deps.settings, it.clock.now() + timedelta(days=days))
    list(SqlRetention(it.database).steps(limits))


def rows(it: Rig, query: Any) -> list[Any]:
    with it.database.read() as connection:
        return list(connection.execute(query).all())


def flow_as_it_is(it: Rig) -> Any:
    with it.store.read(SYSTEM) as uow:
        return uow.flows.get("orders")
