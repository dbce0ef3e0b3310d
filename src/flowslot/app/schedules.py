"""The schedules of a flow's two slots, set anew whenever a slot or a registration moves (R2, R5, R10, R12, R17)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from flowslot.app.audit import Action, event
from flowslot.app.ports import Deps, Event, UnitOfWork
from flowslot.base.clock import time_text
from flowslot.base.ids import FlowId, WorkspaceId
from flowslot.domain.flow import Flow
from flowslot.domain.schedule import Running, Skipped, Ticks, schedules_after
from flowslot.domain.slots import Slot, version_in


def set_schedules(
    deps: Deps, uow: UnitOfWork, old: Flow, new: Flow, *, left: Slot | None = None, workspace: WorkspaceId | None = None
) -> None:
    """Sets when the registrations start next. A tick that is due is still carried out, or its skip is on record.

    Registrations may have left the slot `left`: only that of `workspace`, if it is given.
    """
    held, now = uow.schedules.held(new.id), deps.clock.now()
    unmoved = all(version_in(old, slot) == version_in(new, slot) for slot in Slot)
    if unmoved and all(each.at > now for each in held.values()):
        return
    before, after = _ticks(deps, uow, old), _ticks(deps, uow, new)
    running = {slot: Running(before[slot], each) for slot, each in held.items() if slot in before}
    change = schedules_after(running, after, now=now, left=left)
    for slot in Slot:
        following = change.next.get(slot)
        if following is None:
            uow.schedules.put(new.id, slot.value, next_at=None)
        elif following != held.get(slot):
            uow.schedules.put(new.id, slot.value, next_at=following.at, since=following.since)
    for skipped in change.skipped:
        uow.record(skip_event(new.id, skipped, workspace=workspace if skipped.slot is left else None))


def skip_event(flow: FlowId, skipped: Skipped, *, workspace: WorkspaceId | None = None) -> Event:
    """What is put on record of ticks that are not carried out (R19)."""
    return event(
        Action.SCHEDULE_SKIPPED,
        flow=flow,
        workspace=workspace,
        about={
            "slot": skipped.slot.value,
            "reason": skipped.reason.value,
            "first": time_text(skipped.first),
            "last": time_text(skipped.last),
            "ticks": skipped.count,
        },
    )


def _ticks(deps: Deps, uow: UnitOfWork, flow: Flow) -> Mapping[Slot, Ticks]:
    """The schedule of each slot whose version has one."""

    @cache
    def of(version: int) -> Ticks | None:
        return deps.definitions.ticks(uow.versions.definition(flow.id, version))

    deployed = {slot: version_in(flow, slot) for slot in Slot}
    found = {slot: of(version) for slot, version in deployed.items() if version is not None}
    return {slot: ticks for slot, ticks in found.items() if ticks is not None}
