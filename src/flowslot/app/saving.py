"""Saving drafts (R1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.flows import seen_flow
from flowslot.app.ports import Call, Deps, Event
from flowslot.app.refusals import refuse_invalid
from flowslot.app.showing import show_version
from flowslot.app.views import VersionView
from flowslot.base.errors import Problem
from flowslot.base.json_text import Json, dump
from flowslot.domain.definition import Definition
from flowslot.domain.flow import Flow, Version, VersionKind, Workspace
from flowslot.domain.naming import note_problems
from flowslot.domain.saving import next_number, saved


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft that was saved, and what is wrong with the types of its expressions."""

    version: VersionView
    problems: Sequence[Problem]


def save_draft(
    deps: Deps, call: Call, *, flow: str, workspace: str, definition: Json, expected_revision: int, note: str = ""
) -> Draft:
    """Saves a version that is in no slot and changes nothing that runs (R1). The flow must be registered there.

    The definition must parse (Invalid). It need not type-check: what is wrong is told, and it is saved all the same.
    Nor need it fit a workspace: a validation says whether it does.
    """
    call.caller.needs(Role.AUTHOR)
    refuse_invalid(note_problems(note=note))
    parsed = deps.definitions.parse(definition)
    problems = deps.definitions.type_problems(parsed, {})
    with deps.store.begin(call) as uow:
        here = uow.workspaces.get(workspace)
        old = seen_flow(uow, flow, expected_revision=expected_revision)
        uow.registrations.get(old.id, here.id)
        new = saved(old)
        version = new_version(deps, call, flow=old, workspace=here, definition=parsed, note=note)
        uow.flows.replace(new, seen_revision=old.revision)
        uow.versions.add(version, dump(parsed.document))
        uow.record(saving_event(new, version))
        return uow.commit(Draft(show_version(uow, new, version), problems))


def new_version(
    deps: Deps, call: Call, *, flow: Flow, workspace: Workspace, definition: Definition, note: str
) -> Version:
    """The next version of a flow, as its author leaves it; it never changes after (R16)."""
    return Version(
        flow=flow.id,
        number=next_number(flow),
        hash=definition.hash,
        author=call.caller.name,
        at=deps.clock.now(),
        note=note,
        workspace=workspace.id,
        kind=VersionKind.DRAFT,
        discarded=False,
    )


def saving_event(flow: Flow, version: Version) -> Event:
    """What is put on record of a saved version; `flow` is the flow after it."""
    return event(
        Action.VERSION_SAVED,
        flow=flow.id,
        workspace=version.workspace,
        version=version.number,
        revision=flow.revision,
        about={"note": version.note},
    )
