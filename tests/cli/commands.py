"""Running `flowslot` as a person does: a process of its own, its status and what it printed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flowslot.base.json_text import Json, parse

ROOT = Path(__file__).parents[2]
NOBODY = "http://127.0.0.1:9"
"""An address where no server listens."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Json:
        return parse(self.out)


def environment(**more: str) -> dict[str, str]:
    """The tests' environment without settings of a person's own server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLOWSLOT_")}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", **more}


def flowslot(
    *arguments: str | Path, stdin: str = "", env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Ran:
    """Runs `flowslot` with these arguments."""
    done = subprocess.run(
        [sys.executable, "-m", "flowslot.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(**(env or {})),
        cwd=cwd,
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
