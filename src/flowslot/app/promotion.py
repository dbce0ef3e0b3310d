"""Promotion to main (R4, R5, R6, R11): its plan, which informs, and the promotion itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.ports import Call, Deps, UnitOfWork
from flowslot.app.refusals import refusal
from flowslot.app.schedules import set_schedule
from flowslot.app.showing import show_promotion
from flowslot.app.staging import ATTEMPTS
from flowslot.app.surroundings import Look, fingerprint_now, look_around
from flowslot.app.validation import Validation, check, stored_definition
from flowslot.app.views import PromotionView
from flowslot.base.errors import ValidationFailed, ValidationStale
from flowslot.base.ids import PromotionId, WorkspaceId
from flowslot.domain.flow import Flow, Promotion, Workspace
from flowslot.domain.promotion import (
    Affected,
    PromotionRefusal,
    PromotionRequest,
    count_others,
    needs_validation,
    others_affected,
    promoted,
    why_not_promote,
)
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot
from flowslot.domain.validation import Scope


@dataclass(frozen=True, slots=True)
class OtherWorkspace:
    """Another workspace that the promotion reaches, as it stands now (R6)."""

    workspace: str
    customer: str | None
    slot: Slot
    active: bool
    version: int | None


@dataclass(frozen=True, slots=True)
class PromotionPlan:
    """What a promotion would do, and whether it is allowed. It asks nothing (R6)."""

    reasons: tuple[PromotionRefusal, ...]
    version: int | None
    revision: int
    fingerprint: str | None
    other_workspaces: tuple[OtherWorkspace, ...]
    validation: Validation | None
    """Against every workspace that has the flow; None where nothing is staged. Only those on staging can refuse."""
    in_flight: Mapping[RunStatus, int]
    """Runs that have not ended; they keep their version (R14)."""

    @property
    def allowed(self) -> bool:
        return not self.reasons

    @property
    def count(self) -> int:
        return len(self.other_workspaces)


@dataclass(frozen=True, slots=True)
class _Ask:
    flow: str
    workspace: str
    version: int
    expected_revision: int
    fingerprint: str | None


def plan(deps: Deps, call: Call, *, flow: str, workspace: str) -> PromotionPlan:
    """Whether and whom a promotion from this workspace would move, now (R4, R6)."""
    with deps.store.read(call.caller) as uow:
        here = uow.workspaces.get(workspace)
        row = uow.flows.get(flow)
        uow.registrations.get(row.id, here.id)
        request = PromotionRequest(None, None, newest_draft=uow.versions.newest_draft(row.id, here.id))
        reasons = why_not_promote(row, request)
        look = _look_at_staged(deps, uow, row, scope=Scope.ALL)
        others = _other_workspaces(deps, uow, row, here=here)
        in_flight = uow.runs.in_flight(row.id)
    validation = None if look is None else check(deps, look)
    if look is not None and validation is not None and _no_longer_fits(row, look, validation):
        reasons = (*reasons, PromotionRefusal.VALIDATION_FAILED)
    return PromotionPlan(
        reasons=reasons,
        version=row.staging_version,
        revision=row.revision,
        fingerprint=None if look is None else look.fingerprint,
        other_workspaces=others,
        validation=validation,
        in_flight=in_flight,
    )


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
            validation = check(deps, _with_surroundings(deps, call, look))
            if not validation.ok:
                raise ValidationFailed(problems=validation.problems)
        made = _move(deps, call, ask=ask, look=look)
        if made is not None:
            return made
    raise ValidationStale
