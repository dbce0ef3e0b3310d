"""flowslot demo --cluster: the story is true on two API processes and three workers, although one of them is killed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))

from commands import flowslot


def test_every_statement_of_the_story_is_true_although_a_worker_is_killed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ran = flowslot("demo", "--cluster", "--once", "--data", data)
    assert ran.status == 0, f"{ran.out}\n{ran.err}"
    assert re.search(r"All \d\d statements were verified\.", ran.out)
    assert "two are left" in ran.out
    told = (data / "demo-worker.log").read_text()
    assert (told.count('"worker.started"'), told.count('"worker.stopped"')) == (3, 2), "one was killed in its work"
    left = subprocess.run(["pgrep", "-f", str(data)], capture_output=True, text=True, check=False)
    assert left.stdout == "", "a process was left"
