"""Where a flow may be registered, and whether a registration takes triggers (R15, R20)."""

from __future__ import annotations

from flowslot.base.ids import WorkspaceId
from flowslot.domain.flow import Flow, Registration, Visibility


def may_register(flow: Flow, workspace: WorkspaceId) -> bool:
    """A private flow runs only in its own workspace (R15)."""
    return flow.visibility is Visibility.SHARED or flow.home_workspace == workspace


def takes_trigger(registration: Registration, *, test: bool) -> bool:
    """An inactive registration runs on no trigger but can be test-run (R20)."""
    return registration.active or test
