"""What a supervisor decides: who is started, when a dead one is replaced, who is restarted next."""

from __future__ import annotations

import pytest

from flowslot.wiring.crew_rules import LONGEST_PAUSE, REMEMBERED, Deaths, Rolling, State, names_of, to_start

NAMES = names_of(3)
READY, STARTING, LEAVING, DEAD = State.READY, State.STARTING, State.LEAVING, State.DEAD


def states(*of: State) -> dict[str, State]:
    return dict(zip(NAMES, of, strict=True))


def test_processes_are_named_from_p1_on() -> None:
    assert NAMES == ("p1", "p2", "p3")


def test_one_that_dies_is_replaced_at_once() -> None:
    assert Deaths().and_now(1000.0).pause == 0.0


def test_one_that_dies_again_and_again_is_replaced_later_and_later() -> None:
    deaths, pauses = Deaths(), []
    for second in range(10):
        deaths = deaths.and_now(float(second))
        pauses.append(deaths.pause)
    assert pauses == [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, LONGEST_PAUSE, LONGEST_PAUSE, LONGEST_PAUSE]


def test_deaths_of_long_ago_are_forgotten() -> None:
    assert Deaths().and_now(0.0).and_now(REMEMBERED + 1).pause == 0.0


@pytest.mark.parametrize(
    ("now", "made_ready", "paused", "expected"),
    [
        ((DEAD, DEAD, DEAD), False, (), ["p1"]),
        ((STARTING, DEAD, DEAD), False, (), []),
        ((READY, DEAD, DEAD), True, (), ["p2", "p3"]),
        ((READY, READY, DEAD), True, (), ["p3"]),
        ((READY, DEAD, DEAD), True, ("p2",), ["p3"]),
        ((DEAD, READY, LEAVING), True, (), ["p1"]),
        ((DEAD, DEAD, DEAD), True, (), ["p1", "p2", "p3"]),
    ],
)
def test_the_first_one_makes_ready_then_every_empty_place_is_taken(
    now: tuple[State, ...], made_ready: bool, paused: tuple[str, ...], expected: list[str]
) -> None:
    assert to_start(NAMES, states(*now), paused=paused, made_ready=made_ready) == expected


@pytest.mark.parametrize("away", [STARTING, LEAVING, DEAD])
def test_nobody_is_restarted_while_another_is_away(away: State) -> None:
    rolling = Rolling(NAMES)
    assert rolling.next(states(READY, READY, READY)) == "p1"
    assert rolling.next(states(READY, READY, away)) is None


def test_a_rolling_restart_goes_through_all_and_is_over() -> None:
    rolling, restarted = Rolling(NAMES), []
    while (name := rolling.next(states(READY, READY, READY))) is not None:
        restarted.append(name)
        rolling = rolling.without(name)
    assert restarted == list(NAMES)
