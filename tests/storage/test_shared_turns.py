"""Turns between processes that share a file: one at a time, and whoever waits is next."""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

from flowslot.storage.shared_turns import SharedTurns

PROGRAM = """
import sys, time
from pathlib import Path
from flowslot.storage.shared_turns import SharedTurns
file, name = Path(sys.argv[1]), sys.argv[2]
turns, state, order = SharedTurns(file), file.with_suffix(".state"), file.with_suffix(".order")
print("ready", flush=True)
sys.stdin.readline()
for _ in range(300):
    with turns:
        assert state.read_text() == "free", "two at once"
        state.write_text("taken")
        time.sleep(0.001)
        with order.open("a") as log:
            log.write(name)
        state.write_text("free")
"""


def started(database: Path, name: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(database), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_processes_that_write_all_the_time_take_turns_one_at_a_time(tmp_path: Path) -> None:
    database = tmp_path / "flowslot.db"
    database.with_suffix(".state").write_text("free")
    both = [started(database, name) for name in "ab"]
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in both:
        process.communicate(timeout=60)
    assert [process.returncode for process in both] == [0, 0]
    order = database.with_suffix(".order").read_text()
    together = order[max(order.index("a"), order.index("b")) : min(order.rindex("a"), order.rindex("b"))]
    handed_on = sum(one != next_one for one, next_one in itertools.pairwise(together))
    assert handed_on > 0.5 * len(together) > 50  # nearly each time; a lock that is not fair stays where it is


def test_the_turn_of_a_process_that_dies_is_free(tmp_path: Path) -> None:
    database = tmp_path / "flowslot.db"
    program = (
        "import sys; from pathlib import Path; from flowslot.storage.shared_turns import SharedTurns;"
        "SharedTurns(Path(sys.argv[1])).__enter__(); print('taken', flush=True); sys.stdin.readline()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "taken\n"
    holder.kill()
    holder.communicate(timeout=60)
    turns = SharedTurns(database)
    with turns:
        pass
    turns.close()
