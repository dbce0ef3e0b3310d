"""Slots as pointers: who is on staging, and how each move changes the flow (R2, R5, R7, R8, R10, R12)."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum

from flowslot.domain.flow import Flow, Registration


class Slot(Enum):
    """The two places a version can be deployed to."""

    STAGING = "staging"  # tried in a few workspaces; shown by a flask
    MAIN = "main"  # what everybody runs; shown by a crown


class SlotRefusal(Enum):
    """Why a registration cannot be put on a slot, or on main again."""

    NOTHING_STAGED = "nothing_staged"  # no version has the flask
    NO_MAIN_VERSION = "no_main_version"  # no version has the crown


def slot_of(flow: Flow, registration: Registration) -> Slot:
    """The slot a registration looks to: staging exactly while its epoch is the flow's, main otherwise (R7)."""
    on_staging = registration.staging_epoch == flow.slot_epoch and flow.staging_version is not None
    return Slot.STAGING if on_staging else Slot.MAIN


def version_in(flow: Flow, slot: Slot) -> int | None:
    """The version a slot points at; None when the slot is empty."""
    return flow.staging_version if slot is Slot.STAGING else flow.main_version


def why_not_on(flow: Flow, slot: Slot) -> SlotRefusal | None:
    """Why no registration can be made active on `slot`: there is no version with that icon (R10)."""
    if version_in(flow, slot) is not None:
        return None
    return SlotRefusal.NOTHING_STAGED if slot is Slot.STAGING else SlotRefusal.NO_MAIN_VERSION


def on_slot(flow: Flow, registration: Registration, slot: Slot) -> Registration:
    """The registration made active on `slot`; nothing else moves (R10). Already there, it stays as it is (R17)."""
    if slot_of(flow, registration) is slot:
        return registration
    return replace(registration, staging_epoch=flow.slot_epoch if slot is Slot.STAGING else None)


def changed(flow: Flow) -> Flow:
    """The flow at its next revision, for a change that moves no slot."""
    return replace(flow, revision=flow.revision + 1)


def slots_changed(flow: Flow) -> Flow:
    """The flow at its next revision, for a change of slots."""
    return replace(flow, revision=flow.revision + 1, slots_revision=flow.revision + 1)


def staged(flow: Flow, number: int, *, fingerprint: str) -> Flow:
    """The flow with `number` in its staging slot (R2). Registrations on staging stay there."""
    return slots_changed(replace(flow, staging_version=number, staged_fingerprint=fingerprint))


def emptied(flow: Flow) -> Flow:
    """The flow with an empty staging slot; every registration is on main by the new epoch (R5, R12)."""
    return replace(flow, staging_version=None, staged_fingerprint=None, slot_epoch=flow.slot_epoch + 1)
