"""The promotions of a flow, newest first, and which of them can still be undone (R5, R17)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, and_, select

from flowslot.app.callers import Scope
from flowslot.app.showing import promotion_view
from flowslot.app.views import Page, PageAsk, PromotionView
from flowslot.base.clock import time_from
from flowslot.base.errors import NotFound
from flowslot.domain.flow import Flow, Promotion
from flowslot.storage.tables import promotion, workspace
from flowslot.storage.views.rows import AnyRow, AnySelect, cut, flow_of
from flowslot.storage.views.scope import flow_row, sees


def list_promotions(connection: Connection, scope: Scope, slug: str, *, page: PageAsk) -> Page[PromotionView]:
    flow = flow_of(flow_row(connection, scope, slug))
    query = _promotions(scope).where(promotion.c.flow_id == flow.id)
    query = query.order_by(promotion.c.id.desc()).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(promotion.c.id < str(page.after))
    found = cut(list(connection.execute(query)), page, key="id")
    return Page([_view(row, flow, scope) for row in found.items], found.next)


def show_promotion(connection: Connection, scope: Scope, slug: str, *, named: str) -> PromotionView:
    flow = flow_of(flow_row(connection, scope, slug))
    found = connection.execute(
        _promotions(scope).where(promotion.c.flow_id == flow.id, promotion.c.id == named)
    ).first()
    if found is None:
        raise NotFound(f"The flow {slug!r} has no promotion {named!r}.")
    return _view(found, flow, scope)


def _promotions(scope: Scope) -> AnySelect:
    in_scope = and_(workspace.c.id == promotion.c.workspace_id, sees(scope, workspace.c.slug))
    return select(promotion, workspace.c.slug.label("workspace")).select_from(promotion.outerjoin(workspace, in_scope))


def _view(row: AnyRow, flow: Flow, scope: Scope) -> PromotionView:
    made = _promotion_of(row._mapping)
    return promotion_view(flow, made, workspace=row.workspace, counts=scope.workspaces is None)


def _promotion_of(row: Mapping[Any, Any]) -> Promotion:  # Any: a row's columns, whatever their types
    undone_at = row["undone_at"]
    return Promotion(
        id=row["id"],
        flow=row["flow_id"],
        version=row["version"],
        from_version=row["from_version"],
        from_epoch=row["from_epoch"],
        revision=row["revision"],
        at=time_from(row["at"]),
        actor=row["actor"],
        workspace=row["workspace_id"],
        registrations=row["registrations"],
        other_workspaces=row["other_workspaces"],
        undone_at=None if undone_at is None else time_from(undone_at),
        undone_by=row["undone_by"],
    )
