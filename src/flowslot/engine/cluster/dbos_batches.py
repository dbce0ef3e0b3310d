"""Batches in the hands of DBOS Transact: each is one workflow on one queue (the Batches port).

dbos is imported only when a worker starts. What its open-source part leaves to us stands here and is held by tests: one
constant application version, portable JSON with pickle blocked, a bound on what a worker takes, quick polling, and
recovery for executors that are no more.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from flowslot.app.cluster import Work
from flowslot.base.log import get_log

if TYPE_CHECKING:
    from dbos import DBOSClient

QUEUE = "flowslot"
WORKFLOW = "flowslot.batch"
APPLICATION = "flowslot"
VERSION = "1"
"""Constant: by default DBOS strands what another version of the code had begun, and flows are data, not code."""
POLLING = 0.1
"""Seconds between two looks at the queue. A look costs 3 to 4 ms of CPU."""
MOST_AT_ONCE = 256
"""Batches that one worker takes; without a bound the first to look would take them all."""
ATTEMPTS = 1_000_000
"""A batch whose worker dies is taken up again, however often; DBOS's own limit would leave its runs to the sweep."""
THREADS = 16

log = get_log("cluster")


class DbosBatches:
    """One DBOS executor: this process. DBOS allows one of them in a process."""

    def __init__(self, address: str, executor: str) -> None:
        """`address` is the database's, as SQLAlchemy takes it; `executor` must be new with each start."""
        self._address = address
        self._executor = executor
        self._client: DBOSClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, work: Work) -> None:
        from dbos import DBOS

        _block_pickle()
        DBOS(config=self._configuration())

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=ATTEMPTS)
        async def batch(which: str) -> None:
            await work(which)

        DBOS.launch()
        DBOS.register_queue(
            QUEUE, worker_concurrency=MOST_AT_ONCE, polling_interval_sec=POLLING, on_conflict="always_update"
        )

    def enqueue(self, batches: Sequence[str], *, transaction: object) -> None:
        client, connection = self._made_client(), transaction
        for which in batches:
            client.enqueue_in_transaction(
                connection,  # type: ignore[arg-type]  # SQLAlchemy's, as the outbox opened it; the port names no library
                {"workflow_name": WORKFLOW, "queue_name": QUEUE, "workflow_id": which, "app_version": VERSION},
                which,
            )

    def unfinished(self, batches: Collection[str]) -> Collection[str]:
        from dbos import DBOS

        found = DBOS.list_workflows(
            workflow_ids=list(batches),
            status=["ENQUEUED", "PENDING", "DELAYED"],
            load_input=False,
            load_output=False,
        )
        return {each.workflow_id for each in found}

    def take_over(self, dead: Sequence[str]) -> int:
        from dbos import DBOS

        return len(DBOS._recover_pending_workflows(list(dead))) if dead else 0  # its public way is a paid service

    def clean(self) -> None:
        from dbos import DBOS

        while done := DBOS.list_workflows(
            status=["SUCCESS", "ERROR", "CANCELLED"], limit=_AT_ONCE, load_input=False, load_output=False
        ):
            DBOS.delete_workflows([each.workflow_id for each in done])
            if len(done) < _AT_ONCE:
                return

    def stop(self, *, grace: float) -> None:
        from dbos import DBOS

        DBOS.destroy(workflow_completion_timeout_sec=int(grace))
        if self._client is not None:
            self._client.destroy()

    def _made_client(self) -> DBOSClient:
        if self._client is None:
            from dbos import DBOSClient

            self._client = DBOSClient(
                system_database_url=self._address,
                serializer=_portable_json(),
                application_name=APPLICATION,
                system_database_pool_size=1,
                lazy=True,
            )
        return self._client

    def _configuration(self) -> Any:  # Any: DBOS's TypedDict, which is imported only here
        return {
            "name": APPLICATION,
            "system_database_url": self._address,
            "application_version": VERSION,
            "executor_id": self._executor,
            "serializer": _portable_json(),
            "use_listen_notify": False,
            "max_executor_threads": THREADS,
            "sys_db_pool_size": 4,
            "scheduler_polling_interval_sec": 3600.0,
            "notification_listener_polling_interval_sec": 1.0,
            "log_level": logging.getLevelName(logging.WARNING),
            "enable_otlp": False,
        }


_AT_ONCE = 500
"""Finished batches forgotten in one go."""


class PickleBlocked(Exception):
    """A row of DBOS's tables asked for pickle, which would run whatever stands in it."""


def _portable_json() -> Any:  # Any: DBOS's class
    from dbos._serialization import DBOSPortableJSONSerializer

    return DBOSPortableJSONSerializer()


def _block_pickle() -> None:
    """The serializer that is set does not decide: each row names its own. So the one that unpickles is taken away."""
    from dbos._serialization import DefaultSerializer

    def refused(*_: object) -> Any:  # Any: it never returns
        raise PickleBlocked("pickle is not read here")

    name = "deserialize"  # writing it does no harm: DBOS puts an error away in the form that the row asked for
    setattr(DefaultSerializer, name, refused)
