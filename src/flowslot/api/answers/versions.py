"""Versions as the API shows them: the history of a flow (R9), and what differs between two of them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
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


class VersionDetailAnswer(VersionAnswer, frozen=True):
    """A version with its definition."""

    definition: Annotated[Json, Meta(description="The flow definition, exactly as it was saved.")]


def version_answer(view: VersionView) -> VersionAnswer:
    return shaped(VersionAnswer, view)


def version_detail_answer(view: VersionView, definition: Json) -> VersionDetailAnswer:
    return shaped(VersionDetailAnswer, view, definition=definition)
