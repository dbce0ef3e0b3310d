"""What the operating system says of this process: memory, CPU, open files. Linux; elsewhere less."""

from __future__ import annotations

import os
import resource
from pathlib import Path

from flowslot.base.metrics import Family, Sample, gauge

_PROC = Path("/proc/self")


def process_families() -> list[Family]:
    """The figures that every Prometheus client shows, under their usual names."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = Family(
        "process_cpu_seconds_total",
        "counter",
        "User and system CPU time of this process, its sandboxes not included.",
        [Sample((), usage.ru_utime + usage.ru_stime)],
    )
    return [
        cpu,
        gauge("process_resident_memory_bytes", "Resident memory of this process, its sandboxes not included.", _rss()),
        gauge("process_open_fds", "Open file descriptors.", _open_files()),
        gauge("process_start_time_seconds", "When the process started, since 1970.", _started()),
    ]


def _rss() -> float | None:
    try:
        pages = int((_PROC / "statm").read_text().split()[1])
    except (OSError, ValueError):
        return None
    return float(pages * os.sysconf("SC_PAGE_SIZE"))


def _open_files() -> float | None:
    try:
        return float(len(os.listdir(_PROC / "fd")))
    except OSError:
        return None


def _started() -> float | None:
    try:
        ticks = int((_PROC / "stat").read_text().rpartition(")")[2].split()[19])
        boot = next(line for line in Path("/proc/stat").read_text().splitlines() if line.startswith("btime "))
    except (OSError, ValueError, IndexError, StopIteration):
        return None
    return float(boot.split()[1]) + ticks / os.sysconf("SC_CLK_TCK")
