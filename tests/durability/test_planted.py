"""The crash tests are worth something: each finds the fault that is planted in a server for it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from killing import kill_again_and_again
from planted import PLANTS

FOUND_BY = {
    "accepted_before_durable": "was accepted as",
    "record_lost": "the run had gone on from it",
    "recovery_skips": "ended as",
    "effects_done_again": "was on record and was done again",
}
"""Plant → what the crash tests say of it."""
ELSEWHERE = {"pointer_cache", "no_fsync"}
"""Plants that other tests of the tests use."""
ROUNDS = 5
TRIALS = 6


@pytest.mark.parametrize("plant", FOUND_BY)
def test_a_planted_fault_is_found(tmp_path: Path, plant: str) -> None:
    for round_ in range(ROUNDS):  # whether a kill meets the fault is a matter of chance
        folder = tmp_path / str(round_)
        folder.mkdir()
        killing = kill_again_and_again(folder, trials=TRIALS, seed=round_, plant=plant, seconds=5)
        report = asyncio.run(asyncio.wait_for(killing, 120))
        if any(FOUND_BY[plant] in each for each in report.violations):
            return
    pytest.fail(f"{plant} was not found in {ROUNDS * TRIALS} kills")


def test_every_plant_has_its_test() -> None:
    assert FOUND_BY.keys() | ELSEWHERE == PLANTS.keys()
