"""Kill -9 while trials run: each goes on with the definition it was begun with (R14). And who else sees its steps."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import outside  # noqa: F401  # makes the parts of the engine's tests known
from flow_parts import flow_of, post, set_, stop, wait
from http_target import Got, http_target, said
from servers import TOKEN, Api, Place, free_port, launcher
from workers import crew, events_of, fresh_session, place_of

from flowslot.base.settings import Settings

RUNS = 12
ROUNDS = 8
"""So many requests on new connections: some reach another process than the one that works on the run."""


def test_trials_go_on_with_their_definition_after_a_kill(database_settings: Settings, tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(_killed(tmp_path / "server", database_settings.database), 120))


async def _killed(folder: Path, database: str) -> None:
    place = Place(folder, port=free_port(), database=database)
    async with aiohttp.ClientSession() as session, launcher() as sound:
        api, pid = Api(place, session), await sound.serve(place)
        await api.ready()
        await api.make_workspace("acme")
        await api.make_flow("orders", {"flow": 1, **flow_of(stop(details="saved"))})
        runs = [await _tried(api, asks(number)) for number in range(RUNS)]
        await sound.end(pid)
        await sound.serve(place)
        await api.ready()
        for number, run in enumerate(runs):
            await _is(api, run, "suspended")
            await api.call("POST", f"/runs/{run}/signals/ask", None)
            ended = await _is(api, run, "success")
            assert (ended["outcome"]["details"], ended["version"]) == (number, None)
            assert (await api.call("GET", f"/runs/{run}/definition"))["definition"] == asks(number)
        assert [each["number"] for each in (await api.call("GET", "/flows/orders/versions"))["items"]] == [1]


def asks(number: int) -> dict[str, Any]:
    return {"flow": 1, **flow_of(set_("n", number), wait("ask", signal=True), stop(details="=steps.n"))}


async def _tried(api: Api, definition: Any) -> str:
    asked = {"workspace": "acme", "definition": definition}
    return str((await api.call("POST", "/flows/orders/trials", asked))["id"])


async def _is(api: Api, run: str, status: str) -> dict[str, Any]:
    async with asyncio.timeout(20):
        while (found := await api.call("GET", f"/runs/{run}"))["status"] != status:
            await asyncio.sleep(0.01)
    return dict(found)


def test_every_process_shows_the_step_that_is_executed_while_somebody_listens(tmp_path: Path) -> None:
    asyncio.run(asyncio.wait_for(_seen(tmp_path / "server"), 120))


async def _seen(folder: Path) -> None:
    gate = asyncio.Event()

    async def answer(got: Got) -> Any:
        await gate.wait()
        return said({})

    place = place_of(folder, workers=3)
    async with http_target(answer) as target, crew(place), fresh_session() as session:
        api = Api(place, session)
        await api.make_workspace("acme")
        await api.make_flow("orders", {"flow": 1, **flow_of(stop())})
        events = events_of(session, place, TOKEN)
        assert await anext(events) == {}
        run = await _tried(api, {"flow": 1, **flow_of(post("send", target.url("/x")), stop())})
        async with asyncio.timeout(20):
            while (event := await anext(events))["action"] != "run.step":
                pass
        assert [each["path"] for each in event["about"]["steps"]] == ["send"]
        for _ in range(ROUNDS):
            found = await api.call("GET", f"/runs/{run}")
            assert [(each["path"], each["status"]) for each in found["steps"]] == [("send", "running")]
        gate.set()
        await _is(api, run, "success")
