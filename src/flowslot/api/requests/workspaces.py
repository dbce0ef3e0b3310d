"""Requests about workspaces."""

from __future__ import annotations

from pydantic import Field

from flowslot.api.requests.fields import Body, Name, Slug
from flowslot.domain.flow import WorkspaceKind


class NewWorkspace(Body):
    """A workspace to create."""

    slug: Slug = Field(description="Its name in addresses; it never changes.")
    name: Name = Field(description="Its name for people.")
    kind: WorkspaceKind = Field(WorkspaceKind.STANDARD, strict=False, description="What it is for.")
    customer: Name | None = Field(None, description="The customer it serves.")


class WorkspaceChange(Body):
    """What to change of a workspace; what is left out stays."""

    name: Name | None = Field(None, description="Its name for people.")
    kind: WorkspaceKind | None = Field(None, strict=False, description="What it is for.")
    customer: str | None = Field(None, max_length=200, description="The customer it serves; null or empty for none.")
