"""Operations on the record of who did what (R19)."""

from __future__ import annotations

from flowslot.api.answers.audit import AuditAnswer, audit_answer
from flowslot.api.ask import Ask
from flowslot.api.paging import PageAnswer
from flowslot.api.requests.audit import AuditQuery
from flowslot.api.routing import Routes
from flowslot.app.callers import Role
from flowslot.app.lists import AuditFilter

routes = Routes("audit")


@routes.get("/audit", Role.VIEWER)
def list_audit(ask: Ask, *, query: AuditQuery) -> PageAnswer[AuditAnswer]:
    """List who did what, newest first (R19).

    Callers limited to workspaces see what happened in those. A part may be short, or empty, and still have a `next`.
    """
    only = AuditFilter(query.flow, query.workspace, query.action, query.actor, query.since, query.until)
    return ask.paged(ask.views.audit(ask.scope, only=only, page=ask.page(query)), audit_answer)
