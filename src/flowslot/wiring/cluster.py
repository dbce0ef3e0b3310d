"""A cluster, joined: API processes that run nothing themselves, and workers that do."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from flowslot.base.errors import Unavailable
from flowslot.base.settings import Settings

if TYPE_CHECKING:
    from flowslot.app.cluster import Batches
    from flowslot.engine.cluster.process import WorkerProcess
    from flowslot.wiring.parts import Joined

DBOS = "dbos"
"""The engine of a cluster, as the setting names it."""


def refuse_unfit(settings: Settings) -> None:
    """Raises Unavailable, saying what to do, when these settings cannot be those of a cluster."""
    if not settings.database:
        raise Unavailable(
            "A cluster needs PostgreSQL: several processes cannot share a SQLite file over machines. "
            "Name the database with --database postgresql://…"
        )
    if find_spec("dbos") is None:
        raise Unavailable("The engine dbos is not installed: pip install 'flowslot[cluster]'")


def work(settings: Settings, *, ready: Callable[[str], None]) -> int:
    """Runs a worker until SIGINT or SIGTERM; its exit status. `ready` is told its name."""
    from flowslot.base.log import FORMATS, configure_log
    from flowslot.wiring.parts import joined
    from flowslot.wiring.serving import event_loop

    configure_log(level=settings.log_level, people=FORMATS[settings.log_format])
    name = new_name()
    with joined(settings, worker=name) as parts, asyncio.Runner(loop_factory=event_loop) as runner:
        runner.run(_work(parts, name, ready=ready))
    return 0


def new_name() -> str:
    """A name that no worker had before: what a dead one had is taken over, also by its successor."""
    from flowslot.base.ids import TimeOrderedIds

    return f"{TimeOrderedIds().new('worker')}.{socket.gethostname()[:40]}"


async def _work(parts: Joined, name: str, *, ready: Callable[[str], None]) -> None:
    import signal

    from flowslot.wiring.upkeep import Upkeep

    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    process = worker_process(parts, name)
    parts.journal.start(loop)
    parts.sandbox.start()
    upkeep = Upkeep(parts.deps, parts.database, parts.runs.gate, engine=process, name=name)
    try:
        await upkeep.start()
        ready(name)
        await stopped.wait()
    finally:
        await upkeep.stop()
        await process.stop()
        await parts.outgoing.close()
        await parts.outbound.close()
        parts.journal.close()


def worker_process(parts: Joined, name: str, *, batches: Batches | None = None) -> WorkerProcess:
    """A worker of that name, made of these parts (joined with `worker=name`); `batches` in place of DBOS's."""
    from flowslot.engine.cluster.dbos_batches import DbosBatches
    from flowslot.engine.cluster.dispatch import OutboxDispatcher
    from flowslot.engine.cluster.process import Gear, WorkerProcess
    from flowslot.engine.cluster.worker import Worker
    from flowslot.storage.crew import SqlCrew
    from flowslot.storage.outbox import SqlOutbox

    assert isinstance(parts.engine, OutboxDispatcher)
    settings, database = parts.deps.settings, parts.database
    places, outbox = settings.max_concurrent_runs, SqlOutbox(database)
    worker = Worker(
        parts.tools,
        claims=parts.journal,
        outbox=outbox,
        dispatcher=parts.engine,
        bus=parts.bus,
        watchers=parts.watchers,
        places=places,
    )
    address = database.backend.engine.url.render_as_string(hide_password=False)
    return WorkerProcess(
        Gear(
            name=name,
            tools=parts.tools,
            worker=worker,
            dispatcher=parts.engine,
            outbox=outbox,
            crew=SqlCrew(database, name),
            batches=batches or DbosBatches(address, name),
            bus=parts.bus,
            places=places,
            most_of_one=settings.workspace_runs,
        )
    )
