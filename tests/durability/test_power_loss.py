"""Power fails under load: what was answered is on the disk, whatever became of what was not synced (SQLite).

pytest tests/durability/test_power_loss.py --trials 100 -s
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from killing import Report, kill_again_and_again
from servers import show

TRIALS = 8


def test_what_was_answered_survives_a_loss_of_power(tmp_path: Path, trials: int | None) -> None:
    report = _power_fails(tmp_path, trials=trials or TRIALS)
    show(report, f"{report.lost_writes} writes were lost")
    assert report.violations == []
    assert len(report.ledger.accepted) > (trials or TRIALS)


def test_commits_that_are_not_synced_are_found(tmp_path: Path) -> None:
    report = _power_fails(tmp_path, trials=4, plant="no_fsync")
    assert any("was accepted as" in each for each in report.violations)


def _power_fails(folder: Path, *, trials: int, plant: str = "sound") -> Report:
    killing = kill_again_and_again(folder, trials=trials, seed=1, plant=plant, seconds=20, power=True)
    return asyncio.run(asyncio.wait_for(killing, 90 + 15 * trials))
