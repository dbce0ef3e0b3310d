"""Operations for those who run the server: health and metrics."""

from __future__ import annotations

from anyio import to_thread
from starlette.responses import Response

from flowslot.api.answers.product import HealthAnswer
from flowslot.api.ask import Ask
from flowslot.api.metrics import own_families, shared_families
from flowslot.api.routing import PUBLIC, Routes
from flowslot.app.callers import Role
from flowslot.base.errors import Quarantined, StorageFull, Unavailable
from flowslot.base.metrics import CONTENT_TYPE, metrics_text

routes = Routes("operating")


@routes.get("/health/live", PUBLIC)
async def show_live(ask: Ask) -> HealthAnswer:
    """Say that the process answers."""
    return HealthAnswer("ok")


@routes.get("/health/ready", PUBLIC, errors=[Unavailable, StorageFull, Quarantined])
def show_ready(ask: Ask) -> HealthAnswer:
    """Say whether the database answers, new runs are accepted and runs are being worked on."""
    closed = ask.parts.runs.gate.closed
    if closed is not None:
        raise closed()
    if not ask.parts.ready() or not ask.views.is_there():
        raise Unavailable
    return HealthAnswer("ok")


@routes.get("/metrics", Role.VIEWER, media_type="text/plain")
async def show_metrics(ask: Ask) -> Response:
    """Show metrics as Prometheus text.

    For the whole account: a token limited to workspaces does not see them. Each process of the installation is told
    apart by the label `process`; whichever of them is asked answers for all.
    """
    ask.scope.needs_account()
    parts = ask.parts
    measures = await to_thread.run_sync(ask.views.measures)
    own = own_families(parts.counts.meters, parts.gauges(), process=parts.process)
    others = () if parts.others is None else await parts.others()
    return Response(metrics_text([*own, *others, *shared_families(measures)]), media_type=CONTENT_TYPE)
