"""When a slot's schedule ticks next after its version changed."""

from __future__ import annotations

from datetime import datetime


def tick_after_change(pending: datetime | None, first: datetime | None, *, now: datetime) -> datetime | None:
    """The slot's next tick: the first of the new version, unless a tick that was due already has still to be fired.

    `pending` is the slot's tick before the change, `first` the new version's first tick after `now`.
    """
    if pending is not None and first is not None and pending <= now:
        return pending
    return first
