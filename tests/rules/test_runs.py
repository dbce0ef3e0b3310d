"""The states of a run and the moves between them: R14."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from itertools import product

import pytest

from flowslot.domain.runs import ENDED, MOVES, Run, RunStatus, may_move

Q, R, S = RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.SUSPENDED
ALLOWED = {(Q, R), (Q, S), (R, Q), (R, S), (S, Q), (S, R), *product((Q, R, S), ENDED)}
"""Everything else is refused."""


def test_every_state_has_its_moves() -> None:
    """R14: the table knows each state."""
    assert set(MOVES) == set(RunStatus)
    assert set(RunStatus) - ENDED == {Q, R, S}


@pytest.mark.parametrize(
    ("before", "after"),
    list(product(RunStatus, RunStatus)),
    ids=lambda status: status.value,
)
def test_a_run_moves_only_as_the_table_says(before: RunStatus, after: RunStatus) -> None:
    """R14: ended is ended, and every open run can end."""
    assert may_move(before, after) is ((before, after) in ALLOWED)


def test_a_run_cannot_be_given_another_version() -> None:
    """R14: what it was accepted with is fixed."""
    assert {"version", "hash", "slot", "registration"} <= {each.name for each in fields(Run)}
    run = Run.__new__(Run)
    with pytest.raises(FrozenInstanceError):
        run.version = 8  # type: ignore[misc]
