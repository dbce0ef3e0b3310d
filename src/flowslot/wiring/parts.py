"""One of each part, joined: what a server, a test or an operator's command works with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from flowslot.api.events import Broadcast
from flowslot.app.accepting import RunParts, TriggerMemory
from flowslot.app.bus import SCHEDULES_LOOK, Bus
from flowslot.app.callers import SYSTEM
from flowslot.app.ports import Call, Deps, RunWatchers, Store, Watchers
from flowslot.base.clock import Clock, SystemClock
from flowslot.base.ids import TimeOrderedIds
from flowslot.base.json_text import Json
from flowslot.base.settings import Settings
from flowslot.base.vault import FileVault
from flowslot.engine.cluster.dispatch import OutboxDispatcher, SharedWatchers
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
from flowslot.wiring.seat import ALONE, Seat
from flowslot.wiring.spreading import Committed, Interest, Spread
from flowslot.wiring.watching import Watching, engine_gauges

_KEY_CHECK = "key_check"


@dataclass(frozen=True, slots=True)
class Joined:
    """The parts of one process. Nothing runs yet: `serving` starts the journal and the engine."""

    deps: Deps
    runs: RunParts
    engine: EmbeddedEngine | OutboxDispatcher
    journal: SqlJournal
    tools: Tools
    bus: Bus
    watchers: RunWatchers
    plans: CachedPlans
    views: SqlViews
    broadcast: Broadcast
    changes: Changes
    outgoing: ConnectionHttp
    outbound: Outbound
    database: Database
    sandbox: Sandbox
    watching: Watching


class Changes:
    """What use cases commit: told to whoever watches, and to the engine, which looks at the schedules again."""

    def __init__(self, watchers: Watchers, watching: Watching) -> None:
        self._watchers = watchers
        self._watching = watching
        self.wake: Callable[[], None] = lambda: None
        self.loop: asyncio.AbstractEventLoop | None = None
        """Set while the engine runs."""

    def publish(self, events: Sequence[Json]) -> None:
        """From any thread; never waits."""
        self._watching.changed(events)
        self._watchers.publish(events)
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.wake)


@contextmanager
def joined(
    settings: Settings, *, clock: Clock | None = None, worker: str | None = None, seat: Seat | None = None
) -> Iterator[Joined]:
    """Opens the database and the vault and joins all parts; closes them on leaving. Raises Unavailable, KeyRefused.

    `worker` is the name of a cluster's worker: it claims runs under it. `seat`: which server process this is, if any.
    """
    serves_as = seat.name if seat is not None and settings.engine == "embedded" else None
    seat = seat or ALONE
    database = open_database(settings, among_others=not seat.is_alone, serves_as=serves_as)
    watching = Watching(process=worker or seat.name)
    sandbox = Sandbox(
        1 if settings.engine == "dbos" and worker is None else settings.sandboxes,
        took=watching.meters.sandbox_seconds.observe,
    )
    try:
        now = clock or SystemClock()
        yield _join(settings, database, sandbox=sandbox, clock=now, watching=watching, worker=worker, seat=seat)
    finally:
        watching.close()
        sandbox.close()
        database.close()


def _join(
    settings: Settings,
    database: Database,
    *,
    sandbox: Sandbox,
    clock: Clock,
    watching: Watching,
    worker: str | None,
    seat: Seat,
) -> Joined:
    broadcast, ids, shared = Broadcast(), TimeOrderedIds(), settings.engine == "dbos"
    bus = _bus(database, shared=shared, seat=seat)
    watchers, committed = _watchers(broadcast, bus, shared=shared, alone=seat.is_alone)
    changes = Changes(committed, watching)
    store, definitions = SqlStore(database, clock, changes), FlowDefinitions(KINDS, sandbox)
    deps = Deps(store, definitions, _checked(FileVault(settings.data), store), changes, clock, ids, settings)
    owner = None if shared else seat.name
    journal = SqlJournal(database, deps.empty_main, owner=owner, claims_as=worker, meters=watching.meters)
    plans = CachedPlans(KINDS, load=journal.definition)
    memory, outbound, places = TriggerMemory(), Outbound(settings), settings.max_concurrent_runs
    outgoing = ConnectionHttp(outbound, deps.vault, clock=clock)
    way_out, kinds, watch = watching.way_out(outgoing), watching.kinds(KINDS), watching.run_watch
    tools = Tools(journal, store, definitions, plans, kinds, sandbox, way_out, clock, ids, memory, watch=watch)
    engine: EmbeddedEngine | OutboxDispatcher
    if shared:
        engine = OutboxDispatcher(journal, bus, watchers, clock)
        changes.wake = engine.look_again
    else:
        engine = EmbeddedEngine(tools, places=places, watchers=watchers, name=seat.name, bus=bus)
        changes.wake = _all_look(engine, bus)
        journal.when_unsure(engine.look_for_open_runs)
    watching.gauges = engine_gauges(engine, places=places)
    return Joined(
        deps=deps,
        runs=RunParts(deps, journal, engine, plans, memory),
        engine=engine,
        journal=journal,
        tools=tools,
        bus=bus,
        watchers=watchers,
        plans=plans,
        views=SqlViews(database, deps.empty_main, schema_problems=definitions.schema_problems),
        broadcast=broadcast,
        changes=changes,
        outgoing=outgoing,
        outbound=outbound,
        database=database,
        sandbox=sandbox,
        watching=watching,
    )


def _watchers(broadcast: Broadcast, bus: Bus, *, shared: bool, alone: bool) -> tuple[RunWatchers, Watchers]:
    """Who is told what runs do, and what use cases commit."""
    if shared:
        told = SharedWatchers(broadcast, bus, watched=Interest(broadcast, bus).anywhere)
        return told, told
    if alone:
        return broadcast, broadcast
    spread = Spread(broadcast, bus)
    return spread, Committed(broadcast, spread)


def _all_look(engine: EmbeddedEngine, bus: Bus) -> Callable[[], None]:
    """A schedule may have changed: every process looks."""
    bus.subscribe(SCHEDULES_LOOK, lambda _: engine.look_again())

    def look() -> None:
        engine.look_again()
        bus.publish(SCHEDULES_LOOK, {})

    return look


def _bus(database: Database, *, shared: bool, seat: Seat) -> Bus:
    if not shared:
        return seat.bus
    from flowslot.storage.notify import PostgresBus

    return PostgresBus(database)


def _checked(vault: FileVault, store: Store) -> FileVault:
    """The database and the key file belong together; the first start makes the key."""
    with store.begin(Call(SYSTEM)) as uow:
        uow.facts.put(_KEY_CHECK, vault.check(uow.facts.get(_KEY_CHECK)))
        uow.commit(None)
    return vault
