"""The figures of Home."""

from __future__ import annotations

from flowslot.api.answers.statistics import StatisticsAnswer, statistics_answer
from flowslot.api.ask import Ask
from flowslot.api.requests.statistics import StatisticsQuery
from flowslot.api.routing import Routes
from flowslot.app.callers import Role

routes = Routes("statistics")


@routes.get("/statistics", Role.VIEWER)
def show_statistics(ask: Ask, *, query: StatisticsQuery) -> StatisticsAnswer:
    """Show how runs went hour by hour, what waits on staging, what was promoted, and what needs attention.

    Of what the caller sees: callers limited to workspaces get the figures of those.
    """
    return statistics_answer(ask.views.statistics(ask.scope, workspace=query.workspace, hours=query.hours))
