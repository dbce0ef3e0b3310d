"""The example of every kind, run by the engine: on a real database, with the real sandbox and real HTTP."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from aiohttp import web
from one_call import document

from flowslot.base.json_text import Json, dump, parse
from flowslot.domain.runs import Run
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS
from flowslot.storage.database import Database

sys.path.append(str(Path(__file__).parents[1] / "engine"))

from engine_rig import Rig, in_loop, rig
from http_target import Got, http_target

CALLED = document(
    {"id": "end", "kind": "stop", "status": "success", "message": "approved", "details": {"by": "Ann"}},
)


def flow_of(name: str) -> Json:
    """The example as a flow that stops with the step's output."""
    step = KINDS[name].example["step"]
    last = {"id": "told", "kind": "stop", "status": "success", "details": f"=steps.{step['id']}"}
    found = document(step, last, connections={"erp": {"connector": "http"}})
    return {key: value for key, value in parse(dump(found)).items() if key != "flow"}


async def run_of(it: Rig, example: Json) -> Run:
    """A run of the example; it gets the signals it waits for."""
    started = await it.start(example["trigger"])
    for step, payload in example.get("signals", {}).items():
        await it.is_(started.run, "suspended")
        await it.parts.journal.signal(started.run, step, payload, it.clock.now())
        it.engine.dispatch(started.run)
    return await it.end_of(started.run)


def told(name: str, run: Run) -> Json:
    """What the run says, as the example tells it."""
    outcome = run.outcome
    assert outcome is not None, run.error
    if name == "stop":
        return {"stopped": {"status": outcome.status, "message": outcome.message, "details": outcome.details}}
    if name == "call_flow":
        return {**outcome.details, "run": "run_1"}
    if name == "http_request":
        return {**outcome.details, "headers": {"content-type": "application/json"}}
    return outcome.details


@pytest.mark.parametrize("name", KINDS)
def test_the_example_gives_what_it_says_in_a_run(
    name: str, sqlite_database: Database, sandbox: Sandbox, tmp_path: Path
) -> None:
    example = KINDS[name].example

    def answer(got: Got) -> web.Response:
        (meant,) = example["answers"]
        request = {"method": got.method, "url": got.path, "body": dump(got.body).decode()}
        assert request == meant["request"]
        return web.Response(status=meant["status"], headers=meant["headers"], text=meant["text"])

    @in_loop
    async def whole() -> None:
        async with http_target(answer) as target, rig(sqlite_database, sandbox, tmp_path) as it:
            it.connection("bound", target.url())
            it.flow({"trigger": {"kind": "on_demand"}, "steps": CALLED["steps"]}, slug="request-approval")
            it.flow(flow_of(name), connections={"erp": "bound"})
            run = await run_of(it, example)
            assert told(name, run) == example["expect"]
            assert [got.key for got in target.got] == [f"{run.id}.post"] * len(example.get("answers", ()))

    whole()
