"""Schedules: what is due, and one tick as one statement for all registrations on the slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    LargeBinary,
    Select,
    String,
    bindparam,
    case,
    cast,
    delete,
    false,
    func,
    literal_column,
    select,
    true,
    update,
)

from flowslot.app.journal import Due
from flowslot.base.clock import time_from, time_text
from flowslot.base.ids import FlowId, RunId, TimeOrderedIds
from flowslot.base.json_text import dump
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.runs import Trigger, TriggerKind
from flowslot.domain.slots import Slot
from flowslot.storage.accepting import insert_once
from flowslot.storage.codecs import trigger_document
from flowslot.storage.dialect import Backend
from flowslot.storage.drivers import RawCursor
from flowslot.storage.resolving import Way, fallback_of, resolved
from flowslot.storage.statements import Given, Statement
from flowslot.storage.tables import Text, flow, registration, run, schedule, version

_NUMBER_LENGTH = 7
"""Digits at the end of a tick's run ids that count its registrations."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A schedule that is due, when it is due next, and when its runs are queued."""

    due: Due
    next_at: datetime | None
    queued_at: datetime


class Ticking:
    """The statements about schedules."""

    def __init__(self, backend: Backend, empty_main: EmptyMain, *, owner: str | None) -> None:
        self._owner = owner
        self._fallback = fallback_of(empty_main)
        self._due = Statement(backend, _due())
        self._next = Statement(backend, _schedules(schedule.c.next_at).order_by(schedule.c.next_at).limit(1))
        self._move = Statement(backend, update(schedule).where(*_this_tick).values(next_at=bindparam("next")))
        self._stop = Statement(backend, delete(schedule).where(*_this_tick))
        self._insert = Statement(backend, _insert(backend.name))

    def due(self, cursor: RawCursor, many: Sequence[str]) -> list[list[Due]]:
        """The schedules due at each of these times."""
        return [
            [
                Due(FlowId(of), Slot(slot), time_from(tick), number, content_hash, _time(since), registrations)
                for of, slot, tick, since, number, content_hash, registrations in self._due.rows(cursor, {"now": now})
            ]
            for now in many
        ]

    def next_at(self, cursor: RawCursor) -> str | None:
        """When the next schedule is due."""
        rows = self._next.rows(cursor, {})
        return rows[0][0] if rows else None

    def tick(self, cursor: RawCursor, many: Sequence[Tick]) -> list[list[RunId]]:
        """Starts the runs of each tick that nobody took yet, and sets the next one."""
        return [self._tick(cursor, each) for each in many]

    def _tick(self, cursor: RawCursor, tick: Tick) -> list[RunId]:
        due = tick.due
        place: dict[str, object] = {"flow": due.flow, "of_slot": due.slot.value, "tick": time_text(due.tick)}
        place["since"] = None if due.since is None else time_text(due.since)
        if tick.next_at is None:
            taken = self._stop.change(cursor, place)
        else:
            taken = self._move.change(cursor, {**place, "next": time_text(tick.next_at)})
        if not taken:
            return []
        rows = self._insert.rows(cursor, {**place, **self._fallback, **_written(tick), "owner": self._owner})
        return [RunId(row[0]) for row in rows]


def _written(tick: Tick) -> Given:
    moment = time_text(tick.due.tick)
    prefix = TimeOrderedIds().new("run")[:-_NUMBER_LENGTH]  # made anew: two ticks of a moment share no random part
    return {
        "prefix": prefix,
        "trigger": trigger_document(Trigger(TriggerKind.SCHEDULE, {"tick": moment})),
        "key": f"tick:{moment}",
        "input": dump({"time": moment}),
        "at": time_text(tick.queued_at),
    }


_this_tick = (
    schedule.c.flow_id == bindparam("flow", type_=Text),
    schedule.c.slot == bindparam("of_slot", type_=Text),
    schedule.c.next_at == bindparam("tick", type_=Text),
    schedule.c.since.is_not_distinct_from(bindparam("since", type_=Text)),  # else the slot got another schedule
)


def _time(text: str | None) -> datetime | None:
    return None if text is None else time_from(text)


def _schedules(*columns: ColumnElement[Any]) -> Select[Any]:
    """The schedules of slots that have a version."""
    deployed = case((schedule.c.slot == Slot.STAGING.value, flow.c.staging_version), else_=flow.c.main_version)
    same = (version.c.flow_id == flow.c.id) & (version.c.number == deployed)
    return select(*columns).select_from(schedule.join(flow).join(version, same))


def _due() -> Select[Any]:
    row = (schedule.c.flow_id, schedule.c.slot, schedule.c.next_at, schedule.c.since)
    late = schedule.c.next_at <= bindparam("now", type_=Text)
    found = _schedules(*row, version.c.number, version.c.hash, flow.c.registrations).where(late)
    return found.order_by(schedule.c.next_at, schedule.c.flow_id, schedule.c.slot)


def _insert(dialect: str) -> Insert:
    """A run for each active registration that runs the slot's version: also those on an empty main that fall back."""
    own = resolved(Way.OWN)
    here = {
        "flow_id": flow.c.id,
        "workspace_id": registration.c.workspace_id,
        "registration_id": registration.c.id,
        "version": version.c.number,
        "hash": version.c.hash,
        "slot": own.slot,
    }
    on_version = (version.c.flow_id == flow.c.id) & (version.c.number == own.version)
    starting = (
        select(*(column.label(name) for name, column in here.items()))
        .select_from(registration.join(flow).join(version, on_version))
        .where(
            registration.c.flow_id == bindparam("flow", type_=Text),
            registration.c.active == true(),
            own.slot == bindparam("of_slot", type_=Text),
        )
        # on PostgreSQL whoever takes a registration away waits for this transaction, and then sees the run
        .with_for_update(read=True, key_share=True, of=registration)
        .cte("starting")
    )
    counted = func.row_number().over(order_by=starting.c.registration_id)
    padded = func.substr(cast(counted + 10**_NUMBER_LENGTH, String), 2)
    values = {
        "id": bindparam("prefix", type_=Text).concat(padded),
        **{name: starting.c[name] for name in here},
        "status": literal_column("'queued'", Text),
        "trigger": bindparam("trigger", type_=LargeBinary),
        "trigger_key": bindparam("key", type_=Text),
        "input": bindparam("input", type_=LargeBinary),
        "queued_at": bindparam("at", type_=Text),
        "depth": literal_column("0", Integer),
        "test": false(),
        "cancel_requested": false(),
        "owner": bindparam("owner", type_=Text),
    }
    rows = select(*values.values()).where(true())  # ON CONFLICT after a SELECT needs a WHERE on SQLite
    return insert_once(dialect).from_select(list(values), rows).returning(run.c.id)
