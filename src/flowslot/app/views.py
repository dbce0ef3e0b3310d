"""What screens read: lists and pages, in the shape they are shown. Storage gives them; nothing here changes anything.

Times are texts as stored (RFC 3339, UTC). A value of type `Json` may also be a stored JSON text, to be passed on as it
is (`msgspec.Raw`). What a caller may not see is absent: lists leave it out, a page of it raises
NotFound, and the slug of a workspace out of scope is None.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeAlias, TypeVar

from flowslot.app.callers import Role, Scope
from flowslot.app.lists import AuditFilter as AuditFilter
from flowslot.app.lists import FlowFilter, RegistrationFilter, VersionFilter
from flowslot.app.lists import RunFilter as RunFilter
from flowslot.app.statistics import Statistics
from flowslot.app.values import RunDefinition as RunDefinition
from flowslot.base.json_text import Json
from flowslot.domain.flow import VersionKind, Visibility, WorkspaceKind
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot

T = TypeVar("T")
Key: TypeAlias = str | int
"""The unique key a list is ordered by."""


@dataclass(frozen=True, slots=True)
class PageAsk:
    """Which part of a list: at most `limit` items that come after the key `after`."""

    limit: int
    after: Key | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list, and the key to go on after; None when this was the end."""

    items: Sequence[T]
    next: Key | None
    total: int | None = None
    """How many there are in all, under the filter; None where that is not counted."""


@dataclass(frozen=True, slots=True)
class WorkspaceView:
    slug: str
    name: str
    kind: WorkspaceKind
    customer: str | None
    created_at: str


@dataclass(frozen=True, slots=True)
class VersionView:
    number: int
    hash: str
    author: str
    at: str
    note: str
    workspace: str | None
    kind: VersionKind
    discarded: bool
    icons: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class FlowView:
    slug: str
    name: str
    visibility: Visibility
    revision: int
    main: VersionView | None
    staging: VersionView | None
    latest: VersionView | None
    home_workspace: str | None
    registrations: int


@dataclass(frozen=True, slots=True)
class RunCounts:
    """Runs that ended in the last 24 hours. `failed` counts exceptions too."""

    success: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class LastRun:
    id: str
    status: RunStatus
    queued_at: str


@dataclass(frozen=True, slots=True)
class FlowRow:
    """A line of the flow list. What it says of a registration is about `workspace`, or else the flow's home."""

    flow: FlowView
    workspace: str | None
    running_on: Slot | None
    """The slot whose version a trigger would run now; None when nothing would run."""
    slot: Slot | None
    active: bool
    fallback: bool
    trigger_kind: str | None
    runs_24h: RunCounts
    hours: tuple[RunCounts, ...]
    """The same, hour by hour, the oldest first."""
    last_run: LastRun | None


@dataclass(frozen=True, slots=True)
class RegistrationView:
    flow: str
    workspace: str
    customer: str | None
    slot: Slot
    fallback: bool
    resolved_version: int | None
    active: bool
    config: Json
    connections: Mapping[str, str]
    takes_webhooks: bool
    """Whether a version in one of the flow's slots has a webhook trigger."""
    hook_main: str
    hook_staging: str
    webhook_secret_set: bool
    next_tick: str | None
    since: str


@dataclass(frozen=True, slots=True)
class RegistrationRow:
    """A line of the Registrations tab."""

    registration: RegistrationView
    workspace_name: str
    missing: tuple[str, ...]
    """Configuration values and connections that the version it runs lacks or cannot use; else the staged one's."""
    runs_24h: RunCounts
    last_run: LastRun | None


@dataclass(frozen=True, slots=True)
class PromotionView:
    id: str
    version: int
    from_version: int | None
    at: str
    actor: str
    workspace: str | None
    registrations: int | None
    other_workspaces_count: int | None
    """These two count the whole account: None for a caller who does not see all of it."""
    undone_at: str | None
    undone_by: str | None
    can_undo: bool


@dataclass(frozen=True, slots=True)
class ConnectionView:
    id: str
    workspace: str
    slug: str
    connector: str
    settings: Json
    created_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run. In a list, what is large is left out, and `shortened` says what."""

    id: str
    flow: str
    flow_name: str
    workspace: str
    workspace_name: str
    version: int | None
    """None for a trial."""
    hash: str
    slot: Slot
    status: RunStatus
    trigger: Json
    input: Json
    outcome: Json
    error: Json
    queued_at: str
    started_at: str | None
    ended_at: str | None
    parent: str | None
    test: bool
    payload_removed_at: str | None
    steps: Json
    """A list of what each step did; of a run that has not ended, what is known so far."""
    shortened: tuple[str, ...] = ()
    waits_for: Json = None


@dataclass(frozen=True, slots=True)
class AuditView:
    seq: int
    at: str
    actor: str
    action: str
    flow: str | None
    workspace: str | None
    version: int | None
    revision: int | None
    about: Json


@dataclass(frozen=True, slots=True)
class UserView:
    id: str
    name: str
    role: Role
    created_at: str


@dataclass(frozen=True, slots=True)
class TokenView:
    id: str
    user: str
    """Name of the owner."""
    name: str
    role: Role
    workspaces: tuple[str, ...] | None
    created_at: str
    expires_at: str | None
    last_used_at: str | None


@dataclass(frozen=True, slots=True)
class Measures:
    """What the metrics show of the database."""

    open_runs: Mapping[RunStatus, int]
    schedules_late: int
    lateness: float
    """Seconds that the latest schedule has been due."""
    database_bytes: Mapping[str, int]
    """Size on disk, by part."""


class Views(Protocol):
    """Read queries, one for each screen. Blocking; each reads one consistent snapshot."""

    def workspaces(self, scope: Scope, *, page: PageAsk) -> Page[WorkspaceView]: ...
    def workspace(self, scope: Scope, slug: str) -> WorkspaceView: ...
    def flows(self, scope: Scope, *, only: FlowFilter, page: PageAsk) -> Page[FlowRow]: ...
    def flow(self, scope: Scope, slug: str) -> FlowView: ...
    def versions(self, scope: Scope, flow: str, *, only: VersionFilter, page: PageAsk) -> Page[VersionView]:
        """Newest first; bounded as `runs` is."""
        ...

    def version(self, scope: Scope, flow: str, *, number: int) -> tuple[VersionView, Json]:
        """The version and its definition, as it was saved."""
        ...

    def promotions(self, scope: Scope, flow: str, *, page: PageAsk) -> Page[PromotionView]: ...
    def promotion(self, scope: Scope, flow: str, *, promotion: str) -> PromotionView: ...
    def registrations(
        self, scope: Scope, flow: str, *, only: RegistrationFilter, page: PageAsk
    ) -> Page[RegistrationRow]: ...
    def registration(self, scope: Scope, flow: str, *, workspace: str) -> RegistrationRow: ...
    def connections(self, scope: Scope, workspace: str, *, page: PageAsk) -> Page[ConnectionView]: ...
    def connection(self, scope: Scope, workspace: str, *, slug: str) -> ConnectionView: ...
    def runs(self, scope: Scope, *, only: RunFilter, page: PageAsk) -> Page[RunRow]:
        """Newest first. Looks through a bounded number of runs at a time: a page may be short and still have a next."""
        ...

    def run(self, scope: Scope, run: str, *, under_way: Sequence[Json] = ()) -> RunRow: ...
    def run_definition(self, scope: Scope, run: str) -> RunDefinition: ...
    def audit(self, scope: Scope, *, only: AuditFilter, page: PageAsk) -> Page[AuditView]:
        """Newest first; bounded as `runs` is. A caller limited to workspaces sees what names one of them."""
        ...

    def users(self, *, page: PageAsk) -> Page[UserView]: ...
    def tokens(self, *, page: PageAsk) -> Page[TokenView]:
        """Of all users."""
        ...

    def statistics(self, scope: Scope, *, workspace: str | None, hours: int) -> Statistics:
        """What Home shows, of the clock hours up to now."""
        ...

    def measures(self) -> Measures:
        """What the metrics show."""
        ...

    def is_there(self) -> bool:
        """Whether the database answers."""
        ...
