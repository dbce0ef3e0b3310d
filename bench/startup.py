"""From `flowslot serve` to the first accepted webhook, and the memory of all processes at rest."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import signal
import statistics
import tempfile
import time
from pathlib import Path

from bench.machine import describe, row
from bench.server import Server, free_port, hook_path, make_flow, running, start

WIDTHS = (24, 14, 14, 16)
DEFINITION = {
    "flow": 1,
    "trigger": {"kind": "webhook", "auth": "none"},
    "steps": [{"id": "twice", "kind": "set", "value": "=trigger.n * 2"}],
}


def first_webhook(data: Path, path: str) -> tuple[float, float]:
    """Seconds from the command to the first 202, and MB at rest three seconds later."""
    port = free_port()
    begun = time.perf_counter()
    process = start(data, port=port)
    try:
        while not accepted(port, path):
            time.sleep(0.005)
            if time.perf_counter() - begun > 60:
                raise TimeoutError("no webhook was accepted in a minute")
        took = time.perf_counter() - begun
        time.sleep(3)
        return took, Server(port, process.pid).memory_mb()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def accepted(port: int, path: str) -> bool:
    """Whether a webhook is accepted now."""
    with contextlib.suppress(OSError):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("POST", path, '{"n": 21}', {"Content-Type": "application/json"})
        return connection.getresponse().status == 202
    return False


def main() -> None:
    """Prints a row for each number of flows."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--flows", type=int, nargs="+", default=[1, 1000])
    options = asked.parse_args()
    print(describe())
    row("webhook flows", "first 202, s", "slowest, s", "memory, MB", widths=WIDTHS)
    for count in options.flows:
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder)
            with running(data) as server:
                server.call("POST", "/workspaces", {"slug": "bench", "name": "Bench"})
                made = [make_flow(server, f"flow-{n}", DEFINITION) for n in range(count)]
            seen = [first_webhook(data, hook_path(made[-1])) for _ in range(options.rounds)]
        seconds = [took for took, _ in seen]
        memory = statistics.median(megabytes for _, megabytes in seen)
        row(count, f"{statistics.median(seconds):.2f}", f"{max(seconds):.2f}", f"{memory:.0f}", widths=WIDTHS)


if __name__ == "__main__":
    main()
