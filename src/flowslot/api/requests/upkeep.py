"""Requests of those who run the server."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from flowslot.api.requests.fields import Body


class Pass(Body):
    """Nothing is to be said: the settings say what goes."""


class EndOfQuarantine(Body):
    """What becomes of runs that have not ended."""

    open_runs: Literal["continue", "cancel"] = Field(
        "continue", description="Whether runs that were open when the backup was made go on, or end as canceled."
    )
