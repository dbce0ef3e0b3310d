"""The outbox of a cluster, on PostgreSQL: queued runs that belong to no batch, and the batches they are put into."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import Connection, CursorResult, TextClause, text

from flowslot.app.cluster import Batch, Load
from flowslot.base.ids import RunId, WorkspaceId
from flowslot.storage.database import Database


class SqlOutbox:
    """The Outbox port. A run is in the outbox from the commit that queued it to the one that puts it into a batch."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self, *, most: int) -> Load:
        with self._database.read() as connection:
            waiting: dict[WorkspaceId, list[RunId]] = defaultdict(list)
            for workspace, run in connection.execute(_WAITING, {"most": most}):
                waiting[WorkspaceId(workspace)].append(RunId(run))
            at_work = {WorkspaceId(place): count for place, count in connection.execute(_AT_WORK)}
            unclaimed: int = connection.execute(_UNCLAIMED).scalar_one()
        return Load(waiting, at_work, unclaimed)

    def give_out(self, batches: Sequence[Batch], enqueue: Callable[[object], None]) -> None:
        pairs = [(run, batch.id) for batch in batches for run in batch.runs]
        with self._database.write() as connection:
            given = {"runs": [run for run, _ in pairs], "batches": [batch for _, batch in pairs]}
            connection.execute(_GIVE_OUT, given)
            enqueue(connection)

    def runs_of(self, batch: str) -> Sequence[RunId]:
        with self._database.read() as connection:
            return [RunId(run) for (run,) in connection.execute(_RUNS_OF, {"batch": batch})]

    def open_batches(self) -> Collection[str]:
        with self._database.read() as connection:
            return [batch for (batch,) in connection.execute(_OPEN)]

    def put_back(self, batches: Collection[str]) -> int:
        return self._changed(_PUT_BACK, {"batches": list(batches)}) if batches else 0

    def put_back_of(self, owner: str) -> int:
        return self._changed(_PUT_BACK_OF, {"owner": owner})

    def adopt(self) -> int:
        return self._changed(_ADOPT, {})

    def canceled_of(self, owner: str) -> Sequence[RunId]:
        """Runs of a worker that were asked to end."""
        with self._database.read() as connection:
            return [RunId(run) for (run,) in connection.execute(_CANCELED_OF, {"owner": owner})]

    def _changed(self, statement: TextClause, given: Mapping[str, object]) -> int:
        with self._database.write() as connection:
            return _count(connection, statement, given)


def _count(connection: Connection, statement: TextClause, given: Mapping[str, object]) -> int:
    result = connection.execute(statement, given)
    assert isinstance(result, CursorResult)
    return result.rowcount


_IN_OUTBOX = "status = 'queued' AND owner IS NULL AND batch IS NULL"
"""As the index ix_run_outbox has it."""
_GOES_ON = "ended_at IS NULL AND status IN ('queued', 'running')"

_WAITING = text(
    f"""
    WITH RECURSIVE place AS (
        (SELECT workspace_id FROM run WHERE {_IN_OUTBOX} ORDER BY workspace_id LIMIT 1)
        UNION ALL
        SELECT (
            SELECT run.workspace_id FROM run
            WHERE {_IN_OUTBOX} AND run.workspace_id > place.workspace_id ORDER BY run.workspace_id LIMIT 1
        )
        FROM place WHERE place.workspace_id IS NOT NULL
    )
    SELECT place.workspace_id, oldest.id
    FROM place CROSS JOIN LATERAL (
        SELECT id FROM run WHERE {_IN_OUTBOX} AND run.workspace_id = place.workspace_id ORDER BY id LIMIT :most
    ) AS oldest
    """  # noqa: S608  # both parts are constants of this module
)
"""The oldest of each workspace, found by one step through the index for each; a plain GROUP BY reads the backlog."""
_AT_WORK = text("SELECT workspace_id, count(*) FROM run WHERE batch IS NOT NULL AND ended_at IS NULL GROUP BY 1")
_UNCLAIMED = text(
    "SELECT count(DISTINCT batch) FROM run WHERE batch IS NOT NULL AND ended_at IS NULL AND owner IS NULL"
)
_GIVE_OUT = text(
    """
    UPDATE run SET batch = given.batch
    FROM unnest(CAST(:runs AS text[]), CAST(:batches AS text[])) AS given (id, batch)
    WHERE run.id = given.id AND run.status = 'queued' AND run.owner IS NULL AND run.batch IS NULL
    """
)
_RUNS_OF = text(f"SELECT id FROM run WHERE batch = :batch AND {_GOES_ON} ORDER BY id")  # noqa: S608  # constants
_OPEN = text("SELECT DISTINCT batch FROM run WHERE batch IS NOT NULL AND ended_at IS NULL")
_FREE = "UPDATE run SET status = 'queued', owner = NULL, batch = NULL WHERE"
_PUT_BACK = text(f"{_FREE} batch = ANY(:batches) AND {_GOES_ON}")
_PUT_BACK_OF = text(f"{_FREE} owner = :owner AND batch IS NOT NULL AND {_GOES_ON}")
_ADOPT = text(
    "UPDATE run SET owner = NULL, status = CASE status WHEN 'running' THEN 'queued' ELSE status END "
    "WHERE ended_at IS NULL AND batch IS NULL AND owner IS NOT NULL"
)
_CANCELED_OF = text(
    "SELECT id FROM run WHERE batch IS NOT NULL AND ended_at IS NULL AND owner = :owner AND cancel_requested"
)
