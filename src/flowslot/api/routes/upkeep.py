"""Operations for those who run the server: what retention removes, and the quarantine after a restore."""

from __future__ import annotations

from flowslot.api.answers.shaping import shaped
from flowslot.api.answers.upkeep import (
    QuarantineAnswer,
    ReleasedAnswer,
    RemovableAnswer,
    RemovedAnswer,
    quarantine_answer,
)
from flowslot.api.ask import Ask
from flowslot.api.requests.upkeep import EndOfQuarantine, Pass
from flowslot.api.routing import Routes
from flowslot.app import quarantine
from flowslot.app.callers import Role
from flowslot.app.retention import Keeper
from flowslot.base.errors import Conflict, Unavailable

LONGEST_PASS = 10.0
"""Seconds that one request removes for."""

routes = Routes("upkeep")


@routes.get("/retention", Role.ADMIN)
def show_retention(ask: Ask) -> RemovableAnswer:
    """Show what the settings of retention keep, and how much could be removed now."""
    settings = ask.deps.settings
    return shaped(
        RemovableAnswer,
        _keeper(ask).removable(),
        keep_payloads=settings.keep_payloads,
        keep_runs=settings.keep_runs,
        most_runs=settings.most_runs,
        keep_ids=settings.keep_ids,
    )


@routes.post("/retention/passes", Role.ADMIN, status=200)
def remove_old_runs(ask: Ask, *, body: Pass) -> RemovedAnswer:
    """Remove now what the settings of retention let go.

    The server does so by itself every few minutes. For at most ten seconds at a time: ask again while there is more.
    """
    removed, more = _keeper(ask).remove(seconds=LONGEST_PASS)
    return shaped(RemovedAnswer, removed, more=more)


@routes.get("/quarantine", Role.VIEWER)
def show_quarantine(ask: Ask) -> QuarantineAnswer:
    """Show whether the server is under quarantine, and what would go on without it."""
    return quarantine_answer(quarantine.standing(ask.deps, ask.caller))


@routes.post("/quarantine/end", Role.ADMIN, status=200, errors=[Conflict])
def end_quarantine(ask: Ask, *, body: EndOfQuarantine) -> ReleasedAnswer:
    """Let a restored server work.

    Open runs go on where the backup has them: what they did since the backup was made, they do again, with the same
    idempotency keys. Canceled they end at once. Schedules go on with their next tick.
    """
    released = quarantine.end(ask.deps, ask.call(_released), cancel_open=body.open_runs == "cancel")
    if ask.parts.keeper is not None:
        ask.parts.keeper.look_now()
    return _released(released)


def _released(released: quarantine.Released) -> ReleasedAnswer:
    return shaped(ReleasedAnswer, released)


def _keeper(ask: Ask) -> Keeper:
    ask.scope.needs_account()
    if ask.parts.keeper is None:
        raise Unavailable("This process does no background work; ask the server itself.")
    return ask.parts.keeper
