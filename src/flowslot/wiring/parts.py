"""One of each part, joined: what a server, a test or an operator's command works with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flowslot.api.events import Broadcast
from flowslot.app.accepting import RunParts, TriggerMemory
from flowslot.app.callers import SYSTEM
from flowslot.app.ports import Call, Deps, Store
from flowslot.base.clock import Clock, SystemClock
from flowslot.base.ids import TimeOrderedIds
from flowslot.base.json_text import Json
from flowslot.base.settings import Settings
from flowslot.base.vault import FileVault
from flowslot.engine.embedded import EmbeddedEngine
from flowslot.engine.tools import Tools
from flowslot.flowlang.definitions import FlowDefinitions
from flowslot.flowlang.plans import CachedPlans
from flowslot.flowlang.sandbox import Sandbox
from flowslot.net.connections import ConnectionHttp
from flowslot.net.outbound import Outbound
from flowslot.steps.registry import KINDS
from flowslot.storage.database import Database, open_database
from flowslot.storage.journal import SqlJournal
from flowslot.storage.unit_of_work import SqlStore
from flowslot.storage.views.sql_views import SqlViews

_KEY_CHECK = "key_check"


@dataclass(frozen=True, slots=True)
class Joined:
    """The parts of one process. Nothing runs yet: `serving` starts the journal and the engine."""

    deps: Deps
    runs: RunParts
    engine: EmbeddedEngine
    journal: SqlJournal
    plans: CachedPlans
    views: SqlViews
    broadcast: Broadcast
    changes: Changes
    outgoing: ConnectionHttp
    outbound: Outbound
    database: Database
    sandbox: Sandbox


class Changes:
    """What use cases commit: told to whoever watches, and to the engine, which looks at the schedules again."""

    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        self.wake: Callable[[], None] = lambda: None
        self.loop: asyncio.AbstractEventLoop | None = None
        """Set while the engine runs."""

    def publish(self, events: Sequence[Json]) -> None:
        """From any thread; never waits."""
        self._broadcast.publish(events)
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.wake)


@contextmanager
def joined(settings: Settings, *, clock: Clock | None = None) -> Iterator[Joined]:
    """Opens the database and the vault and joins all parts; closes them on leaving. Raises Unavailable, KeyRefused."""
    database = open_database(settings)
    sandbox = Sandbox(settings.sandboxes)
    try:
        yield _join(settings, database, sandbox=sandbox, clock=clock or SystemClock())
    finally:
        sandbox.close()
        database.close()


def _join(settings: Settings, database: Database, *, sandbox: Sandbox, clock: Clock) -> Joined:
    broadcast, ids = Broadcast(), TimeOrderedIds()
    changes = Changes(broadcast)
    store = SqlStore(database, clock, changes)
    definitions = FlowDefinitions(KINDS, sandbox)
    vault = FileVault(settings.data)
    _check_key(store, vault)
    deps = Deps(store, definitions, vault, changes, clock, ids, settings)
    journal = SqlJournal(database, deps.empty_main)
    plans = CachedPlans(KINDS, load=journal.definition)
    memory, outbound = TriggerMemory(), Outbound(settings)
    outgoing = ConnectionHttp(outbound, vault, clock=clock)
    tools = Tools(journal, store, definitions, plans, KINDS, sandbox, outgoing, clock, ids, memory)
    engine = EmbeddedEngine(tools, places=settings.max_concurrent_runs, watchers=broadcast)
    changes.wake = engine.look_again
    return Joined(
        deps=deps,
        runs=RunParts(deps, journal, engine, plans, memory),
        engine=engine,
        journal=journal,
        plans=plans,
        views=SqlViews(database, deps.empty_main),
        broadcast=broadcast,
        changes=changes,
        outgoing=outgoing,
        outbound=outbound,
        database=database,
        sandbox=sandbox,
    )


def _check_key(store: Store, vault: FileVault) -> None:
    """The database and the key file belong together; the first start makes the key."""
    with store.begin(Call(SYSTEM)) as uow:
        uow.facts.put(_KEY_CHECK, vault.check(uow.facts.get(_KEY_CHECK)))
        uow.commit(None)
