"""Running `flowslot` as a person does: as a process of its own, or quicker in this one."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from flowslot.base.json_text import Json, parse
from flowslot.cli.main import app

ROOT = Path(__file__).parents[2]
NOBODY = "http://127.0.0.1:9"
"""An address where no server listens."""
_NUMBERS = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Json:
        return parse(self.out)


COMPILED = Path(tempfile.gettempdir()) / "flowslot-tests-compiled"
"""Where modules are compiled to, once: commands start in a third of the time, whatever the environment says."""


def environment(**more: str) -> dict[str, str]:
    """The tests' environment without settings of a person's own server."""
    left_out = ("FLOWSLOT_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1", "PYTHONPYCACHEPREFIX": str(COMPILED), **more}


def flowslot(
    *arguments: str | Path, stdin: str = "", env: Mapping[str, str] | None = None, cwd: Path | None = None
) -> Ran:
    """Runs `flowslot` with these arguments as a process of its own."""
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


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the command line of one server, with a folder for files."""

    server: str
    token: str
    folder: Path

    def run(self, *arguments: object, stdin: str = "", **env: str) -> Ran:
        """Runs a command in this process, as it would run in one of its own."""
        signed_in = {"FLOWSLOT_SERVER": self.server, "FLOWSLOT_TOKEN": self.token, **env}
        done = CliRunner().invoke(app, [str(each) for each in arguments], input=stdin, env=signed_in)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Ran(done.exit_code, done.stdout, done.stderr)

    def does(self, *arguments: object, stdin: str = "", **env: str) -> Ran:
        """Runs a command that is expected to succeed."""
        ran = self.run(*arguments, stdin=stdin, **env)
        assert ran.status == 0, f"{arguments}: {ran.status}\n{ran.out}\n{ran.err}"
        return ran

    def asks(self, *arguments: object, stdin: str = "") -> Json:
        """The JSON that a command prints."""
        return self.does(*arguments, "--json", stdin=stdin).json

    def is_ready(self, *, seconds: float = 20) -> None:
        """Waits until the server takes new runs."""
        import httpx

        until = time.monotonic() + seconds
        while httpx.get(f"{self.server}/health/ready").status_code != 200:
            assert time.monotonic() < until, "the server does not get ready"
            time.sleep(0.02)  # between two looks; the condition has its limit

    def file(self, name: str, text: str) -> Path:
        """A file with this text in the person's folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def workspace(self) -> str:
        """A new workspace."""
        slug = f"ws-{next(_NUMBERS)}"
        self.does("workspace", "create", slug)
        return slug

    def flow(self, workspace: str, *texts: str) -> str:
        """A new flow whose versions, one a text, were each staged and promoted."""
        slug = f"flow-{next(_NUMBERS)}"
        self.does("flow", "create", slug, "-w", workspace)
        for text in texts:
            self.does("flow", "stage", slug, self.file("flow.yaml", text), "-w", workspace)
            self.does("flow", "promote", slug, "-w", workspace)
        return slug


def doubling(by: str = "2") -> str:
    """A definition that multiplies what it is given."""
    return f"""
flow: 1
trigger:
  kind: on_demand
  input: {{type: object, required: [number], properties: {{number: {{type: integer}}}}}}
steps:
  - id: done
    kind: stop
    status: success
    message: "{{{{ trigger.number }}}} times {by}"
    details: {{result: =trigger.number * {by}}}
"""
