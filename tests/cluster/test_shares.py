"""Who is next: no workspace keeps another waiting, however long its own line is."""

from __future__ import annotations

import pytest

from flowslot.app.cluster import Load
from flowslot.base.ids import RunId, WorkspaceId
from flowslot.engine.cluster.shares import BATCHES_AHEAD, MOST_OF_A_BATCH, batches_of, shared_out


def load(waiting: dict[str, int], at_work: dict[str, int] | None = None, *, unclaimed: int = 0) -> Load:
    runs = {WorkspaceId(ws): [RunId(f"{ws}{n}") for n in range(count)] for ws, count in waiting.items()}
    return Load(runs, {WorkspaceId(ws): count for ws, count in (at_work or {}).items()}, unclaimed)


def counted(runs: object) -> dict[str, int]:
    found: dict[str, int] = {}
    for run in runs:  # type: ignore[attr-defined]
        found[run[0]] = found.get(run[0], 0) + 1
    return found


CASES = {
    "one alone takes half, so that a newcomer finds a place": ({"a": 100}, {}, 0, {"a": 8}),
    "two share": ({"a": 100, "b": 100}, {}, 0, {"a": 5, "b": 5}),
    "a newcomer beside a full one": ({"a": 100, "b": 3}, {"a": 8}, 0, {"b": 3}),
    "no place, nothing": ({"a": 1}, {"a": 8, "b": 8}, 0, {}),
    "the least share is one": ({"a": 1}, dict.fromkeys("bcdefghijklmno", 1), 0, {"a": 1}),
    "a limit of one workspace": ({"a": 100, "b": 1}, {}, 2, {"a": 2, "b": 1}),
    "nothing waits": ({}, {"a": 3}, 0, {}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_workspace_gets_its_share_of_the_places(case: str) -> None:
    waiting, at_work, most_of_one, expected = CASES[case]
    assert counted(shared_out(load(waiting, at_work), places=16, most_of_one=most_of_one)) == expected


def test_workspaces_take_turns_and_the_oldest_of_each_goes_first() -> None:
    assert list(shared_out(load({"a": 3, "b": 2}), places=100)) == ["a0", "b0", "a1", "b1", "a2"]


def test_batches_are_few_and_none_is_large() -> None:
    runs = [RunId(f"r{n}") for n in range(1_000)]
    assert [len(each) for each in batches_of(runs[:3], workers=2, unclaimed=0)] == [3]
    assert [len(each) for each in batches_of(runs[:40], workers=2, unclaimed=0)] == [10, 10, 10, 10]
    many = batches_of(runs, workers=2, unclaimed=0)
    assert [len(each) for each in many] == [MOST_OF_A_BATCH] * BATCHES_AHEAD * 2
    assert batches_of(runs, workers=2, unclaimed=BATCHES_AHEAD * 2) == ()
    assert [each for part in batches_of(runs[:40], workers=2, unclaimed=5) for each in part] == runs[:40]
