"""The commands of docs/tutorial.md, run in order against a server of their own; what it says they print, they print."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from commands import ROOT, environment

PAGE = ROOT / "docs" / "tutorial.md"
FENCE = re.compile(r"^```(\w+) ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "@@@ block"


@dataclass(frozen=True, slots=True)
class Block:
    """Commands of the page, and the output it shows for them."""

    commands: str
    refused: bool
    shows: str


def blocks() -> list[Block]:
    fences = [match.groups() for match in FENCE.finditer(PAGE.read_text(encoding="utf-8"))]
    found = []
    for (language, kind, text), after in zip(fences, [*fences[1:], ("", "", "")], strict=True):
        if language == "sh" and kind != "server":
            found.append(Block(text, kind == "refused", after[2] if after[0] == "text" else ""))
    return found


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[dict[str, str]]:
    """An environment in which `flowslot` is ours and SETUP_TOKEN and SERVER are those of a new server."""
    tools = tmp_path / "bin"
    tools.mkdir()
    command = tools / "flowslot"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m flowslot.cli "$@"\n')
    command.chmod(0o755)
    env = environment()
    env["PATH"] = f"{tools}:{env['PATH']}"
    serve = [command, "serve", "--data", "tutorial-data", "--port", "0"]
    with subprocess.Popen(
        serve, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    ) as server:
        try:
            assert server.stdout is not None
            said = "".join(iter(server.stdout.readline, "")) if server.poll() else ""
            while "flowslot setup" not in said:
                line = server.stdout.readline()
                assert line, said
                said += line
            yield {**env, "SAID": said}
        finally:
            server.terminate()
            server.wait(30)


def test_the_tutorial_does_what_it_says(shell: dict[str, str], tmp_path: Path) -> None:
    said = re.search(r"listens at (\S+)\n.*(fs_setup_\w+)", shell.pop("SAID"), re.DOTALL)
    assert said is not None
    script = "\n".join(f"echo '{MARK}'\n{'set +e' if each.refused else 'set -e'}\n{each.commands}" for each in blocks())
    script = script.replace("SETUP_TOKEN", said.group(2))
    done = subprocess.run(
        ["bash", "-c", f"export FLOWSLOT_SERVER={said.group(1)}\n{script}"],
        cwd=tmp_path,
        env=shell,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    outputs = done.stdout.split(f"{MARK}\n")[1:]
    for block, output in zip(blocks(), outputs, strict=True):
        assert missing(block.shows, output) == [], f"{block.commands}\nprinted\n{output}"


def missing(shows: str, output: str) -> list[str]:
    """The lines that the page shows and the output does not have; … stands for anything, spaces for any."""
    return [line for line in shows.splitlines() if line.strip(" …") and not pattern_of(line).search(output)]


def pattern_of(line: str) -> re.Pattern[str]:
    parts = [r"\s+".join(map(re.escape, part.split())) for part in line.split("…")]
    return re.compile(r"[^\n]*".join(parts))


def test_the_check_of_outputs_bites() -> None:
    assert missing("a … c\n", "a b  c\n") == []
    assert missing("a … c\n", "a\nc\n") == ["a … c"]
    assert missing("x\n", "a\n") == ["x"]
