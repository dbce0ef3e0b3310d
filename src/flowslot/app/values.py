"""Values that only use cases and storage share; ports.py hands them on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flowslot.app.callers import Caller, Role
from flowslot.base.ids import ConnectionId, FlowId, SessionId, TokenId, UserId, WorkspaceId
from flowslot.base.json_text import Json


@dataclass(frozen=True, slots=True)
class Connection:
    """One workspace's way to reach an outside system. `settings` holds no secret: each stands as the text "set"."""

    id: ConnectionId
    workspace: WorkspaceId
    slug: str
    connector: str
    settings: Json
    sealed: bytes
    """The secrets, encrypted (see Vault)."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class RunDefinition:
    """What a run executes: a version, or without one a definition that was tried."""

    definition: Json
    version: int | None
    hash: str


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who can sign in."""

    id: UserId
    name: str
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """An API token. Its text is shown once and kept only as a hash."""

    id: TokenId
    user: UserId
    name: str
    role: Role
    workspaces: tuple[str, ...] | None
    hash: bytes
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in at the page. The secret is in their browser's cookie, and kept only as a hash."""

    id: SessionId
    user: UserId
    token: TokenId | None
    """The token that was signed in with: the session may do no more than it, and ends with it."""
    hash: bytes
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, for the record (R19) and for whoever watches."""

    action: str
    """noun.verb, for example version.saved, staging.deployed, promotion.made."""
    flow: FlowId | None = None
    workspace: WorkspaceId | None = None
    version: int | None = None
    about: Mapping[str, Json] = field(default_factory=dict)
    revision: int | None = None
    """The flow's revision after the change; None when the change moved no revision."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was given to a request with an Idempotency-Key."""

    request_hash: str
    status: int
    body: bytes


class AnsweredAlready(Exception):
    """Another request with the same Idempotency-Key was carried out while this one waited for its turn."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.request_hash)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a use case: who asks, and how its answer is remembered."""

    caller: Caller
    idempotency_key: str | None = None
    request_hash: str = ""
    shape: Callable[[object], tuple[int, bytes]] | None = None
    """Turns the use case's result into (status, body); given with a key, the answer is kept in the same commit."""
