"""Files and functions stay short (CONVENTIONS.md)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for path in (ROOT / "src").rglob("*.py") if "versions" not in path.parts)
"""Without the migrations: each is a list of tables, and never edited again."""
TESTS = sorted((ROOT / "tests").rglob("*.py"))

PAGE = sorted(
    path for path in (ROOT / "web/src").rglob("*") if path.suffix in (".ts", ".tsx") and path.name != "schema.d.ts"
)

LONG_FILES: dict[str, int] = {}
"""Files that are one table or one contract. This list only gets shorter."""


def functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text())
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [(node.name, (node.end_lineno or node.lineno) - node.body[0].lineno + 1) for node in found]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_code_file_is_short(path: Path) -> None:
    allowed = LONG_FILES.get(str(path.relative_to(ROOT)), 300)
    assert len(path.read_text().splitlines()) <= allowed


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_test_file_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", PAGE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_of_the_page_is_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 250


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_function_is_longer_than_forty_lines(path: Path) -> None:
    assert [each for each in functions(path) if each[1] > 40] == []


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_says_what_it_holds(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text)), "the first line says what is found here"
