"""The history of versions: which icon stands beside which version (R8, R9, R10)."""

from __future__ import annotations

from flowslot.domain.flow import Flow
from flowslot.domain.slots import Slot


def icons(flow: Flow, number: int) -> tuple[Slot, ...]:
    """The slots that point at a version: flask for staging, crown for main, both or none (R8)."""
    found = []
    if flow.staging_version == number:
        found.append(Slot.STAGING)
    if flow.main_version == number:
        found.append(Slot.MAIN)
    return tuple(found)
