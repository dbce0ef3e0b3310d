"""A checker of recorded histories: does every trigger run a version that was on main while it was under way (R14)?

One value (the version on main) is written by slot changes, one after the other, and read by triggers, many at a time.
The history is right if each trigger can be given one moment between its sending and its answer, later than the moments
of all triggers answered before it was sent, at which its version was on main.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """What main is after a slot change, when it was asked for and when it was answered."""

    version: int
    asked: float
    answered: float


@dataclass(frozen=True)
class Trigger:
    """A trigger: when it was sent and answered, and the version that its run is on."""

    name: str
    sent: float
    answered: float
    version: int


def violations(changes: Sequence[Change], triggers: Sequence[Trigger]) -> list[str]:
    """Each trigger that no order of events can explain. Changes do not overlap; the first was there from the start."""
    wrong, seen = [], _Latest()
    for trigger in sorted(triggers, key=lambda each: each.sent):
        newest_sure = max(at for at, change in enumerate(changes) if change.answered <= trigger.sent)
        newest_possible = max(at for at, change in enumerate(changes) if change.asked <= trigger.answered)
        lowest = max(newest_sure, seen.before(trigger.sent))
        fits = [at for at in range(lowest, newest_possible + 1) if changes[at].version == trigger.version]
        if fits:
            seen.add(trigger.answered, fits[0])  # the earliest: it leaves most room for those that come after
        else:
            expected = [change.version for change in changes[lowest : newest_possible + 1]]
            wrong.append(f"{trigger.name} ran version {trigger.version}; it was sent when only {expected} could be")
    return wrong


class _Latest:
    """The newest change that some trigger saw which had been answered before a moment."""

    def __init__(self) -> None:
        self._answers: list[tuple[float, int]] = []
        self._settled = -1

    def add(self, answered: float, change: int) -> None:
        self._answers.append((answered, change))

    def before(self, moment: float) -> int:
        """Moments asked for only grow."""
        settled = [change for answered, change in self._answers if answered < moment]
        self._answers = [each for each in self._answers if each[0] >= moment]
        self._settled = max([self._settled, *settled])
        return self._settled
