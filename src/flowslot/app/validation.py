"""Validating a version against the workspaces it would run in (R3). It moves nothing."""

from __future__ import annotations

from dataclasses import dataclass

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.ports import Call, Definitions, Deps, UnitOfWork
from flowslot.app.surroundings import Look, fingerprint_of, look_around
from flowslot.app.type_checks import type_problems
from flowslot.base.canonical import content_hash
from flowslot.base.errors import Invalid, Problem
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition
from flowslot.domain.flow import Flow
from flowslot.domain.validation import Scope, for_workspace, likeness, problems_in


@dataclass(frozen=True, slots=True)
class Validation:
    """What a validation found; the fingerprint says what it looked at."""

    fingerprint: str
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


def validate(
    deps: Deps,
    call: Call,
    *,
    flow: str,
    workspace: str,
    scope: Scope,
    definition: Json | None = None,
    version: int | None = None,
) -> Validation:
    """Whether a definition, or a saved version, fits the workspaces in scope. Moves nothing; is put on record (R19)."""
    call.caller.needs(Role.AUTHOR)
    if (definition is None) == (version is None):
        raise exactly_one()
    found = _validated(deps, call, flow=flow, workspace=workspace, scope=scope, what=(definition, version))
    with deps.store.begin(call) as uow:
        row, here = uow.flows.get(flow), uow.workspaces.get(workspace)
        about = {
            "scope": scope.value,
            "ok": found.ok,
            "problems": len(found.problems),
            "fingerprint": found.fingerprint,
        }
        uow.record(event(Action.VERSION_VALIDATED, flow=row.id, workspace=here.id, version=version, about=about))
        return uow.commit(found)


def exactly_one() -> Invalid:
    """The refusal where a request must name a definition or a version, and names none or both."""
    message = "Send either a definition or the number of a saved version."
    return Invalid(message, problems=[Problem("/definition", "one_of", message)])


def check(deps: Deps, look: Look) -> Validation:
    """Every problem of a version in what was read; done outside of any transaction, as it may take its time."""
    types = type_problems(deps.definitions, look.definition, look.surroundings)
    return Validation(look.fingerprint, (*types, *_workspace_problems(deps.definitions, look)))


def stored_definition(deps: Deps, uow: UnitOfWork, flow: Flow, *, version: int) -> Definition:
    """A saved version, parsed. Raises NotFound."""
    return deps.definitions.parse(uow.versions.definition(flow.id, version))


def _validated(
    deps: Deps, call: Call, *, flow: str, workspace: str, scope: Scope, what: tuple[Json | None, int | None]
) -> Validation:
    document, version = what
    with deps.store.read(call.caller) as uow:
        row = uow.flows.get(flow)
        here = uow.registrations.get(row.id, uow.workspaces.get(workspace).id)
        try:
            definition = (
                stored_definition(deps, uow, row, version=version)
                if version is not None
                else deps.definitions.parse(document)
            )
        except Invalid as error:
            hash_ = content_hash(document)
            return Validation(fingerprint_of(deps, row, content=hash_, called={}), tuple(error.problems))
        look = look_around(deps, uow, flow=row, definition=definition, scope=scope, here=here)
    return check(deps, look)


def _workspace_problems(definitions: Definitions, look: Look) -> list[Problem]:
    """The problems of each workspace; workspaces that the version meets in the same way are checked once."""
    known: dict[str, tuple[Problem, ...]] = {}
    found: list[Problem] = []
    for here in look.surroundings:
        alike = likeness(look.definition, here)
        if alike not in known:
            known[alike] = problems_in(look.definition, here, schema_problems=definitions.schema_problems)
        found.extend(for_workspace(known[alike], here.workspace))
    return found
