"""Promotion to main and undoing it (R4, R5, R11, R17). Its plan is in promotion_plan."""

from __future__ import annotations

from dataclasses import dataclass

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.flows import seen_flow
from flowslot.app.ports import Call, Deps, UnitOfWork
from flowslot.app.refusals import refusal
from flowslot.app.schedules import set_schedules
from flowslot.app.showing import show_flow, show_promotion
from flowslot.app.staging import ATTEMPTS
from flowslot.app.surroundings import Look, fingerprint_now, glance, look_around
from flowslot.app.validation import check, stored_definition
from flowslot.app.views import FlowView, PromotionView
from flowslot.base.errors import NotTheLatestChange, ValidationFailed, ValidationStale
from flowslot.base.ids import PromotionId
from flowslot.domain.flow import Flow, Promotion, Workspace
from flowslot.domain.promotion import (
    PromotionRefusal,
    PromotionRequest,
    can_undo,
    count_others,
    needs_validation,
    promoted,
    undone,
    why_not_promote,
)
from flowslot.domain.slots import Slot
from flowslot.domain.validation import Scope


@dataclass(frozen=True, slots=True)
class _Ask:
    flow: str
    workspace: str
    version: int
    expected_revision: int
    fingerprint: str | None


def promote(
    deps: Deps,
    call: Call,
    *,
    flow: str,
    workspace: str,
    version: int,
    expected_revision: int,
    fingerprint: str | None = None,
) -> PromotionView:
    """Moves main to the staged version and every registration in every workspace to main (R5).

    Refused with the first reason of R4, with ValidationStale when `fingerprint` is not that of now, and with
    ValidationFailed when what the staged version was validated against has changed and it no longer fits. Costs the
    same however many registrations there are, unless it has to be validated again.
    """
    call.caller.needs(Role.PROMOTER)
    call.caller.scope.needs_account()
    ask = _Ask(flow, workspace, version, expected_revision, fingerprint)
    for _ in range(ATTEMPTS):
        look = _look(deps, call, ask)
        if needs_validation(look.flow, fingerprint=look.fingerprint):
            validation = check(deps, look)
            if not validation.ok:
                raise ValidationFailed(problems=validation.problems)
        made = _move(deps, call, ask=ask, look=look)
        if made is not None:
            return made
    raise ValidationStale


def undo(deps: Deps, call: Call, *, flow: str, promotion: str, expected_revision: int) -> FlowView:
    """Gives main, staging and every registration back exactly what they had before the promotion (R17).

    NotTheLatestChange when a slot has moved since, or when it is undone already. Nothing is validated: going back to
    what ran before must always be possible.
    """
    call.caller.needs(Role.PROMOTER)
    call.caller.scope.needs_account()
    with deps.store.begin(call) as uow:
        old = seen_flow(uow, flow, expected_revision=expected_revision)
        made = uow.promotions.get(old.id, PromotionId(promotion))
        if not can_undo(old, made):
            raise NotTheLatestChange
        new = undone(old, made, fingerprint=uow.promotions.fingerprint_before(made.id))
        uow.flows.replace(new, seen_revision=old.revision)
        uow.promotions.mark_undone(made.id, at=deps.clock.now(), by=call.caller.name)
        set_schedules(deps, uow, old, new, left=Slot.MAIN)
        _record_undone(uow, new, made)
        return uow.commit(show_flow(uow, new, scope=call.caller.scope))


def _look(deps: Deps, call: Call, ask: _Ask) -> Look:
    """What must still hold for the promotion; workspaces are looked at only where something has changed."""
    with deps.store.read(call.caller) as uow:
        flow, _ = _promotable(uow, ask)
        assert flow.staging_version is not None
        definition = stored_definition(deps, uow, flow, version=flow.staging_version)
        look = glance(deps, uow, flow=flow, definition=definition)
        if ask.fingerprint not in (None, look.fingerprint):
            raise refusal(PromotionRefusal.VALIDATION_STALE)
        if needs_validation(flow, fingerprint=look.fingerprint):
            return look_around(deps, uow, flow=flow, definition=definition, scope=Scope.STAGING)
        return look


def _promotable(uow: UnitOfWork, ask: _Ask) -> tuple[Flow, Workspace]:
    """The flow and the workspace the promotion is asked from. Raises the first reason against it (R4)."""
    workspace = uow.workspaces.get(ask.workspace)
    flow = uow.flows.get(ask.flow)
    uow.registrations.get(flow.id, workspace.id)
    newest_draft = uow.versions.newest_draft(flow.id, workspace.id)
    reasons = why_not_promote(flow, PromotionRequest(ask.version, ask.expected_revision, newest_draft))
    if PromotionRefusal.REVISION_CONFLICT in reasons:
        raise uow.flows.conflict(flow, seen_revision=ask.expected_revision)
    if reasons:
        raise refusal(reasons[0])
    return flow, workspace


def _move(deps: Deps, call: Call, *, ask: _Ask, look: Look) -> PromotionView | None:
    """Moves the pointers. None when what was validated has changed meanwhile."""
    with deps.store.begin(call) as uow:
        old, workspace = _promotable(uow, ask)
        if fingerprint_now(deps, uow, look, flow=old) != look.fingerprint:
            return None
        new = promoted(old)
        made = _promotion(deps, call, old=old, new=new, workspace=workspace)
        uow.flows.replace(new, seen_revision=old.revision)
        uow.promotions.add(made, staged_fingerprint=look.fingerprint)
        set_schedules(deps, uow, old, new, left=Slot.STAGING)
        _record_made(uow, made)
        return uow.commit(show_promotion(uow, new, made))


def _promotion(deps: Deps, call: Call, *, old: Flow, new: Flow, workspace: Workspace) -> Promotion:
    assert new.main_version is not None
    return Promotion(
        id=PromotionId(deps.ids.new("pro")),
        flow=new.id,
        version=new.main_version,
        from_version=old.main_version,
        from_epoch=old.slot_epoch,
        revision=new.revision,
        at=deps.clock.now(),
        actor=call.caller.name,
        workspace=workspace.id,
        registrations=old.registrations,
        other_workspaces=count_others(old),
        undone_at=None,
        undone_by=None,
    )


def _record_made(uow: UnitOfWork, made: Promotion) -> None:
    uow.record(
        event(
            Action.PROMOTION_MADE,
            flow=made.flow,
            workspace=made.workspace,
            version=made.version,
            revision=made.revision,
            about={
                "promotion": made.id,
                "from_version": made.from_version,
                "registrations": made.registrations,
                "other_workspaces": made.other_workspaces,
            },
        )
    )


def _record_undone(uow: UnitOfWork, flow: Flow, made: Promotion) -> None:
    uow.record(
        event(
            Action.PROMOTION_UNDONE,
            flow=flow.id,
            workspace=made.workspace,
            version=made.version,
            revision=flow.revision,
            about={"promotion": made.id, "back_to": made.from_version},
        )
    )
