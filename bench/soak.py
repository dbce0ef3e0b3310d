"""Hours in minutes: a steady rate of runs; memory's slope, the files' growth, latencies; fails when memory leaks."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.echo import ANSWER
from bench.load import Load, Seen, in_own_process
from bench.machine import describe, percentile, row
from bench.server import Server, hook_path, make_flow, running
from bench.webhook import echo

MOST_SLOPE = 1.0
"""MB a minute."""
WIDTHS = (10, 12, 14, 14)


class Sample(NamedTuple):
    """Memory of all processes and size of all files, at a time."""

    seconds: float
    memory: float
    files: float


def definition(port: int) -> object:
    """Expressions, a request, a pure step: what most flows do."""
    url = f"http://127.0.0.1:{port}/"
    ask = {"id": "ask", "kind": "http_request", "method": "POST", "url": url, "json": {"n": "=trigger.n"}}
    return {
        "flow": 1,
        "trigger": {"kind": "webhook", "auth": "none"},
        "steps": [
            {"id": "lines", "kind": "map", "over": "=[1, 2, 3]", "to": {"n": "=item * trigger.n"}},
            ask,
            {"id": "total", "kind": "set", "value": "=sum(line.n for line in steps.lines)"},
        ],
    }


async def samples_of(server: Server, data: Path, *, pause: float) -> list[Sample]:
    """Samples until canceled."""
    found: list[Sample] = []
    begun = time.perf_counter()
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            files = sum(file.stat().st_size for file in data.iterdir() if file.is_file()) / 2**20
            found.append(Sample(time.perf_counter() - begun, await asyncio.to_thread(server.memory_mb), files))
            row(f"{found[-1].seconds:.0f} s", f"{found[-1].memory:.1f}", f"{files:.1f}", "", widths=WIDTHS)
            await asyncio.sleep(pause)
    return found


def slope(samples: Sequence[Sample]) -> float:
    """MB a minute that memory grew over the second half, by least squares."""
    half = [each for each in samples if each.seconds >= samples[-1].seconds / 2]
    at = sum(each.seconds for each in half) / len(half)
    mean = sum(each.memory for each in half) / len(half)
    spread = sum((each.seconds - at) ** 2 for each in half)
    return 60 * sum((each.seconds - at) * (each.memory - mean) for each in half) / spread if spread else 0.0


async def soak(data: Path, options: argparse.Namespace) -> tuple[Seen, list[Sample]]:
    """The load, and the samples taken beside it."""
    async with echo() as port:
        with running(data) as server:
            server.call("POST", "/workspaces", {"slug": "bench", "name": "Bench"})
            path = hook_path(make_flow(server, "soak", definition(port)))
            load = Load("127.0.0.1", server.port, path, '{"n": 21}', 8, options.seconds, options.rate)
            sampling = asyncio.create_task(samples_of(server, data, pause=options.seconds / options.samples))
            seen = await in_own_process(load)
            sampling.cancel()
            return seen, await sampling


def main() -> int:
    """Prints the samples, then what they come to; 1 when memory grew by more than it may."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=600)
    asked.add_argument("--rate", type=float, default=50)
    asked.add_argument("--samples", type=int, default=60)
    options = asked.parse_args()
    print(describe(), f"; target answers {len(ANSWER)} bytes")
    row("time", "memory, MB", "files, MB", "", widths=WIDTHS)
    with tempfile.TemporaryDirectory() as folder:
        seen, samples = asyncio.run(soak(Path(folder), options))
    grown, runs = slope(samples), sum(seen.statuses.values())
    p50, p99 = percentile(seen.latencies, 0.5), percentile(seen.latencies, 0.99)
    kb = (samples[-1].files - samples[0].files) * 1024 / max(1, runs)
    print(f"{runs} runs, {seen.per_second:.1f} a second, answers {seen.statuses}, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    print(f"memory {grown:+.2f} MB a minute over the second half (at most {MOST_SLOPE}), files {kb:+.1f} KB a run")
    return 0 if grown < MOST_SLOPE and set(seen.statuses) == {"202"} else 1


if __name__ == "__main__":
    raise SystemExit(main())
