"""A small server process for the crash tests: it accepts runs under load, or only finishes what is open.

    python driver.py SETTINGS MODE TARGET_URL FIRST_NUMBER

It prints one line `accepted <number> <run>` after each answer; MODE is `load` or `finish`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from engine_rig import Rig, rig
from flow_parts import call, flow_of, post, set_, stop, wait

from flowslot.app.triggers import accept_webhook
from flowslot.base.settings import Settings
from flowslot.flowlang.sandbox import Sandbox
from flowslot.storage.database import open_database

AT_ONCE = 40


def definition(url: str) -> dict[str, Any]:
    """Effects, a wait and a call: everything that is recorded."""
    steps = [
        post("first", f"{url}/first", json="=trigger"),
        set_("number", "=steps.first.body.n + 0"),
        wait("rest", **{"for": "20ms"}),
        call("ask", "called", input="=steps.number"),
        post("second", f"{url}/second", json={"n": "=steps.ask.details"}),
        stop(details="=steps.number"),
    ]
    return {**flow_of(*steps), "trigger": {"kind": "webhook", "auth": "none"}}


async def load(it: Rig, first: int) -> None:
    """Sends webhooks, each with an id of its own, until killed."""
    numbers = iter(range(first, first + 1_000_000))

    async def send_one_after_another() -> None:
        for number in numbers:
            headers = {"content-type": "application/json", "webhook-id": f"msg{number}"}
            body = json.dumps({"n": number}).encode()
            now = it.clock.now()
            admitted = await accept_webhook(
                it.parts, token="mainordersacme", method="POST", headers=headers, body=body, now=now
            )
            print(f"accepted {number} {admitted.run}", flush=True)  # noqa: T201  the test reads it
            await it.engine.ended(admitted.run, seconds=60)

    await asyncio.gather(*(send_one_after_another() for _ in range(AT_ONCE)))


async def finish(it: Rig) -> None:
    """Waits until no run is open."""
    while await it.parts.journal.open_runs() or await it.parts.journal.next_wake() is not None:
        await asyncio.sleep(0.02)


async def main(settings: Settings, mode: str, url: str, first: int) -> None:
    database, sandbox = open_database(settings), Sandbox(1)
    sandbox.start()
    try:
        async with rig(database, sandbox, Path(settings.data)) as it:
            if first == 0 and mode == "load":
                it.flow({**flow_of(stop(details="=trigger"))}, slug="called")
                it.flow(definition(url))
            await (load(it, first) if mode == "load" else finish(it))
    finally:
        sandbox.close()
        database.close()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    asyncio.run(main(Settings(data=Path(given["data"]), database=given["database"]), *sys.argv[2:4], int(sys.argv[4])))
