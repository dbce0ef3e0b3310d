"""Versions as the API shows them: the history of a flow (R9), and what differs between two of them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
from flowslot.api.answers.validations import ProblemAnswer
from flowslot.app.saving import Draft
from flowslot.app.views import VersionView
from flowslot.base.json_text import Json
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


class DraftAnswer(VersionAnswer, frozen=True):
    """A draft that was saved."""

    problems: Annotated[list[ProblemAnswer], Meta(description="What is wrong with the types of its expressions.")]


class VersionDetailAnswer(VersionAnswer, frozen=True):
    """A version with its definition."""

    definition: Annotated[Json, Meta(description="The flow definition, exactly as it was saved.")]


def version_answer(view: VersionView) -> VersionAnswer:
    return shaped(VersionAnswer, view)


def draft_answer(draft: Draft) -> DraftAnswer:
    problems = [shaped(ProblemAnswer, problem) for problem in draft.problems]
    return shaped(DraftAnswer, draft.version, problems=problems)


def version_detail_answer(view: VersionView, definition: Json) -> VersionDetailAnswer:
    return shaped(VersionDetailAnswer, view, definition=definition)


class ChangeAnswer(Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """One value that differs."""

    change: Annotated[Literal["added", "removed", "changed"], Meta(description="Which of the two versions has it.")]
    path: Annotated[str, Meta(description="JSON pointer into this part of the definition.")]
    before: Annotated[Json, Meta(description="The earlier value; null where there was none.")]
    after: Annotated[Json, Meta(description="The later value; null where there is none.")]


class StepKeyAnswer(ChangeAnswer, frozen=True, rename={"before": "from", "after": "to"}):
    """One value of a step that differs."""

    id: Annotated[str, Meta(description="Id of the step.")]
    key: Annotated[str, Meta(description="The key of the step that it stands under.")]


class StepPlaceAnswer(Struct, frozen=True):
    """A step that only one of the versions has."""

    id: Annotated[str, Meta(description="Id of the step.")]
    kind: Annotated[str | None, Meta(description="Kind of the step.")]
    name: Annotated[str | None, Meta(description="Its name for people.")]
    pointer: Annotated[str, Meta(description="Where it stands in the version that has it.")]


class StepMoveAnswer(Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """A step that stands elsewhere than before."""

    id: Annotated[str, Meta(description="Id of the step.")]
    before: Annotated[str, Meta(description="Where it stood: JSON pointer into the earlier definition.")]
    after: Annotated[str, Meta(description="Where it stands: JSON pointer into the later definition.")]


class StepRenameAnswer(Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """A step that has another id, and is the same otherwise."""

    before: Annotated[str, Meta(description="Its earlier id.")]
    after: Annotated[str, Meta(description="Its later id.")]


class StepsDiffAnswer(Struct, frozen=True):
    """Steps that differ, by their ids."""

    added: Annotated[list[StepPlaceAnswer], Meta(description="Only in the later version.")]
    removed: Annotated[list[StepPlaceAnswer], Meta(description="Only in the earlier version.")]
    moved: Annotated[list[StepMoveAnswer], Meta(description="In both, elsewhere.")]
    renamed: Annotated[list[StepRenameAnswer], Meta(description="In both, with another id.")]
    changed: Annotated[list[StepKeyAnswer], Meta(description="In both, with other content.")]


class DiffAnswer(Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """What differs between two versions; an empty list is no difference."""

    before: Annotated[int, Meta(description="Number of the earlier version.")]
    after: Annotated[int, Meta(description="Number of the later version.")]
    steps: Annotated[StepsDiffAnswer, Meta(description="Steps, by their ids.")]
    trigger: Annotated[list[ChangeAnswer], Meta(description="What differs in the trigger.")]
    config: Annotated[list[ChangeAnswer], Meta(description="What differs in the configuration's schema.")]
    connections: Annotated[list[ChangeAnswer], Meta(description="What differs in the connections.")]


def diff_answer(found: Json, *, before: int, after: int) -> DiffAnswer:
    return DiffAnswer(before, after, **found)
