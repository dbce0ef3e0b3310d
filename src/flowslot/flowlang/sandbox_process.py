"""How a sandbox process is started: through a wrapper that takes away what the system lets it take away."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from shlex import join

MAX_ADDRESS_SPACE = 1_000_000
"""Kilobytes; the limit of the sandbox itself is far below."""
_NOBODY = 65534
_PROBE_SECONDS = 5.0


class WorkerProgram:
    """The program that pools start: a script of our own in a folder of our own, for as long as they run."""

    def __init__(self) -> None:
        self._making = threading.Lock()
        self._path: Path | None = None

    def path(self) -> str | None:
        """The path to start; None to start the sandbox as it is. Made again when somebody tidied it away."""
        script = confinement()
        if script is None:
            return None
        with self._making:
            if self._path is None:
                self._path = Path(tempfile.mkdtemp(prefix="flowslot-")) / "sandbox"
            if not self._path.exists():
                self._write(script)
            return str(self._path)

    def _write(self, script: str) -> None:
        assert self._path is not None
        folder = self._path.parent
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        if folder.stat().st_uid != os.geteuid() or folder.stat().st_mode & 0o077:
            raise RuntimeError(f"{folder} was taken by somebody else; start again")
        _write(self._path, script)

    def remove(self) -> None:
        with self._making:
            if self._path is not None:
                shutil.rmtree(self._path.parent, ignore_errors=True)
                self._path = None


@lru_cache(maxsize=1)
def confinement() -> str | None:
    """The strictest wrapper that works here, as the text of a shell script; None where there is none."""
    shell = shutil.which("sh")
    if os.name != "posix" or shell is None:
        return None
    binary = _binary()
    for means in _means():
        script = _script(shell, [*means, binary])
        if _works(script):
            return script
    return None


def _binary() -> str:
    from pydantic_monty._binary import find_monty_binary

    return find_monty_binary()


def _script(shell: str, command: list[str]) -> str:
    limits = ((f"-{letter}", value) for letter, value in (("c", 0), ("f", 0), ("n", 32), ("v", MAX_ADDRESS_SPACE)))
    lines = [f"ulimit {letter} {value} 2>/dev/null" for letter, value in limits]
    return "\n".join([f"#!{shell}", *lines, f'exec {join(command)} "$@"', ""])


def _means() -> Iterator[list[str]]:
    """Ways to start a program with less than we have, strictest first."""
    setpriv, unshare = shutil.which("setpriv"), shutil.which("unshare")
    no_more = [setpriv, "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"] if setpriv else []
    nobody = [f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    alone = ["--net", "--ipc", "--uts"]
    if os.geteuid() == 0 and setpriv:
        if unshare:
            yield [unshare, *alone, *no_more, *nobody]
        yield [*no_more, *nobody]
    elif setpriv:
        if unshare:
            yield [unshare, "--user", *alone, setpriv, "--no-new-privs"]
        yield [setpriv, "--no-new-privs"]
    yield []


def _works(script: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="flowslot-") as folder:
        path = Path(folder) / "sandbox"
        _write(path, script)
        with suppress(OSError, subprocess.SubprocessError):
            tried = subprocess.run(  # noqa: S603  # our own script, with a path we found
                [str(path), "--version"], env={}, capture_output=True, timeout=_PROBE_SECONDS, check=False
            )
            return tried.returncode == 0
    return False


def _write(path: Path, script: str) -> None:
    path.write_text(script)
    path.chmod(0o700)
