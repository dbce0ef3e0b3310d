"""What the cluster counts on in DBOS 3.4.0: a new version must keep it, or these tests say what it broke."""

from __future__ import annotations

import asyncio
import base64
import pickle
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from databases import Postgres
from flowslot.engine.cluster.dbos_batches import QUEUE, VERSION, WORKFLOW, DbosBatches, PickleBlocked
from flowslot.storage.database import Database, open_database

ROOT = Path(__file__).parents[2]


@dataclass
class Working:
    """A worker that only notes which batches it was given; one named `slow…` takes until it is let go."""

    database: Database
    batches: DbosBatches
    seen: list[str] = field(default_factory=list)
    held: bool = True

    async def work(self, batch: str) -> None:
        self.seen.append(batch)
        while batch.startswith("slow") and self.held:
            await asyncio.sleep(0.01)

    def enqueue(self, *batches: str) -> None:
        with self.database.write() as connection:
            self.batches.enqueue(batches, transaction=connection)

    def sql(self, statement: str, *values: object) -> list[Any]:
        with self.database.write() as connection:
            result = connection.exec_driver_sql(statement, values)
            return list(result.all()) if result.returns_rows else []

    def until(self, condition: Any, *, seconds: float = 15.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.seen
            time.sleep(0.01)  # between two looks; the condition has its limit


@pytest.fixture(scope="module")
def working(postgres: Postgres) -> Iterator[Working]:
    """One executor for all tests: DBOS allows one in a process."""
    settings = postgres.fresh()
    database = open_database(settings)
    address = database.backend.engine.url.render_as_string(hide_password=False)
    it = Working(database, DbosBatches(address, "w1"))
    it.batches.start(it.work)
    try:
        yield it
    finally:
        it.held = False
        it.batches.stop(grace=1.0)
        database.close()
        postgres.drop(settings)


def test_the_version_is_pinned_exactly() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert extras["cluster"] == [f"dbos=={version('dbos')}"]


def test_the_private_names_are_there() -> None:
    from dbos import DBOS
    from dbos._serialization import DBOSPortableJSONSerializer, DefaultSerializer

    assert callable(DBOS._recover_pending_workflows)
    assert DBOSPortableJSONSerializer().name() == "portable_json"
    assert {"serialize", "deserialize"} <= vars(DefaultSerializer).keys()


def test_a_batch_is_enqueued_with_the_transaction_or_not_at_all(working: Working) -> None:
    def enqueue_and_fail() -> None:
        with working.database.write() as connection:
            working.batches.enqueue(["never"], transaction=connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        enqueue_and_fail()
    working.enqueue("once")
    working.until(lambda: "once" in working.seen)
    assert "never" not in working.seen
    assert working.sql("SELECT count(*) FROM dbos.workflow_status WHERE workflow_uuid = 'never'") == [(0,)]


def test_a_batch_that_is_enqueued_again_is_worked_on_once(working: Working) -> None:
    working.enqueue("twice")
    working.enqueue("twice")
    working.until(lambda: not working.batches.unfinished(["twice"]))
    working.enqueue("twice", "after")
    working.until(lambda: not working.batches.unfinished(["twice", "after"]))
    assert working.seen.count("twice") == 1


def test_what_a_dead_executor_had_is_worked_on_by_a_living_one(working: Working) -> None:
    working.enqueue("slow_1")
    working.until(lambda: "slow_1" in working.seen)
    assert list(working.batches.unfinished(["slow_1", "unknown"])) == ["slow_1"]
    assert working.batches.take_over(["w9"]) == 0
    working.sql("UPDATE dbos.workflow_status SET executor_id = 'w9' WHERE workflow_uuid = 'slow_1'")
    assert working.batches.take_over(["w9"]) == 1
    assert working.batches.take_over(["w9"]) == 0
    working.until(lambda: working.seen.count("slow_1") == 2)
    working.held = False
    working.until(lambda: not working.batches.unfinished(["slow_1"]))
    working.held = True


def test_a_row_that_asks_for_pickle_is_refused_and_the_worker_goes_on(working: Working, tmp_path: Path) -> None:
    trace = tmp_path / "executed"
    evil = base64.b64encode(pickle.dumps({"args": (_Evil(str(trace)),), "kwargs": {}})).decode()
    with working.database.write() as connection:
        working.batches.enqueue(["evil"], transaction=connection)
        found = connection.exec_driver_sql(
            "UPDATE dbos.workflow_status SET serialization = 'py_pickle' WHERE workflow_uuid = 'evil'"
        )
        assert found.rowcount == 1
        connection.exec_driver_sql("UPDATE dbos.workflow_input SET inputs = %s WHERE workflow_uuid = 'evil'", (evil,))
    working.until(lambda: not working.batches.unfinished(["evil"]))
    assert not trace.exists()
    assert "evil" not in working.seen
    working.enqueue("good")
    working.until(lambda: "good" in working.seen)


class _Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return (open, (self._path, "w"))


def test_nothing_is_unpickled(working: Working) -> None:
    from dbos._serialization import DefaultSerializer

    with pytest.raises(PickleBlocked):
        DefaultSerializer().deserialize("gASVBQ==")


def test_finished_batches_are_forgotten(working: Working) -> None:
    working.enqueue("done")
    working.until(lambda: "done" in working.seen and not working.batches.unfinished(["done"]))
    working.batches.clean()
    statuses = working.sql("SELECT count(*) FROM dbos.workflow_status WHERE status NOT IN ('ENQUEUED', 'PENDING')")
    assert statuses == [(0,)]


def test_rows_are_as_the_sweep_and_the_take_over_read_them(working: Working) -> None:
    working.enqueue("slow_2")
    working.until(lambda: "slow_2" in working.seen)
    columns = "status, queue_name, name, application_version, executor_id, serialization, owner_xid IS NOT NULL"
    seen = working.sql(f"SELECT {columns} FROM dbos.workflow_status WHERE workflow_uuid = 'slow_2'")
    assert [tuple(row) for row in seen] == [("PENDING", QUEUE, WORKFLOW, VERSION, "w1", "portable_json", True)]
    working.held = False
    working.until(lambda: not working.batches.unfinished(["slow_2"]))
