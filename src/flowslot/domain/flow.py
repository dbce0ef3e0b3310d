"""The nouns the rules speak of: workspace, flow, version, registration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from flowslot.base.ids import FlowId, PromotionId, RegistrationId, WorkspaceId
from flowslot.base.json_text import Json


class Visibility(Enum):
    """Where a flow may be registered."""

    SHARED = "shared"  # in any workspace of the account
    PRIVATE = "private"  # only in its own workspace (R15)


class WorkspaceKind(Enum):
    """What a workspace is for."""

    STANDARD = "standard"  # one customer's everyday work
    CUSTOM = "custom"  # one customer, special arrangements
    PROJECT = "project"  # one project of a customer
    DEVELOPMENT = "development"  # a test bench


class VersionKind(Enum):
    """How far a version got by itself."""

    DRAFT = "draft"  # saved, never deployed to a slot
    STAGED = "staged"  # deployed to staging at least once


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where flows run for one customer: the tenancy boundary."""

    id: WorkspaceId
    slug: str
    name: str
    kind: WorkspaceKind
    customer: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow and its two slots. Slots are pointers to version numbers; None is an empty slot."""

    id: FlowId
    slug: str
    name: str
    visibility: Visibility
    home_workspace: WorkspaceId
    revision: int
    """Grows with every change of slots or versions (R18)."""
    slots_revision: int
    """The revision at which a slot changed last; tells whether a promotion can still be undone."""
    slot_epoch: int
    """A registration is on staging exactly when its staging_epoch equals this number."""
    main_version: int | None
    staging_version: int | None
    latest_version: int
    """Highest version number given so far; 0 before the first save."""
    fleet_revision: int
    """Grows when a registration, its configuration or a connection it uses changes."""
    registrations: int
    """How many workspaces have the flow."""
    staged_fingerprint: str | None
    """What the validation that let the staged version in had looked at."""


@dataclass(frozen=True, slots=True)
class Version:
    """An immutable, numbered snapshot of a flow's definition (R16)."""

    flow: FlowId
    number: int
    hash: str
    author: str
    at: datetime
    note: str
    workspace: WorkspaceId
    kind: VersionKind
    discarded: bool


@dataclass(frozen=True, slots=True)
class Registration:
    """One flow in one workspace, with its configuration values and connections."""

    id: RegistrationId
    flow: FlowId
    workspace: WorkspaceId
    active: bool
    staging_epoch: int | None
    config: Json
    connections: Mapping[str, str]
    """Name in the definition → slug of a connection of the workspace."""
    hook_main: str
    hook_staging: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Promotion:
    """One move of main to the staged version, with what is needed to undo it."""

    id: PromotionId
    flow: FlowId
    version: int
    from_version: int | None
    from_epoch: int
    revision: int
    """The flow's revision after the promotion."""
    at: datetime
    actor: str
    workspace: WorkspaceId
    registrations: int
    other_workspaces: int
    undone_at: datetime | None
    undone_by: str | None
