"""The history of a flow (R9): every version that is in scope, newest first, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, Connection, Join, and_, or_, select, true, tuple_

from flowslot.app.callers import Scope
from flowslot.app.lists import VersionFilter
from flowslot.app.views import Page, PageAsk, VersionView
from flowslot.base.errors import NotFound
from flowslot.base.json_text import Json
from flowslot.domain.flow import Flow, VersionKind
from flowslot.storage.tables import version, workspace
from flowslot.storage.views.rows import AnyRow, AnySelect, flow_of, untouched, version_of
from flowslot.storage.views.scope import flow_row, sees, workspace_row
from flowslot.storage.views.windows import Search, search_page

MOST = 50_000
"""Versions looked through for one page."""

_SHOWN = [column for column in version.c if column.name not in ("definition", "workspace_id")]


def list_versions(
    connection: Connection, scope: Scope, slug: str, *, only: VersionFilter, page: PageAsk
) -> Page[VersionView]:
    flow = flow_of(flow_row(connection, scope, slug))
    within: list[ColumnElement[bool]] = [version.c.flow_id == flow.id]
    if only.workspace is not None:
        within.append(version.c.workspace_id == workspace_row(connection, scope, only.workspace).id)
    shown = (*_SHOWN, workspace.c.slug.label("workspace"))
    search = Search(shown, _with_workspaces(scope), version.c.number, within, _matching(scope, only), MOST)
    found = search_page(connection, search, page)
    return Page([version_of(row, flow) for row in found.items], found.next)


def _matching(scope: Scope, only: VersionFilter) -> list[ColumnElement[bool]]:
    matching = [] if scope.workspaces is None else [_visible(scope)]
    if only.author is not None:
        matching.append(version.c.author == only.author)
    if only.kind is not None:
        matching.append(version.c.kind == only.kind.value)
    if only.text is not None:
        matching.append(version.c.note.icontains(only.text, autoescape=True))
    return matching


def show_version(connection: Connection, scope: Scope, slug: str, *, number: int) -> tuple[VersionView, Json]:
    flow = flow_of(flow_row(connection, scope, slug))
    query = _versions(scope).add_columns(version.c.definition)
    found = connection.execute(
        query.where(version.c.flow_id == flow.id, version.c.number == number, _visible(scope))
    ).first()
    if found is None:
        raise NotFound(f"The flow {slug!r} has no version {number} here.")
    return version_of(found, flow), untouched(found.definition)


def rows_of(connection: Connection, scope: Scope, flows: Iterable[Flow]) -> Mapping[tuple[str, int], AnyRow]:
    """The rows of the versions in the slots of flows, and of their latest ones, by flow and number."""
    numbers = {
        (each.id, number)
        for each in flows
        for number in (each.main_version, each.staging_version, each.latest_version or None)
        if number is not None
    }
    if not numbers:
        return {}
    query = _versions(scope).where(tuple_(version.c.flow_id, version.c.number).in_(sorted(numbers)), _visible(scope))
    return {(row.flow_id, row.number): row for row in connection.execute(query)}


def _versions(scope: Scope) -> AnySelect:
    return select(*_SHOWN, workspace.c.slug.label("workspace")).select_from(_with_workspaces(scope))


def _with_workspaces(scope: Scope) -> Join:
    return version.outerjoin(workspace, and_(workspace.c.id == version.c.workspace_id, sees(scope, workspace.c.slug)))


def _visible(scope: Scope) -> ColumnElement[bool]:
    """What was deployed is everybody's; a draft is seen where its workspace is."""
    if scope.workspaces is None:
        return true()
    return or_(version.c.kind != VersionKind.DRAFT.value, workspace.c.slug.is_not(None))
