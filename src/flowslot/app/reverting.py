"""Reverting all changes (R12)."""

from __future__ import annotations

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.flows import seen_flow
from flowslot.app.ports import Call, Deps
from flowslot.app.refusals import refusal
from flowslot.app.schedules import set_schedules
from flowslot.app.showing import show_flow
from flowslot.app.views import FlowView
from flowslot.domain.saving import reverted, why_not_revert
from flowslot.domain.slots import Slot


def revert(deps: Deps, call: Call, *, flow: str, workspace: str, expected_revision: int) -> FlowView:
    """Sets the workspace's drafts aside, empties staging, and brings everybody on staging back to main (R12).

    Refused with NoMainVersion where there is no main version to go back to. Where there is nothing to revert, nothing
    changes.
    """
    call.caller.needs(Role.PROMOTER)
    call.caller.scope.needs_account()
    with deps.store.begin(call) as uow:
        here = uow.workspaces.get(workspace)
        old = seen_flow(uow, flow, expected_revision=expected_revision)
        uow.registrations.get(old.id, here.id)
        if reason := why_not_revert(old):
            raise refusal(reason)
        drafts = uow.versions.discard_drafts(old.id, here.id)
        new = reverted(old, drafts=drafts)
        if new is not old:
            uow.flows.replace(new, seen_revision=old.revision)
            set_schedules(deps, uow, old, new, left=Slot.STAGING)
            about = {"drafts": drafts, "staging": old.staging_version}
            uow.record(
                event(Action.STAGING_REVERTED, flow=new.id, workspace=here.id, revision=new.revision, about=about)
            )
        return uow.commit(show_flow(uow, new, scope=call.caller.scope))
