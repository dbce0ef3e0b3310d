"""Effects: done once, recorded before anything goes on, tried again with the same key."""

from __future__ import annotations

from typing import Any

from engine_rig import Rig, in_loop, rig, steps_of
from flow_parts import flow_of, loop, post, set_, stop, wait
from http_target import Got, http_target, said, until

from flowslot.domain.runs import RunStatus


@in_loop
async def test_a_recorded_effect_is_not_done_again_after_a_wait(given_each: Any) -> None:
    async with rig(*given_each) as it, http_target(lambda got: said({"id": 7})) as target:
        code = {"id": "code", "kind": "code", "inputs": {}, "code": "def main():\n    return 3\n"}
        it.flow(
            flow_of(
                post("first", target.url("/first"), json="=run.started_at"),
                code,
                wait("rest", **{"for": "1h"}),
                post("second", target.url("/second"), json="=run.started_at"),
                stop(details=["=steps.first.body.id", "=steps.code"]),
            )
        )
        run = (await it.start()).run
        before = await it.is_(run, "suspended")
        assert {path: each.status for path, each in steps_of(before).items()} == {
            "first": "success",
            "code": "success",
            "rest": "suspended",
        }
        it.advance(hours=1)
        ended = await it.end_of(run)
        assert ended.outcome is not None, ended.error
        assert ended.outcome.details == [7, 3]
        assert target.paths == ["/first", "/second"]
        assert target.got[0].body == target.got[1].body
        assert sorted(target.keys) == [f"{run}.first", f"{run}.second"]
        assert ended.started_at == before.started_at
        assert steps_of(ended)["first"].ended_at == steps_of(before)["first"].ended_at
        assert steps_of(ended)["rest"].started_at == steps_of(before)["rest"].started_at


@in_loop
async def test_a_failed_effect_that_was_caught_fails_in_the_same_way_after_a_wait(given_each: Any) -> None:
    statuses = iter([500, 200])
    async with rig(*given_each) as it, http_target(lambda got: said({}, status=next(statuses))) as target:
        safely = {
            "id": "safely",
            "kind": "try",
            "steps": [post("first", target.url("/first"))],
            "catch": [set_("caught", "=error.code")],
        }
        it.flow(flow_of(safely, wait("rest", **{"for": "1h"}), stop(details="=steps.caught")))
        run = (await it.start()).run
        await it.is_(run, "suspended")
        it.advance(hours=1)
        ended = await it.end_of(run)
        assert ended.outcome is not None
        assert ended.outcome.details == "http_error"
        assert target.paths == ["/first"]


@in_loop
async def test_a_retry_waits_without_a_task_and_sends_the_same_key(given_each: Any) -> None:
    statuses = iter([503, 503, 200])
    async with rig(*given_each) as it, http_target(lambda got: said({}, status=next(statuses))) as target:
        retry = {"attempts": 5, "delay": "1h", "factor": 1}
        it.flow(flow_of(post("send", target.url("/x"), retry=retry), stop(details="=steps.send.status")))
        run = (await it.start()).run
        for made in (1, 2):
            await until(lambda made=made: suspensions(it, run) == made and it.engine.working == 0)  # type: ignore[misc]
            parked = await it.state(run)
            assert steps_of(parked)["send"].attempts == made
            assert len(target.got) == made
            it.advance(hours=2)
            await sent(it, target.got, made + 1)
        ended = await it.end_of(run)
        assert ended.status is RunStatus.SUCCESS
        assert steps_of(ended)["send"].attempts == 3
        assert target.keys == {f"{run}.send": 3}


async def sent(it: Rig, got: list[Got], count: int) -> None:
    await until(lambda: len(got) == count and it.engine.working == 0)


@in_loop
async def test_a_retry_that_is_not_due_is_not_hurried_by_another_branch(given_each: Any) -> None:
    def answer(got: Got) -> Any:
        return said({}, status=503 if got.body == 1 else 200)

    async with rig(*given_each) as it, http_target(answer) as target:
        retry = {"attempts": 2, "delay": "3h", "factor": 1, "max_delay": "3h"}
        send = post("send", target.url("/x"), json="=item", retry=retry, **{"if": "=item < 3"})
        it.flow(flow_of(loop("=[1, 2, 3]", send, wait("rest", **{"for": "1h"}, **{"if": "=item == 3"}))))
        run = (await it.start()).run
        await until(lambda: suspensions(it, run) == 1)
        assert sorted(each.body for each in target.got) == [1, 2]
        it.advance(hours=2)
        await until(lambda: suspensions(it, run) == 2)
        assert sorted(each.body for each in target.got) == [1, 2]
        it.advance(hours=2)
        ended = await it.end_of(run)
        assert ended.error is not None
        assert (ended.error.code, ended.error.step) == ("http_error", "send")
        assert sorted(each.body for each in target.got) == [1, 1, 2]


def suspensions(it: Rig, run: str) -> int:
    """How often the run began to wait. Its row says only that it waits, not whether it has been awake since."""
    return sum(move[1:] == (run, "suspended") for move in it.seen.moves)


@in_loop
async def test_a_short_retry_passes_in_memory(given: Any) -> None:
    statuses = iter([503, 200])
    async with rig(*given) as it, http_target(lambda got: said({}, status=next(statuses))) as target:
        retry = {"attempts": 3, "delay": "10ms"}
        it.flow(flow_of(post("send", target.url("/x"), retry=retry)))
        run = await it.run()
        assert run.status is RunStatus.SUCCESS, run.error
        assert steps_of(run)["send"].attempts == 2
        assert all(status != "suspended" for _, _, status in it.seen.moves)


@in_loop
async def test_a_connection_is_the_one_of_the_runs_own_workspace(given_each: Any) -> None:
    async with rig(*given_each) as it, http_target() as mine, http_target() as other:
        it.workspace("bolt")
        it.connection("erp-1", mine.url("/acme"))
        it.connection("erp-1", other.url("/bolt"), workspace="bolt")
        it.connection("erp-2", other.url("/bolt"), workspace="bolt")
        send = {"id": "send", "kind": "http_request", "method": "POST", "connection": "erp", "path": "/x"}
        it.flow(flow_of(send, connections={"erp": {"connector": "http"}}), connections={"erp": "erp-1"})
        it.flow(flow_of(send, connections={"erp": {"connector": "http"}}), slug="wrong", connections={"erp": "erp-2"})
        it.flow(flow_of(send, connections={"erp": {"connector": "http"}}), slug="unbound")
        good, wrong, unbound = await it.run(), await it.run(slug="wrong"), await it.run(slug="unbound")
        assert good.status is RunStatus.SUCCESS, good.error
        assert mine.paths == ["/acme/x"]
        for run in (wrong, unbound):
            assert run.error is not None
            assert (run.error.code, run.error.step) == ("connection_missing", "send")
        assert other.got == []


@in_loop
async def test_a_loop_sends_with_bounded_concurrency_and_a_key_for_each_item(given: Any) -> None:
    import asyncio

    gate = asyncio.Event()

    async def answer(got: Got) -> Any:
        if target.now == 3:
            gate.set()
        await gate.wait()
        return said({"n": got.body})

    async with rig(*given) as it, http_target(answer) as target:
        send = post("send", target.url("/x"), json="=item")
        it.flow(
            flow_of(
                loop("=list(range(12))", send, concurrency=3, result="=steps.send.body.n"), stop(details="=steps.loop")
            )
        )
        run = await it.run()
        assert run.outcome is not None, run.error
        assert run.outcome.details == list(range(12))
        assert target.most_at_once == 3
        assert set(target.keys) == {f"{run.id}.loop[{n}].send" for n in range(12)}


@in_loop
async def test_the_configuration_a_run_began_with_stays_while_it_waits(given_each: Any) -> None:
    async with rig(*given_each) as it, http_target() as target:
        config = {"type": "object", "properties": {"to": {"type": "string"}}}
        choice = {
            "id": "choice",
            "kind": "condition",
            "if": "=config.to == 'a'",
            "then": [post("a", target.url("/a"))],
            "else": [post("b", target.url("/b"))],
        }
        it.flow(flow_of(choice, wait("rest", **{"for": "1h"}), config=config), config={"to": "a"})
        run = (await it.start()).run
        await it.is_(run, "suspended")
        it.change("orders", "acme", config={"to": "b"})
        it.advance(hours=1)
        assert (await it.end_of(run)).status is RunStatus.SUCCESS
        assert target.paths == ["/a"]


@in_loop
async def test_what_goes_wrong_with_a_kind_is_an_exception_without_internals(given: Any) -> None:
    async with rig(*given) as it:
        it.flow(flow_of(set_("a", 1)))

        class Faulty:
            async def run(self, call: Any) -> Any:
                raise ZeroDivisionError("a secret of the house")

        object.__setattr__(it.tools, "kinds", {**it.tools.kinds, "set": Faulty()})
        it.engine._plans._kinds = it.tools.kinds
        run = await it.run()
        assert run.error is not None
        assert (run.status, run.error.code) == (RunStatus.EXCEPTION, "engine_error")
        assert "secret" not in run.error.message
        assert [each.status for each in run.steps] == ["failed"]
