"""The whole engine on a real database with the real sandbox and outbound client, for one test."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from flowslot.app.accepting import RunParts
from flowslot.app.bus import Bus
from flowslot.app.callers import SYSTEM, Caller
from flowslot.app.connection_settings import packed, secret_place, settings_from, split
from flowslot.app.ports import Call, Connection, Deps
from flowslot.app.runs import Started, start_run
from flowslot.base.canonical import content_hash
from flowslot.base.ids import ConnectionId, FlowId, RegistrationId, RunId, TimeOrderedIds, WorkspaceId
from flowslot.base.json_text import dump, parse
from flowslot.base.settings import Settings
from flowslot.base.vault import FileVault
from flowslot.domain.flow import Flow, Registration, Version, VersionKind, Visibility, Workspace, WorkspaceKind
from flowslot.domain.promotion import promoted
from flowslot.domain.registering import new_flow
from flowslot.domain.runs import Run, StepRecord
from flowslot.domain.saving import saved
from flowslot.domain.slots import Slot, on_slot, staged
from flowslot.engine.embedded import EmbeddedEngine
from flowslot.engine.tools import Tools
from flowslot.flowlang.definitions import FlowDefinitions
from flowslot.flowlang.plans import CachedPlans
from flowslot.flowlang.sandbox import Sandbox
from flowslot.net.connections import ConnectionHttp
from flowslot.net.outbound import Outbound
from flowslot.steps.registry import KINDS
from flowslot.storage.database import Database
from flowslot.storage.journal import SqlJournal
from flowslot.storage.unit_of_work import SqlStore

LOOPBACK = (ip_network("127.0.0.0/8"),)


def in_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Runs an async test in a loop of its own."""

    @functools.wraps(test)
    def run(*given: Any, **named: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*given, **named), 60))

    return run


class MovingClock:
    """The machine's clock, moved ahead by tests."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Seen:
    """Listens to what is published: (flow, run, status) of each run's moves."""

    moves: list[tuple[str, str, str]] = field(default_factory=list)
    steps: list[Any] = field(default_factory=list)
    watched: bool = False
    """Whether to say that somebody listens; then there are `steps` too."""

    def publish(self, events: Sequence[Any]) -> None:
        self.steps.extend(event for event in events if event["action"] == "run.step")
        runs = [event for event in events if event["action"].startswith("run.") and event not in self.steps]
        self.moves.extend((each["flow"], each["about"]["run"], each["action"].removeprefix("run.")) for each in runs)


@dataclass
class Rig:
    """What a test drives."""

    database: Database
    parts: RunParts
    tools: Tools
    engine: EmbeddedEngine
    clock: MovingClock
    seen: Seen

    @property
    def store(self) -> Any:
        return self.parts.deps.store

    def workspace(self, slug: str) -> WorkspaceId:
        place = WorkspaceId(f"ws_{slug}")
        with self.store.begin(Call(SYSTEM)) as uow:
            uow.workspaces.add(Workspace(place, slug, slug, WorkspaceKind.STANDARD, None, self.clock.now()))
            uow.commit(None)
        return place

    def flow(
        self,
        definition: Mapping[str, Any],
        *,
        slug: str = "orders",
        workspace: str = "acme",
        slot: Slot | None = Slot.MAIN,
        **registered: Any,
    ) -> FlowId:
        """A flow registered in a workspace, its first version in the slot (None: a draft)."""
        home = WorkspaceId(f"ws_{workspace}")
        flow = FlowId(f"flow_{slug}")
        with self.store.begin(Call(SYSTEM)) as uow:
            uow.flows.add(new_flow(flow, slug=slug, name=slug, visibility=Visibility.SHARED, home=home))
            uow.commit(None)
        self.register(slug, workspace, **registered)
        self.save(slug, definition, workspace=workspace, slot=slot)
        return flow

    def save(
        self, slug: str, definition: Mapping[str, Any], *, workspace: str = "acme", slot: Slot | None = Slot.MAIN
    ) -> int:
        """One more version, put into a slot."""
        document = parse(dump({"flow": 1, **definition}))
        self.parts.deps.definitions.parse(document)
        with self.store.begin(Call(SYSTEM)) as uow:
            before: Flow = uow.flows.get(slug)
            flow = saved(before)
            version = Version(
                flow=flow.id,
                number=flow.latest_version,
                hash=content_hash(document),
                author="test",
                at=self.clock.now(),
                note="",
                workspace=WorkspaceId(f"ws_{workspace}"),
                kind=VersionKind.DRAFT if slot is None else VersionKind.STAGED,
                discarded=False,
            )
            uow.versions.add(version, dump(document))
            if slot is not None:
                flow = staged(flow, version.number, fingerprint="")
            if slot is Slot.MAIN:
                flow = promoted(flow)
            uow.flows.replace(flow, seen_revision=before.revision)
            uow.commit(None)
        return version.number

    def register(
        self,
        slug: str,
        workspace: str,
        *,
        config: Any = None,
        connections: Mapping[str, str] | None = None,
        active: bool = True,
    ) -> RegistrationId:
        registration = Registration(
            id=RegistrationId(f"reg_{slug}_{workspace}"),
            flow=FlowId(f"flow_{slug}"),
            workspace=WorkspaceId(f"ws_{workspace}"),
            active=active,
            staging_epoch=None,
            config={} if config is None else config,
            connections=connections or {},
            hook_main=f"main{slug}{workspace}",
            hook_staging=f"staging{slug}{workspace}",
            since=self.clock.now(),
        )
        with self.store.begin(Call(SYSTEM)) as uow:
            uow.registrations.add(registration)
            uow.commit(None)
        return registration.id

    def change(self, slug: str, workspace: str, **changes: Any) -> None:
        """Changes fields of a registration; `slot` puts it on a slot."""
        with self.store.begin(Call(SYSTEM)) as uow:
            flow = uow.flows.get(slug)
            registration = uow.registrations.get(flow.id, WorkspaceId(f"ws_{workspace}"))
            slot = changes.pop("slot", None)
            changed = registration if slot is None else on_slot(flow, registration, slot)
            uow.registrations.replace(replace(changed, **changes))
            uow.commit(None)

    def connection(self, slug: str, base_url: str, *, workspace: str = "acme") -> None:
        place, found = WorkspaceId(f"ws_{workspace}"), ConnectionId(f"con_{slug}_{workspace}")
        public, secrets = split(settings_from({"base_url": base_url, "auth": {"kind": "none"}}))
        sealed = self.parts.deps.vault.seal(packed(secrets), place=secret_place(place, found))
        now = self.clock.now()
        with self.store.begin(Call(SYSTEM)) as uow:
            uow.connections.add(Connection(found, place, slug, "http", public, sealed, now, now))
            uow.commit(None)

    async def start(
        self,
        run_input: Any = None,
        *,
        slug: str = "orders",
        workspace: str = "acme",
        caller: Caller = SYSTEM,
        **more: Any,
    ) -> Started:
        return await start_run(self.parts, caller, flow=slug, workspace=workspace, run_input=run_input, **more)

    async def run(self, run_input: Any = None, **more: Any) -> Run:
        """Starts a run and waits for its end."""
        return await self.end_of((await self.start(run_input, **more)).run)

    async def end_of(self, run: RunId, *, seconds: float = 20.0) -> Run:
        assert await self.engine.ended(run, seconds=seconds), await self.state(run)
        return await self.state(run)

    async def state(self, run: RunId) -> Run:
        return (await self.parts.journal.load(run)).run

    async def is_(self, run: RunId, *statuses: str, seconds: float = 10.0) -> Run:
        """Waits until a run has one of the statuses."""
        async with asyncio.timeout(seconds):
            while (found := await self.state(run)).status.value not in statuses:
                await asyncio.sleep(0.005)
        return found

    async def resting(self) -> int:
        """How many runs are suspended."""

        def count() -> int:
            with self.database.read() as connection:
                query = "SELECT count(*) FROM run WHERE status = 'suspended'"
                return int(connection.exec_driver_sql(query).scalar_one())

        return await asyncio.to_thread(count)

    def advance(self, **by: float) -> None:
        """Moves the clock ahead, and has the engine look at it."""
        self.clock.ahead += timedelta(**by)
        self.engine.look_again()


def steps_of(run: Run) -> dict[str, StepRecord]:
    """The records of a run by path."""
    return {record.path: record for record in run.steps}


@asynccontextmanager
async def rig(
    database: Database,
    sandbox: Sandbox,
    folder: Path,
    *,
    places: int = 64,
    started: bool = True,
    name: str = "p1",
    bus: Bus | None = None,
    **settings: Any,
) -> AsyncIterator[Rig]:
    """The engine, working. A workspace acme is there. `name`: one of several processes that the bus joins."""
    clock, ids, seen = MovingClock(), TimeOrderedIds(), Seen()
    given = Settings(data=folder, allow_networks=LOOPBACK, **settings)
    definitions = FlowDefinitions(KINDS, sandbox)
    vault = FileVault(folder)
    vault.check(None)
    deps = Deps(SqlStore(database, clock, seen), definitions, vault, seen, clock, ids, given)
    journal = SqlJournal(database, deps.empty_main, owner=name)
    journal.start(asyncio.get_running_loop())
    plans = CachedPlans(KINDS, journal.definition)
    outbound = Outbound(given)
    way_out = ConnectionHttp(outbound, vault, clock=clock)
    tools = Tools(journal, deps.store, definitions, plans, KINDS, sandbox, way_out, clock, ids)
    engine = EmbeddedEngine(tools, places=places, watchers=seen, name=name, bus=bus)
    it = Rig(database, RunParts(deps, journal, engine, plans, tools.memory), tools, engine, clock, seen)
    if not await asyncio.to_thread(_has_acme, it):
        it.workspace("acme")
    if started:
        await engine.start()
    try:
        yield it
    finally:
        await engine.stop(grace=1)
        await way_out.close()
        await outbound.close()
        journal.close()


def _has_acme(it: Rig) -> bool:
    with it.store.read(SYSTEM) as uow:
        return bool(uow.workspaces.slugs(["ws_acme"]))
