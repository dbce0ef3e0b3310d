"""Versions as the API shows them: the history of a flow (R9), and what differs between two of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
from flowslot.app.views import VersionView
from flowslot.base.json_text import Json
from flowslot.domain.difference import Change, ChangeKind, Difference
from flowslot.domain.flow import VersionKind
from flowslot.domain.slots import Slot


class VersionAnswer(Struct, frozen=True):
    """An immutable, numbered snapshot of a flow's definition."""

    number: Annotated[int, Meta(description="Its number; counted per flow, from 1.")]
    hash: Annotated[str, Meta(description="SHA-256 of the definition's canonical JSON.")]
    author: Annotated[str, Meta(description="Who saved it.")]
    at: Annotated[str, Meta(description="When it was saved.")]
    note: Annotated[str, Meta(description="What its author said of it.")]
    workspace: Annotated[
        str | None, Meta(description="Slug of the workspace it was saved in; null when that is out of your scope.")
    ]
    kind: Annotated[VersionKind, Meta(description="`draft` until it is first deployed, then `staged`.")]
    discarded: Annotated[bool, Meta(description="Whether it was set aside by reverting.")]
    icons: Annotated[list[Slot], Meta(description="The slots that point at it: flask for staging, crown for main.")]


class VersionDetailAnswer(VersionAnswer, frozen=True):
    """A version with its definition."""

    definition: Annotated[Json, Meta(description="The flow definition, exactly as it was saved.")]


def version_answer(view: VersionView) -> VersionAnswer:
    return shaped(VersionAnswer, view)


def version_detail_answer(view: VersionView, definition: Json) -> VersionDetailAnswer:
    return shaped(VersionDetailAnswer, view, definition=definition)


class ChangeAnswer(Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """One value that differs."""

    key: Annotated[str, Meta(description="Its key, or its JSON pointer into the part of the definition.")]
    change: Annotated[ChangeKind, Meta(description="Which of the two has it.")]
    before: Annotated[Json, Meta(description="The earlier value; null where there was none.")]
    after: Annotated[Json, Meta(description="The later value; null where there is none.")]


class StepChangeAnswer(Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """A step that is new or gone, without the steps inside it."""

    id: Annotated[str, Meta(description="Id of the step.")]
    kind: Annotated[str, Meta(description="Kind of the step.")]
    pointer: Annotated[str, Meta(description="Where it stands in the version that has it.")]
    change: Annotated[ChangeKind, Meta(description="Which of the two has it.")]
    before: Annotated[Json, Meta(description="The step as it was; null when it is new.")]
    after: Annotated[Json, Meta(description="The step as it is; null when it is gone.")]


class StepMoveAnswer(Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """A step that stands elsewhere than before."""

    id: Annotated[str, Meta(description="Id of the step.")]
    kind: Annotated[str, Meta(description="Kind of the step.")]
    before: Annotated[str, Meta(description="Where it stood: JSON pointer into the earlier definition.")]
    after: Annotated[str, Meta(description="Where it stands: JSON pointer into the later definition.")]


class StepKeysAnswer(Struct, frozen=True):
    """A step whose own keys differ."""

    id: Annotated[str, Meta(description="Id of the step.")]
    kind: Annotated[str, Meta(description="Kind of the step.")]
    pointer: Annotated[str, Meta(description="Where it stands in the later definition.")]
    keys: Annotated[list[ChangeAnswer], Meta(description="The keys that differ.")]


class StepsDiffAnswer(Struct, frozen=True):
    """Steps that differ, by their ids."""

    added: Annotated[list[StepChangeAnswer], Meta(description="Only in the later version.")]
    removed: Annotated[list[StepChangeAnswer], Meta(description="Only in the earlier version.")]
    moved: Annotated[list[StepMoveAnswer], Meta(description="In both, elsewhere.")]
    changed: Annotated[list[StepKeysAnswer], Meta(description="In both, with other keys.")]


class DiffAnswer(Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """What differs between two versions."""

    before: Annotated[int, Meta(description="Number of the earlier version.")]
    after: Annotated[int, Meta(description="Number of the later version.")]
    steps: Annotated[StepsDiffAnswer, Meta(description="Steps, by their ids.")]
    trigger: Annotated[list[ChangeAnswer], Meta(description="What differs in the trigger.")]
    config: Annotated[list[ChangeAnswer], Meta(description="What differs in the configuration's schema.")]
    connections: Annotated[list[ChangeAnswer], Meta(description="What differs in the connections.")]


def diff_answer(found: Difference, *, before: int, after: int) -> DiffAnswer:
    steps = StepsDiffAnswer(
        added=[shaped(StepChangeAnswer, each) for each in found.added],
        removed=[shaped(StepChangeAnswer, each) for each in found.removed],
        moved=[shaped(StepMoveAnswer, each) for each in found.moved],
        changed=[shaped(StepKeysAnswer, each, keys=_changes(each.keys)) for each in found.changed],
    )
    parts = {name: _changes(getattr(found, name)) for name in ("trigger", "config", "connections")}
    return DiffAnswer(before=before, after=after, steps=steps, **parts)


def _changes(changes: Sequence[Change]) -> list[ChangeAnswer]:
    return [shaped(ChangeAnswer, each, key=each.place) for each in changes]
