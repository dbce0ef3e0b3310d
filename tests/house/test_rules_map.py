"""Each rule R1–R20 has a row in docs/rules.md that names its functions and its tests, and they are there."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = [f"R{number}" for number in range(1, 21)]
ROW = re.compile(r"^\| (?P<no>R\d+) \| (?P<rule>[^|]+) \| (?P<domain>[^|]*) \| (?P<app>[^|]*) \| (?P<tests>[^|]*) \|$")


def rows_of(text: str) -> dict[str, dict[str, str]]:
    """The rows of the table by rule."""
    found = [match.groupdict() for line in text.splitlines() if (match := ROW.match(line))]
    return {row["no"]: row for row in found}


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def rules_named(text: str) -> set[str]:
    return set(re.findall(r"\bR\d+\b", text))


@cache
def rules_by_test(path: Path) -> dict[str, set[str]]:
    """The tests of a file with the rules that each one's docstring names, or the file's where it names none."""
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    of_file = rules_named(ast.get_docstring(tree) or "")
    tests = [each for each in functions if each.name.startswith("test_")]
    return {each.name: rules_named(ast.get_docstring(each) or "") or of_file for each in tests}


def missing_from(package: str, names: list[str]) -> Iterator[str]:
    """Those names that no module of the package has."""
    for name in names:
        module, *parts = name.split(".")
        found: object = importlib.import_module(f"flowslot.{package}.{module}")
        for part in parts:
            if not hasattr(found, part):
                yield name
                break
            found = getattr(found, part)


def wrong_tests(rule: str, names: list[str]) -> Iterator[str]:
    """Those tests that are not there, or do not name the rule."""
    for name in names:
        file, _, function = name.partition("::")
        path = ROOT / "tests" / file
        if not path.exists() or rule not in rules_by_test(path).get(function, ()):
            yield name


TABLE = rows_of((ROOT / "docs" / "rules.md").read_text())


def test_every_rule_has_a_row() -> None:
    assert list(TABLE) == RULES


@pytest.mark.parametrize("rule", RULES)
def test_what_a_row_names_is_there(rule: str) -> None:
    row = TABLE[rule]
    assert list(missing_from("domain", names_in(row["domain"]))) == []
    assert list(missing_from("app", names_in(row["app"]))) == []
    assert names_in(row["app"])


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_a_test_that_names_it(rule: str) -> None:
    named = names_in(TABLE[rule]["tests"])
    assert named
    assert list(wrong_tests(rule, named)) == []


def test_no_test_names_a_rule_that_is_none() -> None:
    for path in (ROOT / "tests").rglob("test_*.py"):
        for name, rules in rules_by_test(path).items():
            assert rules <= set(RULES), f"{path.name}::{name}"


def test_the_map_bites() -> None:
    """A row left out, a function renamed, a test that is gone or does not name its rule: each is seen."""
    assert "R4" not in rows_of("| R4 | a row that lacks its cells |")
    assert list(missing_from("domain", ["promotion.why_not", "promotion.promoted"])) == ["promotion.why_not"]
    there = "rules/test_naming.py::test_what_is_not_given_is_not_wrong"
    assert list(wrong_tests("R4", [there, "rules/gone.py::test_gone"])) == [there, "rules/gone.py::test_gone"]
