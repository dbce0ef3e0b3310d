"""The kinds of fields that requests are made of."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from flowslot.api.paths import ID, SLUG
from flowslot.base.clock import time_from
from flowslot.domain.naming import NAME_LENGTH, NOTE_LENGTH

HIGHEST = 2_147_483_647


class Body(BaseModel):
    """Base of all request bodies: unknown keys are refused, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


def _time(value: Any) -> Any:  # Any: what pydantic passes before it has checked the type
    if not isinstance(value, str):
        raise ValueError("write a time as text, for example 2026-01-31T12:00:00Z")
    return time_from(value)


Slug: TypeAlias = Annotated[str, StringConstraints(pattern=f"^{SLUG}$")]
Id: TypeAlias = Annotated[str, StringConstraints(pattern=f"^{ID}$")]
Name: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=NAME_LENGTH)]
Note: TypeAlias = Annotated[str, StringConstraints(max_length=NOTE_LENGTH)]
Number: TypeAlias = Annotated[int, Field(ge=1, le=HIGHEST)]
Revision: TypeAlias = Annotated[int, Field(ge=0, le=HIGHEST)]
Time: TypeAlias = Annotated[datetime, BeforeValidator(_time), WithJsonSchema({"type": "string", "format": "date-time"})]
Text: TypeAlias = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
"""A text to look for."""
StepId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,99}$")]
