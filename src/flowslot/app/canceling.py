"""Canceling a run together with the called runs it waits for."""

from __future__ import annotations

from datetime import datetime

from flowslot.app.dispatch import Dispatcher
from flowslot.app.journal import Journal
from flowslot.base.ids import RunId
from flowslot.domain.runs import RunStatus


async def cancel_with_called(journal: Journal, dispatcher: Dispatcher, run: RunId, *, at: datetime) -> RunStatus:
    """Asks a run to end and has everybody concerned look; its status after."""
    status = await journal.cancel(run, at)
    dispatcher.dispatch(run)
    if status is RunStatus.CANCELED:
        await tell_called(journal, dispatcher, run)
    return status


async def tell_called(journal: Journal, dispatcher: Dispatcher, run: RunId) -> None:
    """Has the called runs of a canceled one looked at: those being worked on end before their next effect."""
    for called in await journal.canceled_below(run):
        dispatcher.dispatch(called)
