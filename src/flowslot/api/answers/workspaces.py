"""Workspaces as the API shows them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
from flowslot.app.views import WorkspaceView
from flowslot.domain.flow import WorkspaceKind


class WorkspaceAnswer(Struct, frozen=True):
    """A workspace: where flows run for one customer."""

    slug: Annotated[str, Meta(description="Its name in addresses.")]
    name: Annotated[str, Meta(description="Its name for people.")]
    kind: Annotated[WorkspaceKind, Meta(description="What it is for.")]
    customer: Annotated[str | None, Meta(description="The customer it serves.")]
    created_at: Annotated[str, Meta(description="When it was created.")]


def workspace_answer(view: WorkspaceView) -> WorkspaceAnswer:
    return shaped(WorkspaceAnswer, view)
