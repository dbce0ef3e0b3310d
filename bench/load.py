"""Senders: N keep-alive connections over plain sockets, in a process of their own, so that the client costs little."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """What to send and how long."""

    host: str
    port: int
    path: str
    body: str
    connections: int
    seconds: float
    rate: float
    """Requests a second in all; 0 sends as fast as answers come."""


@dataclass(frozen=True)
class Seen:
    """What came back: answers a second, latencies in ms, answers by status."""

    per_second: float
    latencies: list[float]
    statuses: dict[str, int]


async def run(load: Load) -> Seen:
    """Sends until the time is up and reports."""
    latencies: list[float] = []
    statuses: dict[str, int] = {}
    begun = time.perf_counter()
    await asyncio.gather(*(_sender(load, number, latencies, statuses) for number in range(load.connections)))
    return Seen(len(latencies) / (time.perf_counter() - begun), latencies, statuses)


async def _sender(load: Load, number: int, latencies: list[float], statuses: dict[str, int]) -> None:
    reader, writer = await asyncio.open_connection(load.host, load.port)
    body = load.body.encode()
    request = (
        f"POST {load.path} HTTP/1.1\r\nHost: {load.host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    gap = load.connections / load.rate if load.rate else 0.0
    due = time.perf_counter() + gap * number / load.connections
    end = time.perf_counter() + load.seconds
    while (now := time.perf_counter()) < end:
        if gap and now < due:
            await asyncio.sleep(due - now)
        due += gap
        sent = time.perf_counter()
        writer.write(request)
        status = await _answer(reader)
        latencies.append((time.perf_counter() - sent) * 1000)
        statuses[status] = statuses.get(status, 0) + 1
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> str:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    await reader.readexactly(length)
    return head[9:12].decode()


async def in_own_process(load: Load) -> Seen:
    """Runs the senders in a process of their own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.load", json.dumps(vars(load)), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    return Seen(**json.loads(out))


if __name__ == "__main__":
    print(json.dumps(vars(asyncio.run(run(Load(**json.loads(sys.argv[1])))))))
