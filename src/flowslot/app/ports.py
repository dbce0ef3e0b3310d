"""What use cases and the engine need from outside. Storage, flowlang, net and engine give it; wiring joins them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from flowslot.app.attempts import Attempts
from flowslot.app.callers import Caller
from flowslot.app.repositories import Connections as Connections
from flowslot.app.repositories import Facts as Facts
from flowslot.app.repositories import Flows as Flows
from flowslot.app.repositories import Promotions as Promotions
from flowslot.app.repositories import Registrations as Registrations
from flowslot.app.repositories import Runs as Runs
from flowslot.app.repositories import Schedules as Schedules
from flowslot.app.repositories import Sessions as Sessions
from flowslot.app.repositories import Tokens as Tokens
from flowslot.app.repositories import Users as Users
from flowslot.app.repositories import Versions as Versions
from flowslot.app.repositories import Workspaces as Workspaces
from flowslot.app.values import Answer as Answer
from flowslot.app.values import AnsweredAlready as AnsweredAlready
from flowslot.app.values import Call as Call
from flowslot.app.values import Connection as Connection
from flowslot.app.values import Event as Event
from flowslot.app.values import Session as Session
from flowslot.app.values import Token as Token
from flowslot.app.values import User as User
from flowslot.base.clock import Clock
from flowslot.base.errors import Problem
from flowslot.base.ids import Ids
from flowslot.base.json_text import Json
from flowslot.base.passwords import Passwords
from flowslot.base.settings import Settings
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.domain.definition import Definition, Sketch
from flowslot.domain.hints import Hints, Writing
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.schedule import Ticks

T = TypeVar("T")


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
    sessions: Sessions
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

    def hints(
        self,
        document: Json,
        writing: Writing,
        called_by: Callable[[Definition], Mapping[FlowCall, CalledFlow]],
    ) -> Hints:
        """What can be said at the caret of a text in a document, however broken both are.

        `called_by` is asked for the called flows that are known.
        """
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


class RunWatchers(Watchers, Protocol):
    """Watchers of what runs do."""

    @property
    def watched(self) -> bool:
        """Whether somebody listens, here or in another process: what is told in passing is told only then."""
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
    passwords: Passwords = field(default_factory=Passwords)
    attempts: Attempts = field(default_factory=Attempts)

    @property
    def empty_main(self) -> EmptyMain:
        return EmptyMain(self.settings.empty_main)
