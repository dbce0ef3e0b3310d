"""What storage tests are made of: a fleet of workspaces with one flow, orders, and the quiet watchers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import wraps

from flowslot.app.callers import SYSTEM, Caller, Role, Scope
from flowslot.app.journal import Ending, Order, Route, Target
from flowslot.app.ports import Call
from flowslot.base.ids import FlowId, RegistrationId, RunId, TimeOrderedIds, UserId, WorkspaceId
from flowslot.base.json_text import Json, dump
from flowslot.domain.flow import Flow, Registration, Version, VersionKind, Visibility, Workspace, WorkspaceKind
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.runs import Outcome, RunStatus, Trigger, TriggerKind
from flowslot.storage.database import Database
from flowslot.storage.journal import SqlJournal
from flowslot.storage.unit_of_work import SqlStore

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
IDS = TimeOrderedIds()


@dataclass
class StoppedClock:
    """A clock that moves when it is told to."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


class Told:
    """Watchers that remember what they were told."""

    def __init__(self) -> None:
        self.events: list[Json] = []

    def publish(self, events: Sequence[Json]) -> None:
        self.events.extend(events)


def store_on(database: Database, *, clock: StoppedClock | None = None, told: Told | None = None) -> SqlStore:
    return SqlStore(database, clock or StoppedClock(), told or Told())


def call_by(*workspaces: str, key: str | None = None, shape: object = None) -> Call:
    """A call by somebody who sees these workspaces; by the system without any."""
    caller = SYSTEM if not workspaces else Caller(UserId("usr_x"), "x", Role.ADMIN, Scope(frozenset(workspaces)))
    return Call(caller, idempotency_key=key, request_hash="asked", shape=shape)  # type: ignore[arg-type]


def workspace(slug: str) -> Workspace:
    return Workspace(WorkspaceId(f"ws_{slug}"), slug, slug.title(), WorkspaceKind.STANDARD, None, NOW)


def flow(slug: str, home: str) -> Flow:
    return Flow(
        id=FlowId(f"flow_{slug}"),
        slug=slug,
        name=slug.title(),
        visibility=Visibility.SHARED,
        home_workspace=WorkspaceId(f"ws_{home}"),
        revision=1,
        slots_revision=1,
        slot_epoch=1,
        main_version=None,
        staging_version=None,
        latest_version=0,
        fleet_revision=1,
        registrations=0,
        staged_fingerprint=None,
    )


def version(of: str, number: int, *, saved_in: str = "one") -> Version:
    return Version(
        flow=FlowId(f"flow_{of}"),
        number=number,
        hash=f"hash-{number}",
        author="ann",
        at=NOW,
        note="",
        workspace=WorkspaceId(f"ws_{saved_in}"),
        kind=VersionKind.DRAFT,
        discarded=False,
    )


def registration(of: str, at: str, *, epoch: int | None = None, active: bool = True) -> Registration:
    return Registration(
        id=RegistrationId(f"reg_{of}_{at}"),
        flow=FlowId(f"flow_{of}"),
        workspace=WorkspaceId(f"ws_{at}"),
        active=active,
        staging_epoch=epoch,
        config={"limit": 5},
        connections={"erp": "acme"},
        hook_main=f"m{of}{at}",
        hook_staging=f"s{of}{at}",
        since=NOW,
    )


@dataclass(frozen=True)
class Fleet:
    """A flow `invoices` with its versions, slots and registrations."""

    workspaces: Sequence[str] = ("one", "two")
    versions: int = 2
    main: int | None = 1
    staging: int | None = None
    on_staging: Sequence[str] = ()
    inactive: Sequence[str] = ()

    def made_in(self, database: Database) -> SqlStore:
        store = store_on(database)
        slots = {"main_version": self.main, "staging_version": self.staging, "latest_version": self.versions}
        with store.begin(call_by()) as uow:
            for slug in self.workspaces:
                uow.workspaces.add(workspace(slug))
            uow.flows.add(replace(flow("invoices", self.workspaces[0]), **slots))  # type: ignore[arg-type]
            for number in range(1, self.versions + 1):
                uow.versions.add(version("invoices", number), dump({"flow": 1, "number": number}))
            for slug in self.workspaces:
                epoch = 1 if slug in self.on_staging else None
                uow.registrations.add(registration("invoices", slug, epoch=epoch, active=slug not in self.inactive))
            uow.commit(None)
        return store


def route(journal: SqlJournal, at: str = "one", *, of: str = "invoices", target: Target | None = None) -> Route:
    found = journal.route_of(FlowId(f"flow_{of}"), WorkspaceId(f"ws_{at}"), target or Target())
    assert found is not None
    return found


def order(
    by: Route,
    *,
    target: Target | None = None,
    key: str | None = None,
    given: Json = None,
    parent: tuple[RunId, str] | None = None,
    about: Mapping[str, Json] | None = None,
) -> Order:
    return Order(
        id=RunId(IDS.new("run")),
        route=by,
        target=target or Target(flow=by.flow, workspace=by.workspace),
        trigger=Trigger(TriggerKind.ON_DEMAND, about or {}),
        trigger_key=key,
        input=dump(given),
        queued_at=NOW,
        parent=None if parent is None else parent[0],
        parent_path=None if parent is None else parent[1],
        depth=0 if parent is None else 1,
    )


def ending(run: RunId, *, status: RunStatus = RunStatus.SUCCESS, outcome: Outcome | None = None) -> Ending:
    return Ending(run, status, outcome, None, steps=(), started_at=NOW, ended_at=NOW + timedelta(seconds=1))


@asynccontextmanager
async def journal_on(database: Database, *, empty_main: EmptyMain = EmptyMain.REFUSE) -> AsyncIterator[SqlJournal]:
    """A journal at work on this loop."""
    journal = SqlJournal(database, empty_main)
    journal.start(asyncio.get_running_loop())
    try:
        yield journal
    finally:
        await asyncio.to_thread(journal.close)


def in_loop(test: Callable[..., Coroutine[None, None, None]]) -> Callable[..., None]:
    """Runs an async test in a loop of its own."""

    @wraps(test)
    def run(*positional: object, **named: object) -> None:
        asyncio.run(asyncio.wait_for(test(*positional, **named), 60))

    return run


async def accepted(journal: SqlJournal, wanted: Order) -> RunId:
    """Accepts an order that is to be a fresh run."""
    found = await journal.accept(wanted)
    assert found is not None
    assert found.fresh
    return found.id
