"""Operations for those who run the server: health and metrics."""

from __future__ import annotations

from starlette.responses import Response

from flowslot.api.answers.product import HealthAnswer
from flowslot.api.ask import Ask
from flowslot.api.metrics import CONTENT_TYPE, metrics_text
from flowslot.api.routing import PUBLIC, Routes
from flowslot.app.callers import Role
from flowslot.base.errors import Unavailable

routes = Routes("operating")


@routes.get("/health/live", PUBLIC)
async def show_live(ask: Ask) -> HealthAnswer:
    """Say that the process answers."""
    return HealthAnswer("ok")


@routes.get("/health/ready", PUBLIC, errors=[Unavailable])
def show_ready(ask: Ask) -> HealthAnswer:
    """Say whether the database answers and runs are being worked on."""
    if not ask.parts.ready() or not ask.views.is_there():
        raise Unavailable
    return HealthAnswer("ok")


@routes.get("/metrics", Role.VIEWER, media_type="text/plain")
def show_metrics(ask: Ask) -> Response:
    """Show metrics as Prometheus text.

    For the whole account: a token limited to workspaces does not see them.
    """
    ask.scope.needs_account()
    text = metrics_text(ask.parts.counts, ask.views.open_runs())
    return Response(text, media_type=CONTENT_TYPE)
