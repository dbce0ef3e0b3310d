"""Requests for the record."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from flowslot.api.paging import PageQuery
from flowslot.api.requests.fields import Slug, Time


class AuditQuery(PageQuery):
    """Which entries to list."""

    flow: Slug | None = Field(None, description="Slug of the flow.")
    workspace: Slug | None = Field(None, description="Slug of the workspace.")
    action: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,50}(\.[a-z_]{1,50})?$")] | None = Field(
        None, description="A whole action, or its noun: `promotion` finds promotion.made and promotion.undone."
    )
    actor: Annotated[str, StringConstraints(pattern=r"^[^\x00]{1,200}$")] | None = Field(
        None, description="Who did it."
    )
    since: Time | None = Field(None, alias="from", description="Done at this time or later.")
    until: Time | None = Field(None, alias="to", description="Done before this time.")
