"""Operations on the history of a flow: drafts, versions, what differs between them (R1, R9)."""

from __future__ import annotations

from flowslot.api.answers.versions import (
    DiffAnswer,
    DraftAnswer,
    VersionAnswer,
    VersionDetailAnswer,
    diff_answer,
    draft_answer,
    version_answer,
    version_detail_answer,
)
from flowslot.api.ask import Ask
from flowslot.api.paging import PageAnswer
from flowslot.api.requests.flows import DiffQuery, NewDraft, VersionsQuery
from flowslot.api.routing import Routes
from flowslot.app import saving
from flowslot.app.callers import Role
from flowslot.app.lists import VersionFilter
from flowslot.base.errors import RevisionConflict
from flowslot.base.json_text import parse
from flowslot.domain.diff import diff

routes = Routes("versions")


@routes.post(
    "/flows/{flow}/drafts",
    Role.AUTHOR,
    status=201,
    location="/flows/{flow}/versions/{number}",
    errors=[RevisionConflict],
)
def save_draft(ask: Ask, *, flow: str, body: NewDraft) -> DraftAnswer:
    """Save a draft (R1).

    The version is in the history and in no slot, and changes nothing that runs. The definition must be well formed.
    What is wrong with the types of its expressions is told under `problems`, and it is saved all the same; a validation
    says whether it fits a workspace.
    """
    saved = saving.save_draft(
        ask.deps,
        ask.call(draft_answer),
        flow=flow,
        workspace=body.workspace,
        definition=body.definition,
        expected_revision=body.expected_revision,
        note=body.note,
    )
    return draft_answer(saved)


@routes.get("/flows/{flow}/versions", Role.VIEWER)
def list_versions(ask: Ask, *, flow: str, query: VersionsQuery) -> PageAnswer[VersionAnswer]:
    """List every saved version, newest first (R9).

    Searched, a part may be short, or empty, and still have a `next`.
    """
    only = VersionFilter(query.workspace, query.author, query.kind, query.text)
    return ask.paged(ask.views.versions(ask.scope, flow, only=only, page=ask.page(query)), version_answer)


@routes.get("/flows/{flow}/versions/{number}", Role.VIEWER)
def show_version(ask: Ask, *, flow: str, number: str) -> VersionDetailAnswer:
    """Show a version with its definition."""
    return version_detail_answer(*ask.views.version(ask.scope, flow, number=int(number)))


@routes.get("/flows/{flow}/diff", Role.VIEWER)
def show_diff(ask: Ask, *, flow: str, query: DiffQuery) -> DiffAnswer:
    """Compare two versions.

    Steps are told apart by their ids: added, removed, moved and changed ones, and what differs in the trigger, the
    configuration's schema and the connections.
    """
    before, after = (
        parse(bytes(ask.views.version(ask.scope, flow, number=number)[1])) for number in (query.before, query.after)
    )
    return diff_answer(diff(before, after), before=query.before, after=query.after)
