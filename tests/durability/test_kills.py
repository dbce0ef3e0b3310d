"""Kill -9 of `flowslot serve` at random moments: what was accepted is one run, and no recorded effect is repeated.

pytest tests/durability/test_kills.py --trials 300 -s
"""

from __future__ import annotations

import asyncio
import math
from pathlib import Path

from killing import kill_again_and_again
from servers import show

from flowslot.base.settings import Settings

TRIALS = {"sqlite": 40, "postgresql": 10}
WITHIN = {"sqlite": 45.0, "postgresql": 15.0}
"""Seconds for as many of them as there is time for, unless a number is asked for."""


def test_what_was_accepted_is_one_run_each_and_recorded_effects_are_not_done_again(
    database_settings: Settings, tmp_path: Path, trials: int | None
) -> None:
    database = database_settings.database
    kind = "postgresql" if database else "sqlite"
    count, within = (trials, math.inf) if trials else (TRIALS[kind], WITHIN[kind])
    killing = kill_again_and_again(tmp_path / "server", trials=count, seed=1, database=database, within=within)
    report = asyncio.run(asyncio.wait_for(killing, 90 + 15 * count))
    show(report)
    assert report.violations == []
    assert len(report.ledger.accepted) > report.killed_working > 0
    assert report.ledger.recorded
