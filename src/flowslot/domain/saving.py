"""Saving drafts and deploying them to staging, and setting them aside (R1, R2, R12, R16, R18)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flowslot.domain.flow import Flow, Version, VersionKind
from flowslot.domain.slots import SlotRefusal, changed, emptied, slots_changed


def is_stale(flow: Flow, expected_revision: int) -> bool:
    """Whether the person saw another flow than this one (R18)."""
    return flow.revision != expected_revision


def next_number(flow: Flow) -> int:
    """The number the next saved version gets: one more than any before, so that none is given twice (R16)."""
    return flow.latest_version + 1


def numbered(flow: Flow) -> Flow:
    """The flow with its next number given away; its revision grows with the change that this is part of."""
    return replace(flow, latest_version=next_number(flow))


def saved(flow: Flow) -> Flow:
    """The flow after one more version was saved (R1): no slot moves."""
    return changed(numbered(flow))


def unchanged_since(
    last_saves: Iterable[Version | None], *, content_hash: str, newest_draft: int | None
) -> Version | None:
    """The last save that has this very content, if any: staging it makes no second version (R2).

    A save older than the workspace's newest draft is not the last one: going back to its content is a change.
    """
    for version in last_saves:
        if version is None or version.discarded or version.hash != content_hash:
            continue
        if newest_draft is None or version.number >= newest_draft:
            return version
    return None


def is_live_draft(version: Version) -> bool:
    """Whether a version was never deployed and not set aside: what reverting sets aside (R12), what R4 looks for."""
    return version.kind is VersionKind.DRAFT and not version.discarded


def why_not_revert(flow: Flow) -> SlotRefusal | None:
    """Without a main version there is nothing to go back to (R12)."""
    return SlotRefusal.NO_MAIN_VERSION if flow.main_version is None else None


def reverted(flow: Flow, *, drafts: int) -> Flow:
    """The flow after `drafts` of the workspace were set aside and staging was emptied (R12); main stays as it is.

    Everybody on staging is back on main. Where nothing was staged no slot moves, and with no draft nothing changes.
    """
    if flow.staging_version is not None:
        return slots_changed(emptied(flow))
    return changed(flow) if drafts else flow
