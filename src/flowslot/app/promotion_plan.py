"""The plan of a promotion: whether it is allowed, and whom it reaches (R4, R6). It informs and asks nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flowslot.app.ports import Call, Deps, UnitOfWork
from flowslot.app.surroundings import Look, look_around
from flowslot.app.validation import Validation, check, stored_definition
from flowslot.domain.flow import Flow, Workspace
from flowslot.domain.promotion import (
    Affected,
    PromotionRefusal,
    PromotionRequest,
    needs_validation,
    others_affected,
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


def plan(deps: Deps, call: Call, *, flow: str, workspace: str) -> PromotionPlan:
    """Whether and whom a promotion from this workspace would move, now (R4, R6)."""
    with deps.store.read(call.caller) as uow:
        here = uow.workspaces.get(workspace)
        row = uow.flows.get(flow)
        uow.registrations.get(row.id, here.id)
        request = PromotionRequest(None, None, newest_draft=uow.versions.newest_draft(row.id, here.id))
        reasons = why_not_promote(row, request)
        look = _look_at_staged(deps, uow, row)
        others = _other_workspaces(deps, uow, row, here=here)
        in_flight = uow.runs.in_flight(row.id)
    validation = None if look is None else check(deps, look)
    if look is not None and validation is not None and _no_longer_fits(look, validation):
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


def _look_at_staged(deps: Deps, uow: UnitOfWork, flow: Flow) -> Look | None:
    if flow.staging_version is None:
        return None
    definition = stored_definition(deps, uow, flow, version=flow.staging_version)
    return look_around(deps, uow, flow=flow, definition=definition, scope=Scope.ALL)


def _no_longer_fits(look: Look, validation: Validation) -> bool:
    """Whether a promotion would be refused by validation: only for what is on staging, and only after a change."""
    concerns = [each for each in validation.problems if each.workspace is None or each.workspace in look.on_staging]
    return needs_validation(look.flow, fingerprint=look.fingerprint) and bool(concerns)


def _other_workspaces(deps: Deps, uow: UnitOfWork, flow: Flow, *, here: Workspace) -> tuple[OtherWorkspace, ...]:
    workspaces = uow.workspaces.of_flow(flow.id)
    affected = others_affected(flow, uow.registrations.all_of(flow.id), here=here.id, empty_main=deps.empty_main)
    shown = [_other_workspace(workspaces[each.workspace], each) for each in affected if each.workspace in workspaces]
    return tuple(sorted(shown, key=lambda each: each.workspace))


def _other_workspace(workspace: Workspace, affected: Affected) -> OtherWorkspace:
    return OtherWorkspace(workspace.slug, workspace.customer, affected.slot, affected.active, affected.version)
