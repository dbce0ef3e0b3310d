"""What use cases and the engine need from outside. Storage, flowlang, net and engine give it; wiring joins them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from flowslot.app.callers import Caller
from flowslot.app.values import Answer as Answer
from flowslot.app.values import AnsweredAlready as AnsweredAlready
from flowslot.app.values import Call as Call
from flowslot.app.values import Connection as Connection
from flowslot.app.values import Event as Event
from flowslot.app.values import Token as Token
from flowslot.app.values import User as User
from flowslot.base.clock import Clock
from flowslot.base.errors import Problem, RevisionConflict
from flowslot.base.ids import (
    ConnectionId,
    FlowId,
    Ids,
    PromotionId,
    RegistrationId,
    TokenId,
    UserId,
    WorkspaceId,
)
from flowslot.base.json_text import Json
from flowslot.base.settings import Settings
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.domain.definition import Definition, Sketch
from flowslot.domain.flow import Flow, Promotion, Registration, Version, Workspace
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.runs import RunStatus
from flowslot.domain.schedule import Next, Ticks
from flowslot.domain.slots import Slot

T = TypeVar("T")


# ---------------------------------------------------------------- repositories: writes, inside a unit of work


class Workspaces(Protocol):
    def add(self, workspace: Workspace) -> None:
        """Raises AlreadyExists when the slug is taken."""
        ...

    def get(self, slug: str) -> Workspace:
        """Raises NotFound, also for what is outside the caller's scope."""
        ...

    def by_id(self, workspace: WorkspaceId) -> Workspace: ...
    def of_flow(self, flow: FlowId) -> Mapping[WorkspaceId, Workspace]:
        """The workspaces a flow is registered in, ordered by slug; those out of the caller's scope are left out."""
        ...

    def slugs(self, workspaces: Collection[WorkspaceId]) -> Mapping[WorkspaceId, str]:
        """Slugs by id; those deleted or out of the caller's scope are left out."""
        ...

    def replace(self, workspace: Workspace) -> None: ...
    def remove(self, workspace: WorkspaceId) -> None:
        """Removes a workspace with its connections. Raises InUse while flows live in it or are registered to it."""
        ...


class Flows(Protocol):
    def add(self, flow: Flow) -> None:
        """Raises AlreadyExists when the slug is taken."""
        ...

    def get(self, slug: str) -> Flow:
        """The flow, locked until the unit of work ends. Raises NotFound, also for what is out of scope."""
        ...

    def by_id(self, flow: FlowId) -> Flow: ...
    def named(self, slugs: Collection[str]) -> Mapping[str, Flow]:
        """Several flows by slug, not locked; those unknown or out of scope are left out."""
        ...

    def conflict(self, flow: Flow, *, seen_revision: int) -> RevisionConflict:
        """The refusal for a caller who saw another revision, with current_revision and changes, to be raised (R18)."""
        ...

    def replace(self, flow: Flow, *, seen_revision: int) -> None:
        """Writes the row if it is still at `seen_revision`; RevisionConflict otherwise."""
        ...

    def fleet_changed(self, flows: Iterable[FlowId]) -> None:
        """Adds 1 to the fleet revision of each flow."""
        ...

    def remove(self, flow: FlowId) -> None:
        """Removes a flow with its versions, registrations, promotions, schedules and ended runs (R16)."""
        ...


class Versions(Protocol):
    def add(self, version: Version, definition: bytes) -> None: ...
    def get(self, flow: FlowId, number: int) -> Version:
        """Raises NotFound."""
        ...

    def definition(self, flow: FlowId, number: int) -> Json: ...
    def last_in(self, flow: FlowId, workspace: WorkspaceId) -> Version | None:
        """The newest version saved in a workspace."""
        ...

    def newest_draft(self, flow: FlowId, workspace: WorkspaceId) -> int | None:
        """Number of the newest live draft of a workspace."""
        ...

    def mark_staged(self, flow: FlowId, number: int) -> None:
        """Marks a version staged; a discarded draft that is staged after all is discarded no more."""
        ...

    def discard_drafts(self, flow: FlowId, workspace: WorkspaceId) -> int:
        """Marks the live drafts of a workspace discarded; how many."""
        ...


class Registrations(Protocol):
    def add(self, registration: Registration) -> None:
        """Raises AlreadyRegistered."""
        ...

    def get(self, flow: FlowId, workspace: WorkspaceId) -> Registration:
        """Raises NotFound."""
        ...

    def find(self, flow: FlowId, workspace: WorkspaceId) -> Registration | None: ...
    def replace(self, registration: Registration) -> None: ...
    def remove(self, registration: RegistrationId) -> None: ...
    def on_staging(self, flow: Flow) -> Sequence[Registration]:
        """Those whose staging_epoch is the flow's, ordered by workspace slug."""
        ...

    def all_of(self, flow: FlowId) -> Sequence[Registration]: ...
    def among(self, flows: Collection[FlowId], workspaces: Collection[WorkspaceId]) -> Sequence[Registration]:
        """The registrations of any of the flows in any of the workspaces: one query however many there are."""
        ...

    def flows_bound_to(self, workspace: WorkspaceId, connection: str) -> Sequence[FlowId]:
        """Flows whose registration in the workspace binds the connection."""
        ...

    def set_webhook_secret(self, registration: RegistrationId, sealed: bytes, *, previous: bytes | None) -> None: ...
    def webhook_secrets(self, registration: RegistrationId) -> Sequence[bytes]:
        """The sealed secrets that are valid now, newest first."""
        ...


class Connections(Protocol):
    def add(self, connection: Connection) -> None: ...
    def get(self, workspace: WorkspaceId, slug: str) -> Connection: ...
    def of(self, workspace: WorkspaceId) -> Sequence[Connection]: ...
    def connectors(self, workspaces: Collection[WorkspaceId]) -> Mapping[WorkspaceId, Mapping[str, str]]:
        """Slug → connector of every connection of the workspaces: one query however many there are."""
        ...

    def replace(self, connection: Connection) -> None: ...
    def remove(self, connection: ConnectionId) -> None: ...


class Promotions(Protocol):
    def add(self, promotion: Promotion, *, staged_fingerprint: str | None) -> None: ...
    def get(self, flow: FlowId, promotion: PromotionId) -> Promotion: ...
    def fingerprint_before(self, promotion: PromotionId) -> str | None: ...
    def mark_undone(self, promotion: PromotionId, *, at: datetime, by: str) -> None: ...


class Schedules(Protocol):
    def put(self, flow: FlowId, slot: str, *, next_at: datetime | None, since: datetime | None = None) -> None:
        """Sets when the flow's registrations on a slot start next (domain.schedule.Next); None stops them."""
        ...

    def held(self, flow: FlowId) -> Mapping[Slot, Next]:
        """The flow's schedules by slot; nobody ticks them before this transaction has ended."""
        ...

    def get(self, flow: FlowId, slot: str) -> datetime | None:
        """When the flow's registrations on a slot start next."""
        ...

    def due(self, now: datetime) -> Sequence[tuple[FlowId, str]]:
        """The flows and slots whose time has come."""
        ...


class Runs(Protocol):
    """What use cases need to know of runs; working on them is the journal's."""

    def in_flight(self, flow: FlowId) -> Mapping[RunStatus, int]:
        """How many runs of a flow have not ended, by status (queued, running, suspended)."""
        ...

    def open_of(self, registration: RegistrationId) -> int:
        """How many runs of a registration have not ended."""
        ...

    def all_open(self) -> Mapping[RunStatus, int]:
        """How many runs have not ended, by status."""
        ...

    def cancel_all(self, at: datetime) -> int:
        """Ends every run that has not ended, as canceled; only while nothing is being worked on. How many."""
        ...


class Users(Protocol):
    def add(self, user: User) -> None: ...
    def get(self, user: UserId) -> User: ...
    def all(self) -> Sequence[User]: ...
    def replace(self, user: User) -> None: ...
    def remove(self, user: UserId) -> None: ...


class Tokens(Protocol):
    def add(self, token: Token) -> None: ...
    def all(self) -> Sequence[Token]: ...
    def get(self, token: TokenId) -> Token: ...
    def by_hash(self, token_hash: bytes) -> Token | None: ...
    def used(self, token: TokenId, *, at: datetime) -> None: ...
    def remove(self, token: TokenId) -> None: ...


class Facts(Protocol):
    """Small named values of the server itself (key check, set-up token, …)."""

    def get(self, name: str) -> str | None: ...
    def put(self, name: str, value: str) -> None: ...
    def remove(self, name: str) -> None: ...


class UnitOfWork(Protocol):
    """One transaction. Leaving it without commit saves nothing; every repository in it obeys the caller's scope."""

    workspaces: Workspaces
    flows: Flows
    versions: Versions
    registrations: Registrations
    connections: Connections
    promotions: Promotions
    schedules: Schedules
    runs: Runs
    users: Users
    tokens: Tokens
    facts: Facts

    def record(self, event: Event) -> None:
        """Adds to the audit log, in this transaction (R19); published to watchers after the commit."""
        ...

    def commit(self, result: T) -> T:
        """Keeps the answer if the call has an idempotency key, commits, and returns `result`."""
        ...


class Store(Protocol):
    """Opens units of work. Blocking; called from worker threads."""

    def begin(self, call: Call) -> AbstractContextManager[UnitOfWork]:
        """Raises AnsweredAlready when the call's idempotency key has been answered meanwhile."""
        ...

    def read(self, caller: Caller) -> AbstractContextManager[UnitOfWork]:
        """One consistent snapshot; its commit is refused."""
        ...

    def answer(self, caller: Caller, key: str) -> Answer | None:
        """The answer remembered for a key of this caller in the last 24 h."""
        ...

    def remember(self, caller: Caller, key: str, answer: Answer) -> None:
        """Keeps an answer outside a unit of work: a refusal, or the final state of a run that was waited for."""
        ...


# ---------------------------------------------------------------- definitions


class Definitions(Protocol):
    """Reads and checks flow definitions (flowlang with the step kinds)."""

    def parse(self, document: Json) -> Definition:
        """The parsed definition. Raises Invalid with every problem and its pointer."""
        ...

    def sketch(self, document: Json) -> Sketch:
        """What can be read of a document, and why it is no definition, if it is none."""
        ...

    def type_problems(self, definition: Definition, called: Mapping[FlowCall, CalledFlow]) -> Sequence[Problem]:
        """Static check of all expressions; `called` gives the called flows that are known."""
        ...

    def schema_problems(self, schema: Json, value: Json) -> Sequence[Problem]:
        """What of `value` does not fit a JSON Schema, pointers into the value."""
        ...

    def ticks(self, document: Json) -> Ticks | None:
        """When a saved version starts by its schedule; None without a schedule trigger."""
        ...


class Vault(Protocol):
    """Encrypts secrets (AES-256-GCM). `place` binds a secret to its row: opened elsewhere it fails."""

    def seal(self, plain: bytes, *, place: str) -> bytes: ...
    def open(self, sealed: bytes, *, place: str) -> bytes: ...


class Watchers(Protocol):
    """Whoever listens to changes (server-sent events)."""

    def publish(self, events: Sequence[Json]) -> None:
        """Thread-safe; never blocks."""
        ...


@dataclass(frozen=True, slots=True)
class Deps:
    """What a use case is given."""

    store: Store
    definitions: Definitions
    vault: Vault
    watchers: Watchers
    clock: Clock
    ids: Ids
    settings: Settings

    @property
    def empty_main(self) -> EmptyMain:
        return EmptyMain(self.settings.empty_main)
