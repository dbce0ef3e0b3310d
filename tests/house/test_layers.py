"""The import directions hold, and the check bites: planted wrong imports are caught."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PLANTED = {
    "domain/slots.py": "import flowslot.storage",
    "base/ids.py": "import flowslot.domain.flow",
    "app/ports.py": "import flowslot.flowlang.kinds",
    "storage/tables.py": "import flowslot.engine",
    "steps/registry.py": "import flowslot.net",
    "api/app.py": "import flowslot.storage.database",
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder / "src")}, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_imports_point_one_way(copy: Path) -> None:
    seen = lint(copy)
    assert seen.returncode == 0, seen.stdout


@pytest.mark.parametrize("file", sorted(PLANTED))
def test_a_wrong_import_is_caught(copy: Path, file: str) -> None:
    path = copy / "src" / "flowslot" / file
    path.write_text(path.read_text() + "\n" + PLANTED[file] + "\n")
    assert lint(copy).returncode != 0


def test_a_new_package_must_be_placed_in_the_layers(copy: Path) -> None:
    (copy / "src" / "flowslot" / "helpers").mkdir()
    (copy / "src" / "flowslot" / "helpers" / "__init__.py").touch()
    assert lint(copy).returncode != 0
