"""What holds a promotion back beside the rules of the version: approvals that are missing, freezes."""

from __future__ import annotations

from flowslot.app.ports import Call, Deps, UnitOfWork
from flowslot.domain.flow import Flow
from flowslot.domain.promotion import PromotionRefusal


def why_held(deps: Deps, uow: UnitOfWork, call: Call, *, flow: Flow, version: int) -> tuple[PromotionRefusal, ...]:
    """Every reason of the account's own against promoting a version now."""
    return ()


def approved_by(uow: UnitOfWork, flow: Flow, *, version: int) -> tuple[str, ...]:
    """Who approved the content of a version."""
    return ()
