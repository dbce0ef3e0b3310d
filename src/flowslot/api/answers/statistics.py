"""The figures of Home as the API shows them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
from flowslot.app.statistics import Concern, Statistics
from flowslot.base.clock import time_text


class StatisticsHourAnswer(Struct, frozen=True):
    """Runs that were accepted in a clock hour, without test runs, by how they stand now."""

    at: Annotated[str, Meta(description="When the hour began.")]
    success: Annotated[int, Meta(description="How many ended well.")]
    failed: Annotated[int, Meta(description="How many failed, without exceptions.")]
    exception: Annotated[int, Meta(description="How many could not go on.")]
    canceled: Annotated[int, Meta(description="How many were canceled.")]
    open: Annotated[int, Meta(description="How many have not ended.")]


class StatisticsFlowAnswer(Struct, frozen=True):
    """How the runs of a flow went in this time."""

    flow: Annotated[str, Meta(description="Slug of the flow.")]
    name: Annotated[str, Meta(description="Its name for people.")]
    success: Annotated[int, Meta(description="How many ended well.")]
    failed: Annotated[int, Meta(description="How many failed, exceptions included.")]


class RecentPromotionAnswer(Struct, frozen=True):
    """A promotion of the last seven days."""

    id: Annotated[str, Meta(description="Its id.")]
    flow: Annotated[str, Meta(description="Slug of the flow.")]
    name: Annotated[str, Meta(description="Its name for people.")]
    version: Annotated[int, Meta(description="Number of the version that went to main.")]
    from_version: Annotated[int | None, Meta(description="What was on main before; null when main was empty.")]
    at: Annotated[str, Meta(description="When it was made.")]
    actor: Annotated[str, Meta(description="Who made it.")]
    undone_at: Annotated[str | None, Meta(description="When it was undone; null while it stands.")]


class WaitingAnswer(Struct, frozen=True):
    """A flow with a staged version."""

    flow: Annotated[str, Meta(description="Slug of the flow.")]
    name: Annotated[str, Meta(description="Its name for people.")]
    version: Annotated[int, Meta(description="Number of the staged version.")]
    since: Annotated[str, Meta(description="When it was deployed there last.")]
    author: Annotated[str, Meta(description="Who saved it.")]


class AttentionAnswer(Struct, frozen=True):
    """One thing that needs attention."""

    kind: Annotated[Concern, Meta(description="What it is about; there may be more kinds one day.")]
    flow: Annotated[str | None, Meta(description="Slug of the flow; null where it is about none.")]
    workspace: Annotated[str | None, Meta(description="Slug of the workspace; null where it is about none.")]
    text: Annotated[str, Meta(description="What is so, and what to do.")]


class StatisticsAnswer(Struct, frozen=True, rename={"since": "from", "until": "to"}):
    """What Home shows."""

    since: Annotated[str, Meta(description="When the first hour began.")]
    until: Annotated[str, Meta(description="Now.")]
    hours: Annotated[list[StatisticsHourAnswer], Meta(description="Hour by hour, the oldest first.")]
    flows: Annotated[list[StatisticsFlowAnswer], Meta(description="At most 50, the most failing first.")]
    promotions: Annotated[
        list[RecentPromotionAnswer], Meta(description="Of the last seven days, at most 50, the newest first.")
    ]
    waiting: Annotated[list[WaitingAnswer], Meta(description="At most 50, the one that waits longest first.")]
    attention: Annotated[list[AttentionAnswer], Meta(description="At most 50, the most urgent first.")]
    bounded: Annotated[
        bool, Meta(description="Whether there were more runs than are counted: figures then speak of the newest.")
    ]


def statistics_answer(found: Statistics) -> StatisticsAnswer:
    return StatisticsAnswer(
        since=time_text(found.since),
        until=time_text(found.until),
        hours=[shaped(StatisticsHourAnswer, hour, at=time_text(hour.at)) for hour in found.hours],
        flows=[shaped(StatisticsFlowAnswer, each) for each in found.flows],
        promotions=[shaped(RecentPromotionAnswer, each) for each in found.promotions],
        waiting=[shaped(WaitingAnswer, each) for each in found.waiting],
        attention=[shaped(AttentionAnswer, each) for each in found.attention],
        bounded=found.bounded,
    )
