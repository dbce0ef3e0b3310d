"""Which version a trigger runs (R7, R13, R14). Storage states the same rule in the statement that inserts a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from flowslot.domain.flow import Flow, Registration
from flowslot.domain.slots import Slot, slot_of


class EmptyMain(Enum):
    """What a registration on an empty main does (R7)."""

    REFUSE = "refuse"  # nothing runs; the trigger is answered with no_main_version and recorded
    STAGING = "staging"  # it runs the staged version, shown as a fallback


class CallSlot(Enum):
    """Which slot a call_flow step asks for (R13)."""

    OWN = "own"  # what the called flow's own registration resolves to
    CALLER = "caller"  # the caller's slot, where the called flow has a version in it
    MAIN = "main"  # always main


@dataclass(frozen=True, slots=True)
class Resolution:
    """The version a trigger would run now, or None when nothing runs."""

    version: int | None
    slot: Slot
    fallback: bool

    @property
    def running_on(self) -> Slot | None:
        """What the flow list shows: the slot whose version runs, None where nothing does (R8)."""
        return None if self.version is None else self.slot


def falls_back(flow: Flow, *, empty_main: EmptyMain) -> bool:
    """Whether registrations on main run what is staged, because main is empty and the setting says so (R7)."""
    return flow.main_version is None and empty_main is EmptyMain.STAGING


def version_to_run(flow: Flow, registration: Registration, *, empty_main: EmptyMain) -> Resolution:
    """What a registration resolves to at this instant (R7)."""
    if slot_of(flow, registration) is Slot.STAGING:
        return Resolution(flow.staging_version, Slot.STAGING, fallback=False)
    return _on_main(flow, empty_main=empty_main)


def version_to_call(
    flow: Flow, registration: Registration, *, asked: CallSlot, caller: Slot, empty_main: EmptyMain
) -> Resolution:
    """What a called flow runs: its own registration's version unless the call asks otherwise (R13)."""
    if asked is CallSlot.MAIN:
        return _on_main(flow, empty_main=empty_main)
    if asked is CallSlot.CALLER:
        if caller is Slot.STAGING and flow.staging_version is not None:
            return Resolution(flow.staging_version, Slot.STAGING, fallback=False)
        return _on_main(flow, empty_main=empty_main)
    return version_to_run(flow, registration, empty_main=empty_main)


def _on_main(flow: Flow, *, empty_main: EmptyMain) -> Resolution:
    if flow.staging_version is not None and falls_back(flow, empty_main=empty_main):
        return Resolution(flow.staging_version, Slot.STAGING, fallback=True)
    return Resolution(flow.main_version, Slot.MAIN, fallback=False)
