"""The schedule rows of a flow's two slots, set anew whenever the version in a slot changes."""

from __future__ import annotations

from flowslot.app.ports import Deps, UnitOfWork
from flowslot.domain.definition import Definition
from flowslot.domain.flow import Flow
from flowslot.domain.schedule import tick_after_change
from flowslot.domain.slots import Slot


def set_schedule(deps: Deps, uow: UnitOfWork, flow: Flow, *, slot: Slot, definition: Definition | None) -> None:
    """Sets when a slot's registrations start next; None is an empty slot. A tick that is due already is not lost."""
    now = deps.clock.now()
    first = None if definition is None else deps.definitions.first_tick(definition, after=now)
    pending = uow.schedules.get(flow.id, slot.value)
    uow.schedules.put(flow.id, slot.value, next_at=tick_after_change(pending, first, now=now))
