"""Accepting runs: one statement resolves the version and inserts the run, if the route still holds (R7, R13, R14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Boolean, ColumnElement, FromClause, Insert, Integer, LargeBinary, bindparam, false, or_, select
from sqlalchemy.dialects import sqlite

from flowslot.app.journal import Accepted, Ending, Order, result_for_parent
from flowslot.base.clock import time_text
from flowslot.base.ids import RunId
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot
from flowslot.storage.codecs import error_document, outcome_document, steps_document, trigger_document
from flowslot.storage.dialect import Backend, insert
from flowslot.storage.drivers import RawCursor
from flowslot.storage.parents import Child, Parents
from flowslot.storage.resolving import Way, fallback_of, parameters_of, resolved, way_of
from flowslot.storage.statements import Given, Statement
from flowslot.storage.tables import Text, flow, registration, run, version
from flowslot.storage.trials import TrialRecord, tried


@dataclass(frozen=True, slots=True)
class Ready:
    """An order, written down."""

    way: Way
    key: str | None
    given: Given
    child: Child | None
    """What the calling run is told, when this one has ended already."""


class Accepting:
    """The statements that accept runs."""

    def __init__(self, backend: Backend, empty_main: EmptyMain, parents: Parents, *, owner: str | None) -> None:
        self._parents = parents
        self._fallback = {**fallback_of(empty_main), "owner": owner}
        self._insert = {way: Statement(backend, _insert(backend.name, way)) for way in Way}
        self._first = Statement(backend, _first)
        self._trials = TrialRecord(backend)

    def prepare(self, order: Order) -> Ready:
        route = order.route
        given = {
            **self._fallback,
            **parameters_of(order.target),
            "id": order.id,
            "registration": route.registration,
            "registration_revision": route.registration_revision,
            "slots_revision": route.slots_revision,
            "trigger": trigger_document(order.trigger),
            "key": order.trigger_key,
            "input": order.input,
            "at": time_text(order.queued_at),
            "parent": order.parent,
            "parent_path": order.parent_path,
            "depth": order.depth,
            "test": order.test,
            **_state_of(order.ending),
            **tried(order),
        }
        child = None
        if order.ending is not None and order.parent is not None:
            child = Child(order.id, result_for_parent(order.ending))
        return Ready(way_of(order.target), order.trigger_key, given, child)

    def accept(self, cursor: RawCursor, many: Sequence[Ready]) -> list[Accepted | None]:
        """The run of each order, new or accepted before under its trigger key; None when its route is stale."""
        found: list[Accepted | None] = []
        for way, alike in groupby(many, key=lambda ready: ready.way):
            orders = list(alike)
            inserted = self._insert[way].each(cursor, [ready.given for ready in orders])
            for ready, rows in zip(orders, inserted, strict=True):
                found.append(self._accepted(cursor, ready, rows[0]) if rows else self._accepted_before(cursor, ready))
        return found

    def _accepted(self, cursor: RawCursor, ready: Ready, row: tuple[Any, ...]) -> Accepted:
        if ready.way is Way.TRIAL:
            self._trials.begun(cursor, ready.given)
        if ready.child is not None:
            given = ready.given
            self._parents.tell(cursor, ready.child, parent=str(given["parent"]), path=str(given["parent_path"]))
        return _accepted(row, fresh=True)

    def _accepted_before(self, cursor: RawCursor, ready: Ready) -> Accepted | None:
        if ready.key is None:
            return None
        rows = self._first.rows(cursor, ready.given)
        return _accepted(rows[0], fresh=False) if rows else None


def _state_of(ending: Ending | None) -> Given:
    """Where a run stands when it is accepted: queued, or ended already."""
    if ending is None:
        return _QUEUED
    return {
        "status": ending.status.value,
        "started": time_text(ending.started_at),
        "ended": time_text(ending.ended_at),
        "outcome": outcome_document(ending.outcome),
        "error": error_document(ending.error),
        "steps": steps_document(ending.steps),
    }


_DOCUMENTS = ("outcome", "error", "steps")
_QUEUED: Given = {
    "status": RunStatus.QUEUED.value,
    **dict.fromkeys(("started", "ended", *_DOCUMENTS)),
}


def insert_once(dialect: str) -> sqlite.Insert:
    """An INSERT of runs that leaves out those whose trigger key is a run of the registration already."""
    unique = [run.c.registration_id, run.c.trigger_key]
    return insert(dialect, run).on_conflict_do_nothing(
        index_elements=unique, index_where=run.c.trigger_key.is_not(None)
    )


def _accepted(row: tuple[Any, ...], *, fresh: bool) -> Accepted:
    identity, number, content_hash, slot = row
    return Accepted(RunId(identity), number or None, content_hash, Slot(slot), fresh)


_RESULT = (run.c.id, run.c.version, run.c.hash, run.c.slot)


def _executed(way: Way) -> dict[str, ColumnElement[Any]]:
    """What the run executes: its version, or the definition that comes with the order."""
    if way is not Way.TRIAL:
        return {"version": version.c.number, "hash": version.c.hash}
    return {
        "version": resolved(way).version,
        "hash": bindparam("tried_hash", type_=Text),
        "definition": bindparam("tried", type_=LargeBinary),
    }


def _among(way: Way) -> FromClause:
    """Where it is looked for."""
    found = registration.join(flow)
    if way is Way.TRIAL:
        return found
    return found.join(version, (version.c.flow_id == flow.c.id) & (version.c.number == resolved(way).version))


def _insert(dialect: str, way: Way) -> Insert:
    values = {
        "id": bindparam("id", type_=Text),
        "flow_id": flow.c.id,
        "workspace_id": registration.c.workspace_id,
        "registration_id": registration.c.id,
        **_executed(way),
        "slot": resolved(way).slot,
        "status": bindparam("status", type_=Text),
        "trigger": bindparam("trigger", type_=LargeBinary),
        "trigger_key": bindparam("key", type_=Text),
        "input": bindparam("input", type_=LargeBinary),
        "queued_at": bindparam("at", type_=Text),
        "started_at": bindparam("started", type_=Text),
        "ended_at": bindparam("ended", type_=Text),
        **{name: bindparam(name, type_=LargeBinary) for name in _DOCUMENTS},
        "parent_id": bindparam("parent", type_=Text),
        "parent_path": bindparam("parent_path", type_=Text),
        "depth": bindparam("depth", type_=Integer),
        "test": bindparam("test", type_=Boolean),
        "cancel_requested": false(),
        "owner": bindparam("owner", type_=Text),
    }
    route = select(*values.values()).select_from(_among(way))
    route = route.where(
        registration.c.id == bindparam("registration", type_=Text),
        registration.c.revision == bindparam("registration_revision", type_=Integer),
        flow.c.slots_revision == bindparam("slots_revision", type_=Integer),
    )
    if way is Way.HOOK:
        hook = bindparam("hook", type_=Text)
        route = route.where(or_(registration.c.hook_main == hook, registration.c.hook_staging == hook))
    # on PostgreSQL whoever takes the registration away waits for this transaction, and then sees the run
    route = route.with_for_update(read=True, key_share=True, of=registration)
    return insert_once(dialect).from_select(list(values), route).returning(*_RESULT)


_first = select(*_RESULT).where(
    run.c.registration_id == bindparam("registration", type_=Text), run.c.trigger_key == bindparam("key", type_=Text)
)
