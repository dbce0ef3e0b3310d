"""What Home shows: runs by hour and by flow, promotions of the week, what waits on staging, what needs attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from flowslot.app.callers import Scope
from flowslot.app.statistics import FlowOfRuns, HourOfRuns, RecentPromotion, Statistics, WaitingFlow
from flowslot.base.ids import earliest_id
from flowslot.storage.tables import DEPLOYED_TO_STAGING, audit, flow, promotion, registration, run, version
from flowslot.storage.views import attention, tallies
from flowslot.storage.views.now import Now
from flowslot.storage.views.scope import sees_flow, workspace_ids, workspace_row
from flowslot.storage.views.tallies import NOTHING, Tallies

MOST_RUNS = 100_000
MOST_SHOWN = 50
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Here:
    """What the figures are about: the flows in sight, and the workspaces (None: the whole account)."""

    flows: ColumnElement[bool]
    workspaces: Sequence[str] | None


def statistics(connection: Connection, scope: Scope, *, workspace_slug: str | None, hours: int, now: Now) -> Statistics:
    here = _here(connection, scope, workspace_slug)
    starts = _clock_hours(now.moment, hours)
    only = [] if here.workspaces is None else [run.c.workspace_id.in_(here.workspaces)]
    counted = tallies.tallied(connection, tallies.of_flows(here.flows, only), starts, most=MOST_RUNS)
    names = _names(connection, counted)
    flows = _flows(counted, names)
    waiting = _waiting(connection, here)
    return Statistics(
        since=starts[0],
        until=now.moment,
        hours=_hours(counted, starts),
        flows=flows[:MOST_SHOWN],
        promotions=_promotions(connection, here, now),
        waiting=waiting[:MOST_SHOWN],
        attention=attention.attention(
            connection,
            attention.Asked(here.flows, here.workspaces, scope.workspaces is None, flows, waiting, starts[0]),
            now=now,
        )[:MOST_SHOWN],
        bounded=counted.bounded,
    )


def _here(connection: Connection, scope: Scope, workspace_slug: str | None) -> Here:
    if workspace_slug is None:
        return Here(sees_flow(scope), workspace_ids(connection, scope))
    here = str(workspace_row(connection, scope, workspace_slug).id)
    registered = select(registration.c.flow_id).where(registration.c.workspace_id == here)
    at_home_or_registered = or_(flow.c.home_workspace_id == here, flow.c.id.in_(registered))
    return Here(and_(sees_flow(scope), at_home_or_registered), [here])


def _clock_hours(moment: datetime, many: int) -> list[datetime]:
    current = moment.replace(minute=0, second=0, microsecond=0)
    return [current - tallies.HOUR * back for back in range(many - 1, -1, -1)]


def _hours(counted: Tallies, starts: Sequence[datetime]) -> list[HourOfRuns]:
    sums = [NOTHING] * len(starts)
    for periods in counted.counts.values():
        for number, tally in periods.items():
            sums[number] += tally
    return [
        HourOfRuns(at, each.success, each.failed, each.exception, each.canceled, each.open)
        for at, each in zip(starts, sums, strict=True)
    ]


def _names(connection: Connection, counted: Tallies) -> Mapping[str, tuple[str, str]]:
    query = select(flow.c.id, flow.c.slug, flow.c.name).where(flow.c.id.in_(list(counted.counts)))
    return {row.id: (row.slug, row.name) for row in connection.execute(query)}


def _flows(counted: Tallies, names: Mapping[str, tuple[str, str]]) -> list[FlowOfRuns]:
    sums = {each: counted.of(each) for each in counted.counts}
    found = [FlowOfRuns(*names[each], tally.success, tally.failed + tally.exception) for each, tally in sums.items()]
    found = [each for each in found if each.success or each.failed]
    return sorted(found, key=lambda each: (-each.failed, -each.success, each.flow))


def _promotions(connection: Connection, here: Here, now: Now) -> list[RecentPromotion]:
    query = (
        select(promotion, flow.c.slug, flow.c.name)
        .join(flow, flow.c.id == promotion.c.flow_id)
        .where(promotion.c.id >= earliest_id("pro", now.moment - WEEK), here.flows)
        .order_by(promotion.c.id.desc())
        .limit(MOST_SHOWN)
    )
    return [
        RecentPromotion(row.id, row.slug, row.name, row.version, row.from_version, row.at, row.actor, row.undone_at)
        for row in connection.execute(query)
    ]


def _waiting(connection: Connection, here: Here) -> list[WaitingFlow]:
    deployed = (
        select(func.max(audit.c.at))
        .where(DEPLOYED_TO_STAGING, audit.c.flow_id == flow.c.id, audit.c.version == flow.c.staging_version)
        .scalar_subquery()
    )
    staged = and_(version.c.flow_id == flow.c.id, version.c.number == flow.c.staging_version)
    since = func.coalesce(deployed, version.c.at).label("since")
    query = (
        select(flow.c.slug, flow.c.name, version.c.number, since, version.c.author)
        .outerjoin(version, staged)  # flows first: a plan that begins with the versions would read all of them
        .where(here.flows, flow.c.staging_version.is_not(None))
        .order_by(since, flow.c.slug)
        .limit(MOST_SHOWN)
    )
    return [WaitingFlow(row.slug, row.name, row.number, row.since, row.author) for row in connection.execute(query)]
