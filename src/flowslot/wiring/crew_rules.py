"""What a supervisor decides: when a dead process is replaced, and which one is restarted next. No process, no clock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

REMEMBERED = 60.0
"""Seconds after which a death no longer counts."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0


class State(Enum):
    """Where a process stands."""

    STARTING = "starting"
    """It was started and does not serve yet."""
    READY = "ready"
    """It serves."""
    LEAVING = "leaving"
    """It was asked to end, to be replaced."""
    DEAD = "dead"
    """There is none; one is to be started."""


@dataclass(frozen=True, slots=True)
class Deaths:
    """When a process died lately, unasked."""

    at: tuple[float, ...] = ()

    def and_now(self, now: float) -> Deaths:
        return replace(self, at=(*(moment for moment in self.at if now - moment < REMEMBERED), now))

    @property
    def pause(self) -> float:
        """Seconds until it is replaced: at once the first time, then each time twice as long."""
        again = len(self.at) - 1
        return 0.0 if again < 1 else min(FIRST_PAUSE * 2.0 ** (again - 1), LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class Rolling:
    """A rolling restart: the names of those still to be restarted, one at a time."""

    left: tuple[str, ...] = field(default=())

    def next(self, states: Mapping[str, State]) -> str | None:
        """Whom to restart now: nobody unless all serve, so that at most one is away."""
        if not self.left or any(state is not State.READY for state in states.values()):
            return None
        return self.left[0]

    def without(self, name: str) -> Rolling:
        return Rolling(tuple(each for each in self.left if each != name))


def names_of(workers: int) -> tuple[str, ...]:
    """The names of so many processes."""
    return tuple(f"p{number}" for number in range(1, workers + 1))


def to_start(
    names: Sequence[str], states: Mapping[str, State], *, paused: Collection[str], made_ready: bool
) -> Sequence[str]:
    """Who is to be started now; until the database has been made ready, the first one alone, which does it."""
    some = names if made_ready else names[:1]
    return [name for name in some if states[name] is State.DEAD and name not in paused]
