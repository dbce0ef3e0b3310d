"""Kill -9 in the middle of retention: what is left is found by the next pass, and no run is half a run."""

from __future__ import annotations

import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from flowslot.app.retention import limits_of
from flowslot.base.settings import Settings
from flowslot.storage import tables
from flowslot.storage.database import open_database
from flowslot.storage.retention import SqlRetention

sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))

from test_retention import LIMITS, NOW, Past, kept, put

KILLS = 8
PRUNES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from flowslot.app.retention import limits_of
from flowslot.base.settings import Settings
from flowslot.storage.database import open_database
from flowslot.storage.pace import Pace
from flowslot.storage.retention import SqlRetention

data, database = sys.argv[1:]
opened = open_database(Settings(data=Path(data), database=database))
Pace._learn = lambda self, seconds: setattr(self, "budget", 20)
print("begins", flush=True)
for _ in SqlRetention(opened).steps(limits_of(Settings(), datetime(2026, 6, 1, 12, tzinfo=UTC))):
    print("step", flush=True)
"""


@pytest.mark.parametrize("seed", [1])
def test_no_run_is_left_half_removed(database_settings: Settings, seed: int) -> None:
    chance = random.Random(seed)
    with closing(open_database(database_settings)) as database:
        emptied = put(database, [Past(40, 40, entries=chance.randint(0, 60)) for _ in range(120)])
        gone = put(database, [Past(100, 100, entries=chance.randint(0, 60), registration="reg_2") for _ in range(120)])
        waiting = put(database, [Past(200, None, registration="reg_3"), Past(150, 149, parent=0, registration="reg_3")])
    steps = sum(_killed(database_settings, chance.randint(1, 25)) for _ in range(KILLS))
    assert steps > KILLS, "it was at work when it was killed"
    with closing(open_database(database_settings)) as database:
        retention = SqlRetention(database)
        for _ in range(2):
            list(retention.steps(LIMITS))
        assert kept(database) == dict.fromkeys(emptied, "emptied") | dict.fromkeys(waiting, "whole")
        with database.read() as connection:
            of_gone = select(func.count()).where(tables.journal.c.run_id.in_(gone))
            assert connection.execute(of_gone).scalar_one() == 0
            assert connection.execute(select(tables.pruning.c.run_id)).scalars().all() == sorted(waiting)
        assert limits_of(Settings(), NOW) == LIMITS


def _killed(settings: Settings, after: int) -> int:
    """Has a process work on retention, and kills it after so many steps; how many it took."""
    command = [sys.executable, "-c", PRUNES, str(settings.data), settings.database]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        taken = 0
        while taken < after and process.stdout.readline():
            taken += 1
        process.kill()
    return taken
