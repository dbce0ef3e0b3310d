"""Quarantine: a server that was restored from a backup starts nothing until an administrator lets it (R19)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flowslot.app.audit import Action, event
from flowslot.app.callers import Caller, Role
from flowslot.app.ports import Call, Deps, UnitOfWork
from flowslot.base.clock import time_text
from flowslot.base.errors import Conflict
from flowslot.base.json_text import Json, dump, stored
from flowslot.domain.runs import RunStatus

FACT = "quarantine"
"""The fact that a database under quarantine has."""


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Since when, and why."""

    since: str
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand: the quarantine, if there is one, and what would go on without it."""

    quarantine: Quarantine | None
    open_runs: Mapping[RunStatus, int]
    missed_ticks: int
    """Schedules whose time has passed; they go on with their next tick, and what was missed is not caught up."""


@dataclass(frozen=True, slots=True)
class Released:
    """What the end of a quarantine did."""

    schedules: int
    """Schedules that were moved on to their next tick."""
    canceled: int
    """Open runs that were ended instead of going on."""


def quarantine_text(since: datetime, why: str) -> str:
    """The fact's value."""
    return dump({"since": time_text(since), "why": why}).decode()


def is_on(deps: Deps, caller: Caller) -> bool:
    with deps.store.read(caller) as uow:
        return uow.facts.get(FACT) is not None


def standing(deps: Deps, caller: Caller) -> Standing:
    """Whether there is a quarantine, and what waits behind it."""
    caller.scope.needs_account()
    with deps.store.read(caller) as uow:
        missed = len(uow.schedules.due(deps.clock.now()))
        return Standing(_known(uow), uow.runs.all_open(), missed)


def begin(deps: Deps, call: Call, *, why: str) -> None:
    """Puts the server under quarantine from its next start on, for databases that were restored by other means."""
    call.caller.needs(Role.ADMIN)
    with deps.store.begin(call) as uow:
        uow.facts.put(FACT, quarantine_text(deps.clock.now(), why))
        uow.record(event(Action.QUARANTINE_BEGUN, about={"why": why}))
        uow.commit(None)


def end(deps: Deps, call: Call, *, cancel_open: bool) -> Released:
    """Lets the server work: open runs go on or are canceled, schedules go on with their next tick. Conflict if none."""
    call.caller.needs(Role.ADMIN)
    call.caller.scope.needs_account()
    now = deps.clock.now()
    with deps.store.begin(call) as uow:
        found = _known(uow)
        if found is None:
            raise Conflict("There is no quarantine to end.")
        uow.facts.remove(FACT)
        canceled = uow.runs.cancel_all(now) if cancel_open else 0
        released = Released(_move_on(deps, uow, now), canceled)
        about: dict[str, Json] = {"since": found.since, "why": found.why}
        about |= {"schedules": released.schedules, "canceled": released.canceled}
        uow.record(event(Action.QUARANTINE_ENDED, about=about))
        return uow.commit(released)


def _known(uow: UnitOfWork) -> Quarantine | None:
    found = uow.facts.get(FACT)
    return None if found is None else Quarantine(**stored(found))


def _move_on(deps: Deps, uow: UnitOfWork, now: datetime) -> int:
    """Sets every schedule that is due to its next tick: what was missed was perhaps run by the server of before."""
    due = uow.schedules.due(now)
    for flow_id, slot in due:
        flow = uow.flows.by_id(flow_id)
        number = flow.staging_version if slot == "staging" else flow.main_version
        ticks = None if number is None else deps.definitions.ticks(uow.versions.definition(flow_id, number))
        uow.schedules.put(flow_id, slot, next_at=None if ticks is None else ticks.after(now))
    return len(due)
