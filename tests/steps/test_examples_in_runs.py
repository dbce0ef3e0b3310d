"""The example of every kind, run by the engine: on a real database, with the real sandbox and real HTTP."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from one_call import document

from flowslot.base.json_text import Json, dump, parse
from flowslot.domain.runs import Run
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS
from flowslot.storage.database import Database

sys.path.append(str(Path(__file__).parents[1] / "engine"))

from engine_rig import Rig, in_loop, rig
from http_target import Got, http_target, said

CALLED = document(
    {"id": "end", "kind": "stop", "status": "success", "message": "approved", "details": {"by": "Ann"}},
)


def flow_of(name: str) -> Json:
    """The example as a flow that stops with the step's output."""
    step = KINDS[name].example["step"]
    told = {"id": "told", "kind": "stop", "status": "success", "details": f"=steps.{step['id']}"}
    found = document(step, told, connections={"erp": {"connector": "http"}})
    return {key: value for key, value in parse(dump(found)).items() if key != "flow"}


def answer_of(example: Json) -> Json:
    """What the target on loopback answers: the body of the example's answer."""
    return parse(example["answers"][0]["text"]) if "answers" in example else None


async def run_of(it: Rig, name: str) -> Run:
    example = KINDS[name].example
    started = await it.start(example["trigger"])
    for step, payload in example.get("signals", {}).items():
        await it.is_(started.run, "suspended")
        await it.parts.journal.signal(started.run, step, payload, it.clock.now())
        it.engine.dispatch(started.run)
    return await it.end_of(started.run)


@pytest.mark.parametrize("name", KINDS)
def test_the_example_gives_what_it_says_in_a_run(
    name: str, sqlite_database: Database, sandbox: Sandbox, tmp_path: Path
) -> None:
    @in_loop
    async def whole() -> None:
        example = KINDS[name].example

        def answer(got: Got) -> object:
            return said(answer_of(example), status=201)

        async with http_target(answer) as target, rig(sqlite_database, sandbox, tmp_path) as it:
            it.connection("bound", target.url())
            it.flow({"trigger": {"kind": "on_demand"}, "steps": CALLED["steps"]}, slug="request-approval")
            it.flow(flow_of(name), connections={"erp": "bound"})
            run = await run_of(it, name)
            assert run.outcome is not None, run.error
            expected = example["expect"]
            if name == "stop":
                outcome = run.outcome
                told = {"status": outcome.status, "message": outcome.message, "details": outcome.details}
                assert {"stopped": told} == expected
            elif name == "http_request":
                assert run.outcome.details["status"] == expected["status"]
                assert run.outcome.details["body"] == expected["body"]
                (got,) = target.got
                assert (got.method, got.path, got.body) == ("POST", "/invoices/i-1", {"total": 12})
                assert got.key == f"{run.id}.post"
            elif name == "call_flow":
                assert {**run.outcome.details, "run": "run_1"} == expected
            else:
                assert run.outcome.details == expected

    whole()
