"""Requests about flows, their versions and slots."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from flowslot.api.paging import PageQuery, Query
from flowslot.api.requests.fields import Body, Name, Note, Number, Revision, Slug, Text
from flowslot.api.requests.orders import order_of, searched
from flowslot.app.lists import Order, RunningOn
from flowslot.base.json_text import Json
from flowslot.domain.flow import VersionKind, Visibility
from flowslot.domain.validation import Scope

FlowSort = Annotated[str, StringConstraints(pattern=r"^-?(slug|name|saved|last_run|failed)$")]

_HERE = "Slug of the workspace it is done from."
_SEEN = "The flow's revision that you saw; a stale one is refused with what changed."
_DEFINITION = "The flow definition."
_VERSION = "Number of a saved version."


class NewFlow(Body):
    """A flow to create; it is registered to its workspace at once."""

    slug: Slug = Field(description="Its name in addresses; it never changes.")
    name: Name = Field(description="Its name for people.")
    workspace: Slug = Field(description="Slug of the workspace it lives in.")
    visibility: Visibility = Field(Visibility.SHARED, strict=False, description="Where it may be registered.")


class FlowChange(Body):
    """What to change of a flow; what is left out stays."""

    name: Name | None = Field(None, description="Its name for people.")
    visibility: Visibility | None = Field(None, strict=False, description="Where it may be registered.")


class FlowsQuery(PageQuery):
    """Which flows to list."""

    workspace: Slug | None = Field(None, description="Only the flows of this workspace, as they stand there.")
    text: Text | None = Field(None, description="A text in the slug or the name, whatever its case.")
    slot: RunningOn | None = Field(None, description="Only those whose `running_on` this is.")
    sort: FlowSort | None = Field(
        None,
        description="By what they are sorted, with `-` the greatest first: slug (unless you say otherwise), name, "
        "saved (the newest version), last_run, failed (of 24 hours). Those without any come last.",
    )

    @property
    def order(self) -> Order:
        return order_of(self.sort)

    @property
    def list_order(self) -> str:
        return searched(self.sort, self.text, self.slot)


class VersionsQuery(PageQuery):
    """Which versions of a flow to list."""

    workspace: Slug | None = Field(None, description="Slug of the workspace they were saved in.")
    author: Text | None = Field(None, description="Who saved them.")
    kind: VersionKind | None = Field(None, description="`draft`, or `staged` for what was ever deployed.")
    text: Text | None = Field(None, description="A text in the note.")


class NewDraft(Body):
    """A definition to save as a version that is in no slot."""

    workspace: Slug = Field(description=_HERE)
    definition: Json = Field(description=_DEFINITION)
    note: Note = Field("", description="What to say of it in the history.")
    expected_revision: Revision = Field(description=_SEEN)


class NewStaging(Body):
    """A definition, or a saved version, to deploy to staging: send exactly one of the two."""

    workspace: Slug = Field(description=_HERE)
    definition: Json = Field(None, description=_DEFINITION)
    version: Number | None = Field(None, description=_VERSION)
    note: Note = Field("", description="What to say of it in the history.")
    expected_revision: Revision = Field(description=_SEEN)


class NewValidation(Body):
    """A definition, or a saved version, to validate: send exactly one of the two."""

    workspace: Slug = Field(description=_HERE)
    definition: Json = Field(None, description=_DEFINITION)
    version: Number | None = Field(None, description=_VERSION)
    scope: Scope = Field(
        Scope.STAGING,
        strict=False,
        description="`staging`: this workspace and all on staging; `all`: every workspace that has the flow.",
    )
    record: bool = Field(True, description="Whether it goes on record; an editor that asks while one types says no.")


class NewHints(Body):
    """A text of a definition while it is written."""

    workspace: Slug = Field(description=_HERE)
    definition: dict[str, Json] = Field(description="The definition as it is now, however broken.")
    pointer: str = Field(
        max_length=2_000, description="JSON pointer of the text in the definition; it need not be there yet."
    )
    text: str = Field(max_length=20_000, description="The text as it is now, with its `=` or `{{ }}`.")
    offset: int = Field(ge=0, le=20_000, description="Where the caret is in the text, in characters.")


class NewRevert(Body):
    """All changes of a workspace to be set aside."""

    workspace: Slug = Field(description=_HERE)
    expected_revision: Revision = Field(description=_SEEN)


class NewPromotion(Body):
    """The staged version to be moved to main."""

    workspace: Slug = Field(description=_HERE)
    version: Number = Field(description="Number of the version that is to be on main: the staged one.")
    expected_revision: Revision = Field(description=_SEEN)
    fingerprint: str | None = Field(
        None, max_length=200, description="The fingerprint of the plan you saw; a stale one is refused."
    )


class NewUndo(Body):
    """A promotion to be undone."""

    expected_revision: Revision = Field(description=_SEEN)


class PlanQuery(Query):
    """Where a promotion is planned from."""

    workspace: Slug = Field(description=_HERE)


class DiffQuery(Query):
    """Which versions to compare."""

    before: Number = Field(alias="from", description="Number of the earlier version.")
    after: Number = Field(alias="to", description="Number of the later version.")
