"""Flows as the API shows them: one, and the lines of a list (R8)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
from flowslot.api.answers.versions import VersionAnswer
from flowslot.app.views import FlowRow, FlowView
from flowslot.domain.flow import Visibility
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot

NOWHERE: Literal["none"] = "none"


class FlowAnswer(Struct, frozen=True):
    """A flow and its two slots."""

    slug: Annotated[str, Meta(description="Its name in addresses.")]
    name: Annotated[str, Meta(description="Its name for people.")]
    visibility: Annotated[Visibility, Meta(description="Where it may be registered.")]
    revision: Annotated[
        int, Meta(description="Grows with every change of slots or versions; name it as `expected_revision`.")
    ]
    main: Annotated[VersionAnswer | None, Meta(description="The version on main; null while main is empty.")]
    staging: Annotated[VersionAnswer | None, Meta(description="The version on staging; null while staging is empty.")]
    latest: Annotated[VersionAnswer | None, Meta(description="The version saved last; null before the first.")]
    home_workspace: Annotated[
        str | None, Meta(description="Slug of the workspace it lives in; null when that is out of your scope.")
    ]
    registrations: Annotated[int, Meta(description="How many workspaces have it.")]


class RunCountsAnswer(Struct, frozen=True):
    """Runs of the last 24 hours, without test runs; on a busy account, those among its newest 50,000."""

    success: Annotated[int, Meta(description="How many ended well.")]
    failed: Annotated[int, Meta(description="How many failed, exceptions included.")]


class HourAnswer(Struct, frozen=True):
    """Runs of an hour, without test runs."""

    success: Annotated[int, Meta(description="How many ended well.")]
    failed: Annotated[int, Meta(description="How many failed, exceptions included.")]


class LastRunAnswer(Struct, frozen=True):
    """The newest run."""

    id: Annotated[str, Meta(description="Its id.")]
    status: Annotated[RunStatus, Meta(description="Where it stands.")]
    queued_at: Annotated[str, Meta(description="When it was accepted.")]


class FlowRowAnswer(FlowAnswer, frozen=True):
    """A line of the flow list.

    What it says of a registration is about the workspace asked for, or else about the flow's home workspace.
    """

    workspace: Annotated[str | None, Meta(description="Slug of the workspace the line speaks of; null for none.")]
    running_on: Annotated[
        Literal["main", "staging", "none"],
        Meta(description="The slot whose version a trigger would run now; `none` where nothing would run."),
    ]
    slot: Annotated[Slot | None, Meta(description="The slot the registration looks to; null when not registered.")]
    fallback: Annotated[
        bool, Meta(description="Whether it runs the staged version only because main is empty (R7's setting).")
    ]
    active: Annotated[bool, Meta(description="Whether the registration takes triggers.")]
    trigger_kind: Annotated[
        str | None, Meta(description="What starts the version that runs, or else the newest one; null without any.")
    ]
    callable: Annotated[bool, Meta(description="Whether other flows can call it: its trigger is `on_demand`.")]
    runs_24h: Annotated[RunCountsAnswer, Meta(description="Runs of the last 24 hours.")]
    hours: Annotated[list[HourAnswer], Meta(description="The same, hour by hour: 24, the oldest first.")]
    last_run: Annotated[LastRunAnswer | None, Meta(description="The newest run; null before the first.")]


def flow_answer(view: FlowView) -> FlowAnswer:
    return shaped(FlowAnswer, view)


def flow_row_answer(row: FlowRow) -> FlowRowAnswer:
    flow = {name: getattr(row.flow, name) for name in FlowAnswer.__struct_fields__}
    running_on = NOWHERE if row.running_on is None else row.running_on.value
    return shaped(FlowRowAnswer, row, **flow, running_on=running_on, callable=row.trigger_kind == "on_demand")
