"""Validating a version against the workspaces it would run in (R3). It moves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flowslot.app.audit import Action, event
from flowslot.app.callers import Role
from flowslot.app.ports import Call, Definitions, Deps, UnitOfWork
from flowslot.app.showing import may_see, show_version
from flowslot.app.surroundings import Look, fingerprint_of, look_around
from flowslot.app.type_checks import type_problems
from flowslot.base.canonical import content_hash
from flowslot.base.errors import Invalid, NotFound, Problem
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition
from flowslot.domain.flow import Flow
from flowslot.domain.validation import Scope, for_workspace, likeness, problems_in, told


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
    record: bool = True,
) -> Validation:
    """Whether a definition, or a saved version, fits the workspaces in scope. Moves nothing; is put on record (R19).

    Without `record` it is not: for the many that an editor asks for while somebody types.
    """
    call.caller.needs(Role.AUTHOR)
    if (definition is None) == (version is None):
        raise exactly_one()
    found = _validated(deps, call, flow=flow, workspace=workspace, scope=scope, what=(definition, version))
    if not record:
        return found
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


def check(deps: Deps, look: Look, *, unread: Sequence[Problem] = ()) -> Validation:
    """Every problem of a version in what was read; done outside of any transaction, as it may take its time.

    `unread` are those of a document of which only a part could be read.
    """
    types = type_problems(deps.definitions, look.definition, look.surroundings)
    found = [*unread, *types, *_workspace_problems(deps.definitions, look)]
    return Validation(look.fingerprint, told(look.definition.document, found))


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
        if version is not None:
            document = _seen_document(call, uow, row, version=version)
        made = deps.definitions.sketch(document)
        if made.definition is None:
            fingerprint = fingerprint_of(deps, row, content=content_hash(document), called={})
            return Validation(fingerprint, made.problems)
        look = look_around(deps, uow, flow=row, definition=made.definition, scope=scope, here=here)
    return check(deps, look, unread=made.problems)


def _seen_document(call: Call, uow: UnitOfWork, flow: Flow, *, version: int) -> Json:
    """A saved version's definition. Raises NotFound, also for a draft of a workspace out of scope."""
    if not may_see(call.caller.scope, show_version(uow, flow, uow.versions.get(flow.id, version))):
        raise NotFound(f"The flow has no version {version} here.")
    return uow.versions.definition(flow.id, version)


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
