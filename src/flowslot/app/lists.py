"""What lists can be asked for: filters and orders. None does not filter."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from flowslot.domain.flow import VersionKind
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot

MOST_SORTED = 100_000
"""Lines that a list is put in another order than its own for; longer ones must be filtered first."""


@dataclass(frozen=True, slots=True)
class Order:
    """By what a list is sorted; ties stand by the list's own key. Lines without a value come last either way."""

    by: str = ""
    """Empty: the list's own key."""
    descending: bool = False


class RunningOn(Enum):
    """Where a flow runs, as a filter."""

    MAIN = "main"  # a trigger would run the version on main
    STAGING = "staging"  # a trigger would run the version on staging
    NONE = "none"  # a trigger would run nothing


@dataclass(frozen=True, slots=True)
class FlowFilter:
    """Which flows."""

    workspace: str | None = None
    text: str | None = None
    """Stands in the slug or the name, whatever its case."""
    running_on: RunningOn | None = None
    order: Order = field(default=Order())


@dataclass(frozen=True, slots=True)
class RegistrationFilter:
    """Which registrations of a flow."""

    text: str | None = None
    """Stands in the slug, the name or the customer of the workspace, whatever its case."""
    slot: Slot | None = None
    active: bool | None = None
    complete: bool | None = None
    order: Order = field(default=Order())


@dataclass(frozen=True, slots=True)
class VersionFilter:
    """Which versions of a flow."""

    workspace: str | None = None
    author: str | None = None
    kind: VersionKind | None = None
    text: str | None = None
    """Stands in the note, whatever the case of ASCII letters."""


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs."""

    flow: str | None = None
    workspace: str | None = None
    status: frozenset[RunStatus] = frozenset()
    slot: Slot | None = None
    version: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    """Stands in the input, the outcome or the error, whatever the case of ASCII letters."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries of the record."""

    flow: str | None = None
    workspace: str | None = None
    action: str | None = None
    """A whole action, or its noun: `promotion` finds promotion.made and promotion.undone."""
    actor: str | None = None
    since: datetime | None = None
    until: datetime | None = None
