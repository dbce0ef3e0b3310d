"""Which of an installation's processes this one is, and how it reaches the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flowslot.app.bus import Bus, NoBus

FIRST = "p1"
"""The one that is there when there is only one; it also takes over runs whose process is no more."""


@dataclass(frozen=True, slots=True)
class Seat:
    """One of the named processes of a supervisor; alone by default."""

    name: str = FIRST
    names: Sequence[str] = (FIRST,)
    bus: Bus = NoBus()  # noqa: RUF009  # it has no state

    @property
    def is_alone(self) -> bool:
        return len(self.names) == 1

    @property
    def others(self) -> Sequence[str]:
        return [name for name in self.names if name != self.name]


ALONE = Seat()
