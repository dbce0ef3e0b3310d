"""Save and deploy to staging (R2, R3): validated first, then saved and staged in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.flows import seen_flow
from flowslot.app.ports import Call, Deps, UnitOfWork
from flowslot.app.refusals import refuse_invalid
from flowslot.app.saving import new_version, saving_event
from flowslot.app.schedules import set_schedules
from flowslot.app.showing import show_flow
from flowslot.app.surroundings import Look, fingerprint_now, look_around
from flowslot.app.validation import Validation, check, exactly_one, stored_definition
from flowslot.app.views import FlowView, VersionView
from flowslot.base.errors import ValidationFailed, ValidationStale
from flowslot.base.json_text import Json, dump
from flowslot.domain.definition import Definition
from flowslot.domain.flow import Flow, Version, Workspace
from flowslot.domain.naming import note_problems
from flowslot.domain.saving import numbered, unchanged_since
from flowslot.domain.slots import Slot, on_slot, slot_of, staged
from flowslot.domain.validation import Scope

ATTEMPTS = 3
"""How often a validation is done again when what it looked at changed before it was used."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A version that is in the staging slot now, the flow with it, and the validation that let it in."""

    version: VersionView
    flow: FlowView
    validation: Validation


@dataclass(frozen=True, slots=True)
class _Ask:
    flow: str
    workspace: str
    expected_revision: int
    definition: Definition | None
    version: int | None
    note: str


def stage(
    deps: Deps,
    call: Call,
    *,
    flow: str,
    workspace: str,
    expected_revision: int,
    definition: Json | None = None,
    version: int | None = None,
    note: str = "",
) -> Staged:
    """Puts a definition, or a saved version, on staging, and the workspace's registration with it (R2, R17).

    Refused: RevisionConflict (R18), ValidationFailed with every problem of every workspace on staging (R3). A refusal
    moves nothing and saves nothing. Every workspace on staging runs the version from its next trigger on.
    """
    call.caller.needs(Role.AUTHOR)
    call.caller.scope.needs_account()
    if (definition is None) == (version is None):
        raise exactly_one()
    refuse_invalid(note_problems(note=note))
    parsed = None if definition is None else deps.definitions.parse(definition)
    ask = _Ask(flow, workspace, expected_revision, parsed, version, note)
    for _ in range(ATTEMPTS):
        look = _look(deps, call, ask)
        validation = check(deps, look)
        if not validation.ok:
            raise ValidationFailed(problems=validation.problems)
        moved = _move(deps, call, ask=ask, look=look, validation=validation)
        if moved is not None:
            return moved
    raise ValidationStale


def _look(deps: Deps, call: Call, ask: _Ask) -> Look:
    with deps.store.read(call.caller) as uow:
        workspace = uow.workspaces.get(ask.workspace)
        flow = seen_flow(uow, ask.flow, expected_revision=ask.expected_revision)
        here = uow.registrations.get(flow.id, workspace.id)
        if ask.version is not None:
            definition = stored_definition(deps, uow, flow, version=ask.version)
        else:
            assert ask.definition is not None
            definition = ask.definition
        return look_around(deps, uow, flow=flow, definition=definition, scope=Scope.STAGING, here=here)


def _move(deps: Deps, call: Call, *, ask: _Ask, look: Look, validation: Validation) -> Staged | None:
    """Saves and stages. None when what was validated has changed meanwhile."""
    with deps.store.begin(call) as uow:
        workspace = uow.workspaces.get(ask.workspace)
        old = seen_flow(uow, ask.flow, expected_revision=ask.expected_revision)
        if fingerprint_now(deps, uow, look, flow=old) != look.fingerprint:
            return None
        version = _version_to_stage(uow, old, workspace, ask=ask, content_hash=look.definition.hash)
        fresh = version is None
        if version is None:
            version = new_version(deps, call, flow=old, workspace=workspace, definition=look.definition, note=ask.note)
        new = staged(numbered(old) if fresh else old, version.number, fingerprint=look.fingerprint)
        uow.flows.replace(new, seen_revision=old.revision)
        if fresh:
            uow.versions.add(version, dump(look.definition.document))
            uow.record(saving_event(new, version))
        uow.versions.mark_staged(new.id, version.number)
        here = uow.registrations.get(new.id, workspace.id)
        uow.registrations.replace(on_slot(new, here, Slot.STAGING))
        left = Slot.MAIN if slot_of(old, here) is Slot.MAIN else None
        set_schedules(deps, uow, old, new, left=left, workspace=workspace.id)
        _record(uow, new, version, workspace=workspace, validation=validation)
        return uow.commit(_shown(call, uow, new, validation))


def _version_to_stage(
    uow: UnitOfWork, flow: Flow, workspace: Workspace, *, ask: _Ask, content_hash: str
) -> Version | None:
    """The saved version to stage: the one asked for, or the last save where nothing changed since (R2)."""
    if ask.version is not None:
        return uow.versions.get(flow.id, ask.version)
    others = [number for number in (flow.staging_version, flow.latest_version) if number]
    saves = [uow.versions.last_in(flow.id, workspace.id), *(uow.versions.get(flow.id, number) for number in others)]
    newest_draft = uow.versions.newest_draft(flow.id, workspace.id)
    return unchanged_since(saves, content_hash=content_hash, newest_draft=newest_draft)


def _record(uow: UnitOfWork, flow: Flow, version: Version, *, workspace: Workspace, validation: Validation) -> None:
    uow.record(
        event(
            Action.STAGING_DEPLOYED,
            flow=flow.id,
            workspace=workspace.id,
            version=version.number,
            revision=flow.revision,
            about={"fingerprint": validation.fingerprint},
        )
    )


def _shown(call: Call, uow: UnitOfWork, flow: Flow, validation: Validation) -> Staged:
    shown = show_flow(uow, flow, scope=call.caller.scope)
    assert shown.staging is not None
    return Staged(version=shown.staging, flow=shown, validation=validation)
