"""What Home shows: how runs went hour by hour, what waits, what was promoted, and what needs attention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

MOST_HOURS = 168


@dataclass(frozen=True, slots=True)
class HourOfRuns:
    """Runs that were accepted in an hour, without test runs, by how they stand."""

    at: datetime
    success: int
    failed: int
    """Without exceptions."""
    exception: int
    canceled: int
    open: int


@dataclass(frozen=True, slots=True)
class FlowOfRuns:
    """How the runs of a flow went. `failed` counts exceptions too."""

    flow: str
    name: str
    success: int
    failed: int


@dataclass(frozen=True, slots=True)
class RecentPromotion:
    id: str
    flow: str
    name: str
    version: int
    from_version: int | None
    at: str
    actor: str
    undone_at: str | None


@dataclass(frozen=True, slots=True)
class WaitingFlow:
    """A flow with a staged version."""

    flow: str
    name: str
    version: int
    since: str
    """When it was deployed there last."""
    author: str


class Concern(Enum):
    """Kinds of things that need attention, the most urgent first."""

    QUARANTINE = "quarantine"  # the server starts nothing
    FAILING = "failing"  # the newest runs of a flow in a workspace all failed
    INCOMPLETE = "incomplete"  # configuration or connections are missing where a version runs
    NO_WEBHOOK_SECRET = "no_webhook_secret"  # noqa: S105  a concern's name, not a secret
    # … webhooks are refused, because there is nothing to check their signature with
    STAGED_LONG = "staged_long"  # a version has been on staging for more than a week


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that needs attention; the text says what to do."""

    kind: Concern
    flow: str | None
    workspace: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Statistics:
    """What Home shows, for what the caller sees."""

    since: datetime
    until: datetime
    hours: Sequence[HourOfRuns]
    flows: Sequence[FlowOfRuns]
    promotions: Sequence[RecentPromotion]
    waiting: Sequence[WaitingFlow]
    attention: Sequence[Attention]
    bounded: bool
    """Whether there were more runs than are counted: then the figures speak of the newest."""
