"""Requests about runs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, RootModel, StringConstraints, field_validator

from flowslot.api.paging import PageQuery, Query
from flowslot.api.requests.fields import Body, Number, Slug, StepId, Time
from flowslot.base.json_text import Json
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot
from flowslot.domain.starting import RerunVersion

LONGEST_WAIT = 60
_STATUSES = "|".join(status.value for status in RunStatus)


class NewRun(Body):
    """A run to start by hand."""

    input: Json = Field(None, description="What the run starts with, for the schema in the trigger's `input`.")
    version: Number | None = Field(
        None, description="Run this version instead of the one the registration resolves to: a test run."
    )
    test: bool = Field(False, description="Whether it is a test run; an inactive registration takes only those.")


class NewTrial(Body):
    """A definition to run as a test, without saving it."""

    workspace: Slug = Field(description="Slug of the workspace it runs in; the flow is registered there.")
    definition: Json = Field(description="The flow definition.")
    input: Json = Field(None, description="What the run starts with, for the schema in its trigger's `input`.")


class WaitQuery(Query):
    """How long to wait for the end."""

    wait: float = Field(
        0, ge=0, le=LONGEST_WAIT, allow_inf_nan=False, description="Seconds to wait for the run's end before answering."
    )


class Rerun(Body):
    """How to run again."""

    version: RerunVersion = Field(
        RerunVersion.SAME, strict=False, description="The version it had, or the one the registration resolves to now."
    )
    from_step: StepId | None = Field(None, description="Id of the step to begin at; what was done before it is kept.")


class Signal(RootModel[Json]):
    """What the waiting step gets: any JSON value."""

    root: Json = Field(None, description="Any JSON value.")


class RunsQuery(PageQuery):
    """Which runs to list."""

    flow: Slug | None = Field(None, description="Slug of the flow.")
    workspace: Slug | None = Field(None, description="Slug of the workspace.")
    status: Annotated[str, StringConstraints(pattern=f"^({_STATUSES})(,({_STATUSES}))*$", max_length=200)] | None = (
        Field(None, description="Where the runs stand; several with commas between.")
    )
    slot: Slot | None = Field(None, description="The slot they were accepted on.")
    version: Number | None = Field(None, description="Number of the version they run.")
    since: Time | None = Field(None, alias="from", description="Accepted at this time or later.")
    until: Time | None = Field(None, alias="to", description="Accepted before this time.")
    text: str | None = Field(None, max_length=200, description="A text in the input, the outcome or the error.")

    @field_validator("text")
    @classmethod
    def _printable(cls, text: str | None) -> str | None:
        if text is not None and "\0" in text:
            raise ValueError("a text has no NUL")
        return text
