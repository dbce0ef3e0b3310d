"""The history of a flow (R9): every version that is in scope, newest first, however many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true, tuple_

from flowslot.app.callers import Scope
from flowslot.app.views import Page, PageAsk, VersionView
from flowslot.base.errors import NotFound
from flowslot.base.json_text import Json
from flowslot.domain.flow import Flow, VersionKind
from flowslot.storage.tables import version, workspace
from flowslot.storage.views.rows import AnyRow, AnySelect, cut, flow_of, untouched, version_of
from flowslot.storage.views.scope import flow_row, sees

_SHOWN = [column for column in version.c if column.name not in ("definition", "workspace_id")]


def list_versions(connection: Connection, scope: Scope, slug: str, *, page: PageAsk) -> Page[VersionView]:
    flow = flow_of(flow_row(connection, scope, slug))
    query = _versions(scope).where(version.c.flow_id == flow.id, _visible(scope))
    query = query.order_by(version.c.number.desc()).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(version.c.number < page.after)
    found = cut(list(connection.execute(query)), page, key="number")
    return Page([version_of(row, flow) for row in found.items], found.next)


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
    in_scope = and_(workspace.c.id == version.c.workspace_id, sees(scope, workspace.c.slug))
    return select(*_SHOWN, workspace.c.slug.label("workspace")).select_from(version.outerjoin(workspace, in_scope))


def _visible(scope: Scope) -> ColumnElement[bool]:
    """What was deployed is everybody's; a draft is seen where its workspace is."""
    if scope.workspaces is None:
        return true()
    return or_(version.c.kind != VersionKind.DRAFT.value, workspace.c.slug.is_not(None))
