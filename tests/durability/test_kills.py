"""Kill -9 of `flowslot serve` at random moments: what was accepted is one run each, and no recorded effect is done again.

    pytest tests/durability/test_kills.py --trials 300 -s
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from killing import kill_again_and_again

TRIALS = 40


def test_what_was_accepted_is_one_run_each_and_recorded_effects_are_not_done_again(
    tmp_path: Path, trials: int | None
) -> None:
    count = trials or TRIALS
    report = asyncio.run(asyncio.wait_for(kill_again_and_again(tmp_path, trials=count, seed=1), 90 + 15 * count))
    print(report)
    assert report.violations == []
    assert len(report.ledger.accepted) > count
    assert report.ledger.recorded
