"""Promotions: each move of main, with what is needed to undo it (R5, R17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from flowslot.base.clock import time_from, time_text
from flowslot.base.errors import NotFound
from flowslot.base.ids import FlowId, PromotionId, WorkspaceId
from flowslot.domain.flow import Promotion
from flowslot.storage import tables
from flowslot.storage.work import Work

_table = tables.promotion


class SqlPromotions:
    """The Promotions port."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, promotion: Promotion, *, staged_fingerprint: str | None) -> None:
        row = {
            "id": promotion.id,
            "flow_id": promotion.flow,
            "version": promotion.version,
            "from_version": promotion.from_version,
            "from_epoch": promotion.from_epoch,
            "revision": promotion.revision,
            "at": time_text(promotion.at),
            "actor": promotion.actor,
            "workspace_id": promotion.workspace,
            "registrations": promotion.registrations,
            "other_workspaces": promotion.other_workspaces,
            "undone_at": None if promotion.undone_at is None else time_text(promotion.undone_at),
            "undone_by": promotion.undone_by,
        }
        self._work.connection.execute(insert(_table).values(**row, staged_fingerprint=staged_fingerprint))

    def get(self, flow: FlowId, promotion: PromotionId) -> Promotion:
        found = select(_table).where(_table.c.flow_id == flow, *self._this(promotion))
        row = self._work.connection.execute(found).one_or_none()
        if row is None:
            raise NotFound("The flow has no such promotion.")
        return promotion_from(row)

    def fingerprint_before(self, promotion: PromotionId) -> str | None:
        found = select(_table.c.staged_fingerprint).where(*self._this(promotion))
        return self._work.connection.execute(found).scalar()

    def mark_undone(self, promotion: PromotionId, *, at: datetime, by: str) -> None:
        mark = update(_table).where(*self._this(promotion)).values(undone_at=time_text(at), undone_by=by)
        if self._work.connection.execute(mark).rowcount == 0:
            raise NotFound("The flow has no such promotion.")

    def _this(self, promotion: PromotionId) -> list[Any]:
        return [_table.c.id == promotion, self._work.sight.flow(_table.c.flow_id)]


def promotion_from(row: Row[Any]) -> Promotion:
    """The promotion that a row of the table is."""
    return Promotion(
        id=PromotionId(row.id),
        flow=FlowId(row.flow_id),
        version=row.version,
        from_version=row.from_version,
        from_epoch=row.from_epoch,
        revision=row.revision,
        at=time_from(row.at),
        actor=row.actor,
        workspace=WorkspaceId(row.workspace_id),
        registrations=row.registrations,
        other_workspaces=row.other_workspaces,
        undone_at=None if row.undone_at is None else time_from(row.undone_at),
        undone_by=row.undone_by,
    )
