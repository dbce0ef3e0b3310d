"""Requests for the figures of Home."""

from __future__ import annotations

from pydantic import Field

from flowslot.api.paging import Query
from flowslot.api.requests.fields import Slug
from flowslot.app.statistics import MOST_HOURS


class StatisticsQuery(Query):
    """Which figures."""

    workspace: Slug | None = Field(None, description="Only those of this workspace.")
    hours: int = Field(24, ge=1, le=MOST_HOURS, description="How many clock hours, the one that goes on included.")
