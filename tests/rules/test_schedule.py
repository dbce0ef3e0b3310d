"""The next tick of a slot whose version changed: R2, R5."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from flowslot.domain.schedule import tick_after_change
from rules.nouns import NOON

PAST, FUTURE, LATER = NOON - timedelta(seconds=1), NOON + timedelta(minutes=1), NOON + timedelta(minutes=5)
NEXT = {
    # the slot's tick before, the new version's first tick: the slot's tick after
    (None, None): None,
    (None, LATER): LATER,
    (FUTURE, None): None,
    (FUTURE, LATER): LATER,
    (PAST, None): None,
    (PAST, LATER): PAST,
    (NOON, None): None,
    (NOON, LATER): NOON,
}


def test_the_table_of_ticks_is_complete() -> None:
    """R5: a tick that is due, one that is not, or none, with and without a schedule in the new version."""
    assert set(NEXT) == set(product((None, FUTURE, PAST, NOON), (None, LATER)))


@pytest.mark.parametrize(("case", "expected"), NEXT.items(), ids=str)
def test_a_change_of_version_loses_no_tick_that_is_due(case: tuple[object, object], expected: object) -> None:
    """R5: the new schedule counts from the change; a tick due before it is still fired."""
    pending, first = case
    assert tick_after_change(pending, first, now=NOON) == expected  # type: ignore[arg-type]
