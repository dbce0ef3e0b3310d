"""The gate for what is new: whether triggers are taken, and if not why. Runs that were accepted go on behind it."""

from __future__ import annotations

from collections.abc import Callable

from flowslot.base.errors import FlowslotError, Quarantined, StorageFull

COME_AGAIN = 30
"""Seconds, for Retry-After."""
SLACK = 1.1
"""So much more than the limit must be free before the gate opens again."""


class Gate:
    """Written by the thread that watches; `closed` is read on every way in."""

    __slots__ = ("_free", "closed", "quarantined")

    def __init__(self) -> None:
        self.closed: Callable[[], FlowslotError] | None = None
        """Makes the refusal; None while triggers are taken."""
        self.quarantined = False
        self._free: int | None = None
        """Bytes, while they are too few."""

    def quarantine(self, *, on: bool) -> None:
        """Closes the gate as long as the server is under quarantine."""
        self.quarantined = on
        self._set()

    def room(self, free: int, *, least: int) -> None:
        """Closes the gate when too little of the disk is free, and opens it again when there is room."""
        short = free < (least if self._free is None else least * SLACK)
        self._free = free if short else None
        self._set()

    @property
    def is_full(self) -> bool:
        """Whether it is closed because the disk is nearly full."""
        return self._free is not None

    def _set(self) -> None:
        if self.quarantined:
            self.closed = _quarantined
        else:
            self.closed = None if self._free is None else self._full

    def _full(self) -> FlowslotError:
        free = self._free or 0
        detail = f"Only {free // 2**20} MB of the disk are free: nothing new is started until there is room."
        return StorageFull(detail, extra={"retry_after": COME_AGAIN})


def _quarantined() -> FlowslotError:
    return Quarantined(extra={"retry_after": COME_AGAIN})
