"""Reading runs and routes: what a stretch needs, what recovery needs, where a trigger leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select

from flowslot.app.journal import Loaded, Route, Target
from flowslot.base.clock import time_from
from flowslot.base.errors import NotFound
from flowslot.base.ids import FlowId, RegistrationId, RunId, WorkspaceId
from flowslot.base.json_text import Json, stored
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.runs import Run, RunStatus
from flowslot.domain.slots import Slot
from flowslot.storage.codecs import entry_from, error_from, outcome_from, steps_from, trigger_from
from flowslot.storage.dialect import Backend
from flowslot.storage.drivers import RawCursor
from flowslot.storage.owning import owned_by
from flowslot.storage.parking import next_wake
from flowslot.storage.resolving import Way, fallback_of, parameters_of, resolved, way_of
from flowslot.storage.statements import Statement
from flowslot.storage.tables import Text, flow, journal, registration, run, version, workspace

_LEFT = ("trigger_key", "parent_path", "wait", "wake_at", "definition")
_RUN = [column for column in run.c if column.name not in _LEFT]
_BESIDE = (registration.c.config, registration.c.connections, flow.c.slug, workspace.c.slug)


class Loading:
    """The statements that read runs."""

    def __init__(self, backend: Backend, *, owner: str | None) -> None:
        self._run = Statement(backend, _run)
        self._entries = Statement(backend, _entries)
        self._open = Statement(backend, _open.where(owned_by(owner)))
        self._next_wake = Statement(backend, next_wake(owner))

    def load(self, cursor: RawCursor, many: Sequence[RunId]) -> list[Loaded | NotFound]:
        """Each run with its journal."""
        asked = [{"run": each} for each in many]
        runs = self._run.each(cursor, asked)
        entries = self._entries.each(cursor, asked)
        return [
            _loaded(rows[0], recorded) if rows else NotFound(f"There is no run {which!r}.")
            for which, rows, recorded in zip(many, runs, entries, strict=True)
        ]

    def open_runs(self, cursor: RawCursor) -> list[RunId]:
        """Queued and running runs, oldest first."""
        return sorted(RunId(row[0]) for row in self._open.rows(cursor, {}))

    def next_wake(self, cursor: RawCursor) -> str | None:
        """When the next parked run is due."""
        found: str | None = self._next_wake.rows(cursor, {})[0][0]
        return found


class Routing:
    """The statements that find where a trigger leads."""

    def __init__(self, backend: Backend, empty_main: EmptyMain) -> None:
        self._fallback = fallback_of(empty_main)
        self._by_hook = Statement(backend, _route(Way.HOOK, _by_hook))
        others = [way for way in Way if way is not Way.HOOK]
        self._by_place: dict[Way, Statement] = {way: Statement(backend, _route(way, _by_place)) for way in others}
        self._definition = Statement(backend, _definition)
        self._tried = Statement(backend, _tried)

    def of_hook(self, cursor: RawCursor, token: str) -> Route | None:
        return _first_route(self._by_hook.rows(cursor, {**self._fallback, "hook": token}))

    def of(self, cursor: RawCursor, flow_id: FlowId, workspace_id: WorkspaceId, target: Target) -> Route | None:
        given = {**self._fallback, **parameters_of(target), "flow": flow_id, "workspace": workspace_id}
        return _first_route(self._by_place[way_of(target)].rows(cursor, given))

    def definition(self, cursor: RawCursor, content_hash: str) -> Json:
        asked = {"hash": content_hash}
        rows = self._definition.rows(cursor, asked) or self._tried.rows(cursor, asked)
        if not rows:
            raise NotFound("There is no version with this content.")
        return stored(rows[0][0])


_this_run = run.c.id == bindparam("run", type_=Text)
_run: Select[Any] = (
    select(*_RUN, *_BESIDE)
    .select_from(
        run.join(flow, flow.c.id == run.c.flow_id)
        .join(workspace, workspace.c.id == run.c.workspace_id)
        .outerjoin(registration, registration.c.id == run.c.registration_id)
    )
    .where(_this_run)
)
_entries = select(journal.c.path, journal.c.body).where(journal.c.run_id == bindparam("run", type_=Text))
_entries = _entries.order_by(journal.c.seq)
_working = or_(run.c.status == RunStatus.QUEUED.value, run.c.status == RunStatus.RUNNING.value)
# not ordered here: SQLite would go through all runs there ever were, in the order of their ids
_open = select(run.c.id).where(run.c.ended_at.is_(None), _working)
_hash = bindparam("hash", type_=Text)
_definition = select(version.c.definition).where(version.c.hash == _hash).limit(1)
_tried = select(run.c.definition).where(run.c.hash == _hash, run.c.definition.is_not(None)).limit(1)

_hook = bindparam("hook", type_=Text)
_by_hook = (or_(registration.c.hook_main == _hook, registration.c.hook_staging == _hook),)
_by_place = (
    registration.c.flow_id == bindparam("flow", type_=Text),
    registration.c.workspace_id == bindparam("workspace", type_=Text),
)


def _route(way: Way, conditions: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    target = resolved(way)
    columns = (
        registration.c.id,
        flow.c.id,
        flow.c.slug,
        workspace.c.id,
        workspace.c.slug,
        registration.c.revision,
        flow.c.slots_revision,
        registration.c.active,
        target.slot,
        version.c.number,
        version.c.hash,
        registration.c.config,
        registration.c.connections,
        registration.c.webhook_secret,
        registration.c.webhook_secret_previous,
    )
    same = (version.c.flow_id == flow.c.id) & (version.c.number == target.version)
    found = registration.join(flow).join(workspace, workspace.c.id == registration.c.workspace_id)
    return select(*columns).select_from(found.outerjoin(version, same)).where(*conditions)


def _first_route(rows: Sequence[tuple[Any, ...]]) -> Route | None:
    if not rows:
        return None
    of, of_flow, flow_slug, at, slug, revision, slots, active, slot, number, digest, config, bound, new, old = rows[0]
    return Route(
        registration=RegistrationId(of),
        flow=FlowId(of_flow),
        flow_slug=flow_slug,
        workspace=WorkspaceId(at),
        workspace_slug=slug,
        registration_revision=revision,
        slots_revision=slots,
        active=bool(active),
        slot=Slot(slot),
        version=number,
        hash=digest,
        config=stored(config),
        connections=stored(bound),
        sealed_secrets=tuple(secret for secret in (new, old) if secret is not None),
    )


def _loaded(row: tuple[Any, ...], recorded: Sequence[tuple[Any, ...]]) -> Loaded:
    found = dict(zip((column.name for column in _RUN), row, strict=False))
    config, connections, flow_slug, workspace_slug = row[len(_RUN) :]
    which = RunId(found["id"])
    given = stored(found["input"])
    return Loaded(
        run=_run_from(found, given),
        input=given,
        entries={path: entry_from(which, path, body) for path, body in recorded},
        config={} if config is None else stored(config),
        connections={} if connections is None else stored(connections),
        flow_slug=flow_slug,
        workspace_slug=workspace_slug,
        cancel_requested=bool(found["cancel_requested"]),
        owner=found["owner"],
        fence=found["fence"],
    )


def _run_from(found: dict[str, Any], given: Json) -> Run:
    return Run(
        id=RunId(found["id"]),
        flow=FlowId(found["flow_id"]),
        workspace=WorkspaceId(found["workspace_id"]),
        registration=RegistrationId(found["registration_id"]),
        version=found["version"] or None,
        hash=found["hash"],
        slot=Slot(found["slot"]),
        status=RunStatus(found["status"]),
        trigger=trigger_from(found["trigger"]),
        input=given,
        outcome=outcome_from(found["outcome"]),
        error=error_from(found["error"]),
        queued_at=time_from(found["queued_at"]),
        started_at=None if found["started_at"] is None else time_from(found["started_at"]),
        ended_at=None if found["ended_at"] is None else time_from(found["ended_at"]),
        parent=None if found["parent_id"] is None else RunId(found["parent_id"]),
        depth=found["depth"],
        test=bool(found["test"]),
        steps=steps_from(found["steps"]),
        payload_removed_at=_time_or_none(found["payload_removed_at"]),
    )


def _time_or_none(text: str | None) -> datetime | None:
    return None if text is None else time_from(text)
