"""Saving drafts and deploying them to staging (R1, R2, R12, R18)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flowslot.domain.flow import Flow, Version, VersionKind
from flowslot.domain.slots import changed, emptied, slots_changed


def is_stale(flow: Flow, expected_revision: int) -> bool:
    """Whether the person saw another flow than this one (R18)."""
    return flow.revision != expected_revision


def next_number(flow: Flow) -> int:
    """The number the next saved version gets: one more than any before (R16)."""
    return flow.latest_version + 1


def saved(flow: Flow) -> Flow:
    """The flow after one more version was saved (R1): no slot moves."""
    return changed(replace(flow, latest_version=next_number(flow)))


def unchanged_since(last_saves: Iterable[Version | None], *, content_hash: str) -> Version | None:
    """The last save that has this very content, if any: staging it makes no second version (R2)."""
    for version in last_saves:
        if version is not None and version.hash == content_hash and not version.discarded:
            return version
    return None


def is_newer_draft(version: Version, *, than: int | None) -> bool:
    """Whether a version is a live draft newer than the number given (R4)."""
    live = version.kind is VersionKind.DRAFT and not version.discarded
    return live and (than is None or version.number > than)


def why_not_revert(flow: Flow) -> bool:
    """Whether reverting is refused: without a main version there is nothing to go back to (R12)."""
    return flow.main_version is None


def reverted(flow: Flow) -> Flow:
    """The flow with staging emptied and everybody back on main (R12); main stays as it is."""
    return slots_changed(emptied(flow))
