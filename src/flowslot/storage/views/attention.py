"""What needs attention, as far as it can be told quickly and for certain; each text says what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice, takewhile

from sqlalchemy import ColumnElement, Connection, false, or_, select, true, union_all

from flowslot.app.quarantine import FACT
from flowslot.app.statistics import Attention, Concern, FlowOfRuns, WaitingFlow
from flowslot.base.clock import time_text
from flowslot.base.ids import earliest_id
from flowslot.domain.flow import Flow
from flowslot.domain.resolve import version_to_run
from flowslot.domain.runs import ENDED, RunStatus
from flowslot.storage.tables import fact, flow, registration, run, workspace
from flowslot.storage.views.now import Now
from flowslot.storage.views.rows import AnyRow, AnySelect, flow_of, registration_of

MOST = 50
LEAST_FAILURES = 3
_FLOWS, _RUNS = 20, 100
"""So many flows are looked at for failing registrations, and so many of the newest runs of each."""
_BUDGET = 1_000
"""Registrations whose configuration is looked at anew for one answer."""
_LONG = timedelta(days=7)
_FAILURES = frozenset({RunStatus.FAILED.value, RunStatus.EXCEPTION.value})
_ENDED = [status.value for status in ENDED - {RunStatus.CANCELED}]


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom it is for, and what is known already."""

    flows: ColumnElement[bool]
    workspaces: Sequence[str] | None
    whole_account: bool
    ran: Sequence[FlowOfRuns]
    waiting: Sequence[WaitingFlow]
    since: datetime


def attention(connection: Connection, asked: Asked, *, now: Now) -> list[Attention]:
    flows = _deployed(connection, asked)
    found = chain(
        _quarantine(connection, asked),
        _failing(connection, asked),
        _incomplete(connection, asked, flows, now),
        _without_secret(connection, asked, flows, now),
        _staged_long(asked, now),
    )
    return list(islice(found, MOST))


def _deployed(connection: Connection, asked: Asked) -> list[Flow]:
    """The flows that have a version in a slot."""
    has_version = or_(flow.c.main_version.is_not(None), flow.c.staging_version.is_not(None))
    return [flow_of(row) for row in connection.execute(select(flow).where(asked.flows, has_version))]


def _here(asked: Asked, column: ColumnElement[str]) -> ColumnElement[bool]:
    return true() if asked.workspaces is None else column.in_(asked.workspaces)


def _quarantine(connection: Connection, asked: Asked) -> Iterator[Attention]:
    if asked.whole_account and connection.scalar(select(fact.c.value).where(fact.c.name == FACT)) is not None:
        text = "The server is under quarantine and starts nothing: check it, then `flowslot quarantine end`."
        yield Attention(Concern.QUARANTINE, None, None, text)


def _failing(connection: Connection, asked: Asked) -> Iterator[Attention]:
    """Registrations whose newest ended runs all failed, at least three of them."""
    names = {each.flow: each.name for each in asked.ran if each.failed >= LEAST_FAILURES}
    slugs = list(names)[:_FLOWS]
    if not slugs:
        return
    ids = dict(connection.execute(select(flow.c.id, flow.c.slug).where(flow.c.slug.in_(slugs))).all())
    newest = union_all(*(_newest(asked, each) for each in ids)).subquery()
    query = (
        select(newest.c.flow_id, workspace.c.slug, workspace.c.name, newest.c.status)
        .join(workspace, workspace.c.id == newest.c.workspace_id)
        .order_by(newest.c.id.desc())
    )
    seen: dict[tuple[str, str, str], list[bool]] = {}
    for flow_id, here, name, status in connection.execute(query).all():
        seen.setdefault((ids[flow_id], here, name), []).append(status in _FAILURES)
    for (slug, here, name), failed in seen.items():
        many = len(list(takewhile(bool, failed)))
        if many >= LEAST_FAILURES:
            more = "at least " if many == len(failed) else ""
            text = f"The last {more}{many} runs of {names[slug]} in {name} failed: look at the newest one's error."
            yield Attention(Concern.FAILING, slug, here, text)


def _newest(asked: Asked, flow_id: str) -> AnySelect:
    within = (
        select(run.c.id, run.c.flow_id, run.c.workspace_id, run.c.status)
        .where(run.c.flow_id == flow_id, run.c.id >= earliest_id("run", asked.since), run.c.test == false())
        .where(run.c.status.in_(_ENDED), _here(asked, run.c.workspace_id))
        .order_by(run.c.id.desc())
        .limit(_RUNS)
        .subquery()
    )
    return select(within)


def _incomplete(connection: Connection, asked: Asked, flows: Sequence[Flow], now: Now) -> Iterator[Attention]:
    """Active registrations that lack what the version they run needs."""
    known = now.completeness.of_flows(connection, flows, budget=_BUDGET)
    missing = {each: lacks for by_id in known.values() for each, lacks in by_id.items()}
    by_flow = {each.id: each for each in flows}
    for row in _registrations(connection, asked, registration.c.id.in_(list(islice(missing, _BUDGET)))):
        its = by_flow[row.flow_id]
        if version_to_run(its, registration_of(row), empty_main=now.empty_main).version is None:
            continue
        text = f"{its.name} lacks {_listed(missing[row.id])} in {row.workspace_name}: fill it in under Registrations."
        yield Attention(Concern.INCOMPLETE, its.slug, row.workspace_slug, text)


def _without_secret(connection: Connection, asked: Asked, flows: Sequence[Flow], now: Now) -> Iterator[Attention]:
    """Active registrations whose version takes signed webhooks, and that have no secret to check them with."""
    signed = now.kinds.signed_webhooks(connection, flows)
    ids = [each.id for each in flows if signed.get(each.id)]
    by_flow = {each.id: each for each in flows}
    unsigned = (registration.c.flow_id.in_(ids), registration.c.webhook_secret.is_(None))
    for row in _registrations(connection, asked, *unsigned) if ids else ():
        its = by_flow[row.flow_id]
        if version_to_run(its, registration_of(row), empty_main=now.empty_main).version in signed[its.id]:
            text = f"{its.name} refuses all webhooks in {row.workspace_name}: it has no secret yet; set one."
            yield Attention(Concern.NO_WEBHOOK_SECRET, its.slug, row.workspace_slug, text)


def _registrations(connection: Connection, asked: Asked, *which: ColumnElement[bool]) -> Iterable[AnyRow]:
    """Active registrations in sight; twice as many as are told, for those that turn out to be well."""
    query = (
        select(registration, workspace.c.slug.label("workspace_slug"), workspace.c.name.label("workspace_name"))
        .join(workspace, workspace.c.id == registration.c.workspace_id)
        .where(*which, registration.c.active == true(), _here(asked, registration.c.workspace_id))
        .order_by(registration.c.id)
        .limit(2 * MOST)
    )
    return connection.execute(query).all()


def _staged_long(asked: Asked, now: Now) -> Iterator[Attention]:
    for each in asked.waiting:
        if each.since < time_text(now.moment - _LONG):
            day = each.since[:10]
            text = f"Version {each.version} of {each.name} has been on staging since {day}: promote it or revert."
            yield Attention(Concern.STAGED_LONG, each.flow, None, text)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
