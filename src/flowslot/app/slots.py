"""Make active: putting one registration on a slot (R10)."""

from __future__ import annotations

from dataclasses import dataclass

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.flows import seen_flow
from flowslot.app.ports import Call, Deps, UnitOfWork
from flowslot.app.refusals import refusal
from flowslot.app.schedules import set_schedules
from flowslot.app.showing import show_registration
from flowslot.app.staging import ATTEMPTS
from flowslot.app.surroundings import Look, fingerprint_now, look_around
from flowslot.app.validation import check, stored_definition
from flowslot.app.views import RegistrationView
from flowslot.base.errors import ValidationFailed, ValidationStale
from flowslot.domain.flow import Flow, Registration, Workspace
from flowslot.domain.slots import Slot, on_slot, slot_of, slots_changed, why_not_on
from flowslot.domain.validation import Scope


@dataclass(frozen=True, slots=True)
class _Ask:
    flow: str
    workspace: str
    slot: Slot
    expected_revision: int


def put_on_slot(
    deps: Deps, call: Call, *, flow: str, workspace: str, slot: Slot, expected_revision: int
) -> RegistrationView:
    """Makes the version in a slot the active one of a workspace; nothing else moves (R10).

    Refused: NothingStaged or NoMainVersion where the slot is empty, RevisionConflict (R18), and on the way to staging
    ValidationFailed (R3). A registration that is on the slot already stays as it is.
    """
    call.caller.needs(Role.PROMOTER)
    ask = _Ask(flow, workspace, slot, expected_revision)
    for _ in range(ATTEMPTS):
        look = _look(deps, call, ask) if slot is Slot.STAGING else None
        if look is not None:
            validation = check(deps, look)
            if not validation.ok:
                raise ValidationFailed(problems=validation.problems)
        moved = _move(deps, call, ask=ask, look=look)
        if moved is not None:
            return moved
    raise ValidationStale


def _look(deps: Deps, call: Call, ask: _Ask) -> Look | None:
    """What the staged version would meet; None for a registration that is on staging already."""
    with deps.store.read(call.caller) as uow:
        flow, _, here = _read(uow, ask)
        if slot_of(flow, here) is Slot.STAGING:
            return None
        assert flow.staging_version is not None
        definition = stored_definition(deps, uow, flow, version=flow.staging_version)
        return look_around(deps, uow, flow=flow, definition=definition, scope=Scope.STAGING, here=here)


def _read(uow: UnitOfWork, ask: _Ask) -> tuple[Flow, Workspace, Registration]:
    workspace = uow.workspaces.get(ask.workspace)
    flow = seen_flow(uow, ask.flow, expected_revision=ask.expected_revision)
    registration = uow.registrations.get(flow.id, workspace.id)
    if reason := why_not_on(flow, ask.slot):
        raise refusal(reason)
    return flow, workspace, registration


def _move(deps: Deps, call: Call, *, ask: _Ask, look: Look | None) -> RegistrationView | None:
    """Moves the registration. None when what was validated has changed meanwhile."""
    with deps.store.begin(call) as uow:
        old, workspace, before = _read(uow, ask)
        if look is not None and fingerprint_now(deps, uow, look, flow=old) != look.fingerprint:
            return None
        after, new = on_slot(old, before, ask.slot), old
        if after is not before:
            new = slots_changed(old)
            uow.flows.replace(new, seen_revision=old.revision)
            uow.registrations.replace(after)
            set_schedules(deps, uow, old, new, left=slot_of(old, before), workspace=workspace.id)
            about = {"slot": ask.slot.value, "from": slot_of(old, before).value}
            uow.record(
                event(
                    Action.REGISTRATION_MOVED,
                    flow=new.id,
                    workspace=workspace.id,
                    revision=new.revision,
                    about=about,
                )
            )
        return uow.commit(show_registration(deps, uow, flow=new, workspace=workspace, registration=after))
