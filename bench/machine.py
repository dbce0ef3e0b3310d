"""What the figures were measured on, and how they are printed."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path


def describe() -> str:
    """One line: cores, processor, Python, and what one durable commit costs here."""
    return (
        f"{os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, one fsync {fsync_ms():.2f} ms, load {os.getloadavg()[0]:.1f}"
    )


def fsync_ms() -> float:
    """Median time of writing 4 KB and fsync, in ms, in the folder that the data goes to."""
    with tempfile.TemporaryDirectory() as folder:
        handle = os.open(Path(folder) / "probe", os.O_CREAT | os.O_WRONLY)
        took = []
        for _ in range(50):
            begun = time.perf_counter()
            os.write(handle, b"x" * 4096)
            os.fsync(handle)
            took.append(time.perf_counter() - begun)
        os.close(handle)
    return statistics.median(took) * 1000


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def row(*cells: object, widths: Sequence[int]) -> None:
    """Prints one line of a table."""
    print("  ".join(f"{cell!s:<{width}}" for cell, width in zip(cells, widths, strict=True)))
    sys.stdout.flush()


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown processor"
