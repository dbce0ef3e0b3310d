"""The run list with its filters, and one run with its steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from flowslot.app.callers import Scope
from flowslot.app.views import Page, PageAsk, RunDefinition, RunFilter, RunRow
from flowslot.base import json_text
from flowslot.base.clock import time_text
from flowslot.base.errors import NotFound
from flowslot.base.ids import earliest_id
from flowslot.base.json_text import Json
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot
from flowslot.storage.tables import flow, run, version, workspace
from flowslot.storage.views.document_text import text_of
from flowslot.storage.views.rows import AnyRow, document, untouched
from flowslot.storage.views.run_steps import listed_steps, steps_of
from flowslot.storage.views.scope import flow_row, sees, workspace_ids, workspace_row
from flowslot.storage.views.windows import Search, search_page

MOST = 50_000
"""Runs looked through for one page."""
MOST_TEXT = 2_000
"""Runs whose payloads are looked through for one page."""
LARGE = 16_384
"""Bytes of an input, of an outcome, or of all steps, from which on a list leaves them out."""
SLACK = timedelta(hours=1)
"""How far the time in a run's id may be from the time it was queued at."""

_INSIDE = (
    "steps",
    "input",
    "wait",
    "wake_at",
    "trigger_key",
    "parent_path",
    "depth",
    "cancel_requested",
    "registration_id",
    "definition",
)
_NAMED = (
    *(column for column in run.c if column.name not in _INSIDE),
    flow.c.slug.label("flow"),
    flow.c.name.label("flow_name"),
    workspace.c.slug.label("workspace"),
    workspace.c.name.label("workspace_name"),
)
_WHOLE = (*_NAMED, run.c.input, run.c.steps, run.c.wait)
_SHOWN = (
    *_NAMED,
    case((func.length(run.c.input) <= LARGE, run.c.input)).label("input"),
    func.length(run.c.input).label("input_size"),
    case((func.length(run.c.steps) <= LARGE, run.c.steps)).label("steps"),
    func.length(run.c.steps).label("steps_size"),
)
_WITH_NAMES = run.join(flow, flow.c.id == run.c.flow_id).join(workspace, workspace.c.id == run.c.workspace_id)


@dataclass(slots=True)
class _Conditions:
    within: list[ColumnElement[bool]] = field(default_factory=list)
    matching: list[ColumnElement[bool]] = field(default_factory=list)


def list_runs(connection: Connection, scope: Scope, *, only: RunFilter, page: PageAsk) -> Page[RunRow]:
    where = _Conditions()
    _places(connection, scope, only, where)
    _times(only, where)
    _kinds(only, where)
    most = MOST if only.text is None else MOST_TEXT
    found = search_page(connection, Search(_SHOWN, _WITH_NAMES, run.c.id, where.within, where.matching, most), page)
    return Page([_listed(row) for row in found.items], found.next)


def show_run(connection: Connection, scope: Scope, named: str, *, under_way: Sequence[Json]) -> RunRow:
    """A run; `under_way` are those of its steps that another process executes, as far as it is known."""
    query = select(*_WHOLE).select_from(_WITH_NAMES)
    found = connection.execute(query.where(run.c.id == named, sees(scope, workspace.c.slug))).first()
    if found is None:
        raise NotFound(f"There is no run {named!r} here.")
    steps = steps_of(connection, found, under_way=under_way)
    row = _row(found, outcome=untouched(found.outcome), steps=steps)
    suspended = row.status is RunStatus.SUSPENDED
    return replace(row, waits_for=untouched(found.wait)) if suspended else row


def show_definition(connection: Connection, scope: Scope, named: str) -> RunDefinition:
    """What a run executes: kept with it if it is a trial, with its version otherwise."""
    saved = and_(version.c.flow_id == run.c.flow_id, version.c.number == run.c.version)
    text = func.coalesce(run.c.definition, version.c.definition).label("text")
    query = select(text, run.c.version, run.c.hash).select_from(_WITH_NAMES.outerjoin(version, saved))
    found = connection.execute(query.where(run.c.id == named, sees(scope, workspace.c.slug))).first()
    if found is None:
        raise NotFound(f"There is no run {named!r} here.")
    return RunDefinition(untouched(found.text), found.version or None, found.hash)


def count_open(connection: Connection) -> dict[RunStatus, int]:
    query = select(run.c.status, func.count().label("many")).where(run.c.ended_at.is_(None)).group_by(run.c.status)
    return {RunStatus(row.status): row.many for row in connection.execute(query)}


def _places(connection: Connection, scope: Scope, only: RunFilter, where: _Conditions) -> None:
    """Conditions on flow and workspace: at most one of them goes through an index."""
    if only.workspace is not None:
        where.within.append(run.c.workspace_id == workspace_row(connection, scope, only.workspace).id)
    elif (here := workspace_ids(connection, scope)) is not None:
        (where.within if len(here) == 1 else where.matching).append(run.c.workspace_id.in_(here))
    if only.flow is not None:
        indexed = not where.within
        found = flow_row(connection, scope, only.flow).id
        (where.within if indexed else where.matching).append(run.c.flow_id == found)


def _times(only: RunFilter, where: _Conditions) -> None:
    """Conditions on when a run was queued. Ids are ordered by time: they bound what is looked through."""
    if only.since is not None:
        where.within.append(run.c.id >= earliest_id("run", only.since - SLACK))
        where.matching.append(run.c.queued_at >= time_text(only.since))
    if only.until is not None:
        where.within.append(run.c.id < earliest_id("run", only.until + SLACK))
        where.matching.append(run.c.queued_at < time_text(only.until))


def _kinds(only: RunFilter, where: _Conditions) -> None:
    if only.status:
        where.matching.append(run.c.status.in_(sorted(status.value for status in only.status)))
    if only.slot is not None:
        where.matching.append(run.c.slot == only.slot.value)
    if only.version is not None:
        where.matching.append(run.c.version == only.version)
    if only.text is not None:
        written = json_text.dump(only.text).decode()[1:-1]
        texts = (run.c.input, run.c.outcome, run.c.error)
        where.matching.append(or_(*(text_of(column).icontains(written, autoescape=True) for column in texts)))


def _listed(row: AnyRow) -> RunRow:
    """A run as a list shows it."""
    steps, all_steps = listed_steps(row, large=LARGE)
    outcome = untouched(row.outcome)
    large_details = row.outcome is not None and len(row.outcome) > LARGE
    if large_details:
        outcome = document(row.outcome) | {"details": None}
    left_out = {
        "input": row.input is None and row.input_size is not None,
        "outcome.details": large_details,
        "steps": not all_steps,
    }
    return _row(row, outcome=outcome, steps=steps, shortened=tuple(name for name, is_so in left_out.items() if is_so))


def _row(row: AnyRow, *, outcome: Json, steps: Json, shortened: tuple[str, ...] = ()) -> RunRow:
    return RunRow(
        id=row.id,
        flow=row.flow,
        flow_name=row.flow_name,
        workspace=row.workspace,
        workspace_name=row.workspace_name,
        version=row.version or None,
        hash=row.hash,
        slot=Slot(row.slot),
        status=RunStatus(row.status),
        trigger=untouched(row.trigger),
        input=untouched(row.input),
        outcome=outcome,
        error=untouched(row.error),
        queued_at=row.queued_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        parent=row.parent_id,
        test=row.test,
        payload_removed_at=row.payload_removed_at,
        steps=steps,
        shortened=shortened,
    )
