"""The commands of a cluster: what does not fit is refused, and who does not need DBOS never loads it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "cli"))

from commands import environment, flowslot

from flowslot.base.errors import Unavailable
from flowslot.base.settings import Settings, settings_from
from flowslot.wiring import cluster

ANY = "postgresql://nobody@127.0.0.1:9/nothing"


@pytest.mark.parametrize("command", [["serve", "--engine", "dbos", "--port", "0"], ["worker"]])
def test_a_cluster_on_sqlite_is_refused(command: list[str], tmp_path: Path) -> None:
    ran = flowslot(*command, "--data", tmp_path / "data")
    assert ran.status == 1
    assert "needs PostgreSQL" in ran.err
    assert "--database postgresql://" in ran.err


def test_a_missing_extra_is_said_with_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "find_spec", lambda _: None)
    with pytest.raises(Unavailable, match=r"pip install 'flowslot\[cluster\]'"):
        cluster.refuse_unfit(Settings(database=ANY, engine="dbos"))


def test_the_engine_is_a_setting() -> None:
    assert settings_from({}).engine == "embedded"
    assert settings_from({"FLOWSLOT_ENGINE": "dbos"}).engine == "dbos"
    with pytest.raises(ValueError, match="engine is embedded or dbos"):
        settings_from({"FLOWSLOT_ENGINE": "celery"})


_LOADED = """
import sys
import flowslot.wiring.serving, flowslot.wiring.cluster, flowslot.engine.cluster.process
import flowslot.engine.cluster.dbos_batches, flowslot.storage.notify, flowslot.storage.crew, flowslot.storage.outbox
print(sorted(name for name in sys.modules if name.split(".")[0] == "dbos"))
"""


def test_no_server_loads_dbos() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], env=environment(), capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
