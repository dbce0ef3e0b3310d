"""Which version a run may be asked for, and what a rerun keeps: R1, R14, R20."""

from __future__ import annotations

from itertools import product

import pytest

from flowslot.base.ids import WorkspaceId
from flowslot.domain.flow import VersionKind
from flowslot.domain.starting import kept_paths, may_test, step_of_path, steps_before
from rules.nouns import ELSEWHERE, HOME, definition, step, version

TESTS = {
    (VersionKind.DRAFT, HOME, False): True,
    (VersionKind.DRAFT, HOME, True): True,
    (VersionKind.DRAFT, ELSEWHERE, False): False,
    (VersionKind.DRAFT, ELSEWHERE, True): False,
    (VersionKind.STAGED, HOME, False): True,
    (VersionKind.STAGED, HOME, True): True,
    (VersionKind.STAGED, ELSEWHERE, False): True,
    (VersionKind.STAGED, ELSEWHERE, True): True,
}
"""(kind, workspace it was saved in, set aside) → may be test-run at home."""


def test_the_table_of_test_runs_is_complete() -> None:
    """R1: every kind of version from every kind of workspace."""
    assert set(TESTS) == set(product(VersionKind, (HOME, ELSEWHERE), (False, True)))


def in_order(value: object) -> str:
    """The same name for the same set in every process."""
    return str(sorted(value)) if isinstance(value, set) else str(value)


@pytest.mark.parametrize(("case", "allowed"), TESTS.items(), ids=str)
def test_a_draft_is_test_run_only_in_its_own_workspace(
    case: tuple[VersionKind, WorkspaceId, bool], allowed: bool
) -> None:
    """R1: what was deployed once, anywhere."""
    kind, saved_in, discarded = case
    assert may_test(version(5, kind=kind, workspace=saved_in, discarded=discarded), HOME) is allowed


BEFORE = {"one": set(), "if": {"one"}, "two": {"one", "if"}, "three": {"one", "if", "two"}, "four": None}


@pytest.mark.parametrize(("name", "before"), BEFORE.items(), ids=in_order)
def test_a_rerun_from_a_step_keeps_what_stands_before_it(name: str, before: set[str] | None) -> None:
    """R14: those inside other steps included."""
    document = definition(step("one"), step("if", inside=[step("two")]), step("three"))
    assert steps_before(document, name) == before


PATHS = {"post": "post", "post#2": "post", "loop[3].post": "post", "loop[3].post#2": "post", "a[0].b[1].c:x": "c"}


@pytest.mark.parametrize(("path", "name"), PATHS.items())
def test_a_journal_path_names_its_step(path: str, name: str) -> None:
    """R14: whatever loop it stands in and however often it was tried."""
    assert step_of_path(path) == name
    assert kept_paths([path], frozenset({name})) == (path,)
    assert kept_paths([path], frozenset({"another"})) == ()


def test_a_call_is_kept_only_with_its_result() -> None:
    """R14: the called run of one without belongs to the first run, and would never tell another one."""
    paths = ["done#run", "done", "open#run", "loop[0].open#run"]
    assert kept_paths(paths, frozenset({"done", "open"})) == ("done#run", "done")
