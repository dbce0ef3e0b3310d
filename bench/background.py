"""Many background runs of five recorded effects each: runs a second from the first accepted to the last ended."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, cast

import uvloop

from bench.machine import describe
from flowslot.app import flows, promotion, staging, workspaces
from flowslot.app.callers import SYSTEM
from flowslot.app.ports import Call
from flowslot.app.triggers import Admitted, accept_webhook
from flowslot.base.ids import RunId
from flowslot.base.json_text import Json
from flowslot.base.log import configure_log
from flowslot.base.settings import Settings
from flowslot.domain.definition import Step
from flowslot.engine.embedded import EmbeddedEngine
from flowslot.flowlang.kinds import StepCall, StepKind, StepSettings, TypeWriter
from flowslot.steps.registry import KINDS
from flowslot.wiring.parts import Joined, joined

EFFECTS = 5
AT_ONCE = 200
"""Starts that wait for their answer at the same time."""


class RecordedSettings(StepSettings):
    """Settings of the measured kind."""

    n: int = 0


class RecordedStep:
    """An effect that costs nothing by itself: what is measured is the journal and the interpreter."""

    name: ClassVar[str] = "recorded"
    title: ClassVar[str] = "Recorded"
    about: ClassVar[str] = "Only in this bench."
    settings: ClassVar[type[StepSettings]] = RecordedSettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = None

    def blocks(self, settings: RecordedSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        return ()

    def output_type(self, step: Step, types: TypeWriter) -> str:
        return types.cast("Any")

    async def run(self, call: StepCall) -> Json:
        async def do() -> Json:
            return {"n": call.settings.n, "text": "x" * 200}

        return await call.effect(do)


async def main() -> None:
    """Prints the median of the rounds."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=5_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--database", default="", help="postgresql://… instead of SQLite")
    options = asked.parse_args()
    print(describe())
    cast(dict[str, StepKind], KINDS)[RecordedStep.name] = RecordedStep()
    configure_log(level="warning")
    with (
        tempfile.TemporaryDirectory() as folder,
        joined(Settings(data=Path(folder), database=options.database)) as parts,
    ):
        took = await _rounds(parts, options)
    rate = options.runs / statistics.median(took)
    print(f"{options.runs} runs of {EFFECTS} effects: {rate:.0f} runs/s, {rate * EFFECTS:.0f} effects/s")


async def _rounds(parts: Joined, options: argparse.Namespace) -> list[float]:
    """Seconds of each round, from the first start to the last end."""
    parts.journal.start(asyncio.get_running_loop())
    assert isinstance(parts.engine, EmbeddedEngine)
    await parts.engine.start()
    token = await asyncio.to_thread(_make_flow, parts)
    took = [await _round(parts, token, options.runs) for _ in range(options.rounds)]
    await parts.engine.stop()
    parts.journal.close()
    return took


def _make_flow(parts: Joined) -> str:
    """The token of its webhook."""
    steps = [{"id": f"effect{n}", "kind": "recorded", "n": n} for n in range(EFFECTS)]
    definition: Json = {"flow": 1, "trigger": {"kind": "webhook", "auth": "none"}, "steps": steps}
    deps, call = parts.deps, Call(SYSTEM)
    workspaces.create(deps, call, slug="bench", name="Bench")
    flow = flows.create(deps, call, slug="bench", name="Bench", workspace="bench")
    staged = staging.stage(
        deps, call, flow="bench", workspace="bench", expected_revision=flow.revision, definition=definition
    )
    number, revision = staged.version.number, staged.flow.revision
    promotion.promote(deps, call, flow="bench", workspace="bench", version=number, expected_revision=revision)
    with deps.store.read(SYSTEM) as uow:
        return uow.registrations.get(uow.flows.get("bench").id, uow.workspaces.get("bench").id).hook_main


async def _round(parts: Joined, token: str, runs: int) -> float:
    left = iter(range(runs))
    begun = time.perf_counter()

    async def starter() -> list[RunId]:
        return [(await _accept(parts, token, n)).run for n in left]

    started = [run for many in await asyncio.gather(*(starter() for _ in range(AT_ONCE))) for run in many]
    for run in started:
        assert await parts.runs.dispatcher.ended(run, seconds=60)
    return time.perf_counter() - begun


async def _accept(parts: Joined, token: str, number: int) -> Admitted:
    headers = {"content-type": "application/json"}
    now = parts.deps.clock.now()
    return await accept_webhook(parts.runs, token=token, method="POST", headers=headers, body=b"%d" % number, now=now)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
