"""Accepting runs: one statement resolves the version and inserts the run, if the route still holds (R7, R13, R14)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Boolean, Insert, Integer, LargeBinary, bindparam, false, literal_column, or_, select
from sqlalchemy.dialects import sqlite

from flowslot.app.journal import Accepted, Order
from flowslot.base.clock import time_text
from flowslot.base.ids import RunId
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.slots import Slot
from flowslot.storage.codecs import trigger_document
from flowslot.storage.dialect import Backend, insert
from flowslot.storage.drivers import RawCursor
from flowslot.storage.resolving import Way, fallback_of, parameters_of, resolved, way_of
from flowslot.storage.statements import Given, Statement
from flowslot.storage.tables import Text, flow, registration, run, version


@dataclass(frozen=True, slots=True)
class Ready:
    """An order, written down."""

    way: Way
    key: str | None
    given: Given


class Accepting:
    """The statements that accept runs."""

    def __init__(self, backend: Backend, empty_main: EmptyMain, *, owner: str | None) -> None:
        self._fallback = {**fallback_of(empty_main), "owner": owner}
        self._insert = {way: Statement(backend, _insert(backend.name, way)) for way in Way}
        self._first = Statement(backend, _first)

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
        }
        return Ready(way_of(order.target), order.trigger_key, given)

    def accept(self, cursor: RawCursor, many: Sequence[Ready]) -> list[Accepted | None]:
        """The run of each order, new or accepted before under its trigger key; None when its route is stale."""
        found: list[Accepted | None] = []
        for way, alike in groupby(many, key=lambda ready: ready.way):
            orders = list(alike)
            inserted = self._insert[way].each(cursor, [ready.given for ready in orders])
            for ready, rows in zip(orders, inserted, strict=True):
                found.append(_accepted(rows[0], fresh=True) if rows else self._accepted_before(cursor, ready))
        return found

    def _accepted_before(self, cursor: RawCursor, ready: Ready) -> Accepted | None:
        if ready.key is None:
            return None
        rows = self._first.rows(cursor, ready.given)
        return _accepted(rows[0], fresh=False) if rows else None


def insert_once(dialect: str) -> sqlite.Insert:
    """An INSERT of runs that leaves out those whose trigger key is a run of the registration already."""
    unique = [run.c.registration_id, run.c.trigger_key]
    return insert(dialect, run).on_conflict_do_nothing(
        index_elements=unique, index_where=run.c.trigger_key.is_not(None)
    )


def _accepted(row: tuple[Any, ...], *, fresh: bool) -> Accepted:
    identity, number, content_hash, slot = row
    return Accepted(RunId(identity), number, content_hash, Slot(slot), fresh)


_RESULT = (run.c.id, run.c.version, run.c.hash, run.c.slot)


def _insert(dialect: str, way: Way) -> Insert:
    target = resolved(way)
    values = {
        "id": bindparam("id", type_=Text),
        "flow_id": flow.c.id,
        "workspace_id": registration.c.workspace_id,
        "registration_id": registration.c.id,
        "version": version.c.number,
        "hash": version.c.hash,
        "slot": target.slot,
        "status": literal_column("'queued'", Text),
        "trigger": bindparam("trigger", type_=LargeBinary),
        "trigger_key": bindparam("key", type_=Text),
        "input": bindparam("input", type_=LargeBinary),
        "queued_at": bindparam("at", type_=Text),
        "parent_id": bindparam("parent", type_=Text),
        "parent_path": bindparam("parent_path", type_=Text),
        "depth": bindparam("depth", type_=Integer),
        "test": bindparam("test", type_=Boolean),
        "cancel_requested": false(),
        "owner": bindparam("owner", type_=Text),
    }
    route = select(*values.values()).select_from(
        registration.join(flow).join(version, (version.c.flow_id == flow.c.id) & (version.c.number == target.version))
    )
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
