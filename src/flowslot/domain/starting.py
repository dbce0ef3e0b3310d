"""Which versions a run may be asked for by number, and which steps a rerun keeps (R1, R14, R20)."""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from flowslot.base.ids import WorkspaceId
from flowslot.domain.definition import Definition
from flowslot.domain.flow import Version, VersionKind


class RerunVersion(Enum):
    """Which version a rerun takes."""

    SAME = "same"  # the one the first run had
    CURRENT = "current"  # the one the registration resolves to now


def may_test(version: Version, workspace: WorkspaceId) -> bool:
    """A draft can be test-run only in the workspace it was saved in (R1); what was staged once, anywhere."""
    return version.kind is VersionKind.STAGED or version.workspace == workspace


def steps_before(definition: Definition, step: str) -> frozenset[str] | None:
    """Ids of the steps that stand before one: what a rerun from there does not do again. None: no such step."""
    before: set[str] = set()
    for each in definition.every_step():
        if each.id == step:
            return frozenset(before)
        before.add(each.id)
    return None


def step_of_path(path: str) -> str:
    """The id of the step a journal path belongs to: `post` for `loop[3].post` and for `loop[3].post#2`."""
    last = path.rsplit(".", 1)[-1]
    for mark in ("#", ":"):
        last = last.split(mark, 1)[0]
    return last


def kept_paths(paths: Collection[str], steps: frozenset[str]) -> tuple[str, ...]:
    """Those journal paths that belong to one of the steps, but for calls without a result: their run is another's."""
    every = set(paths)
    return tuple(path for path in paths if step_of_path(path) in steps and not _is_open_call(path, every))


def _is_open_call(path: str, paths: Collection[str]) -> bool:
    return path.endswith("#run") and path.removesuffix("#run") not in paths
