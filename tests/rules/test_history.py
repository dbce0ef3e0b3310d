"""Icons of the history: R8, R9, R10."""

from __future__ import annotations

from itertools import product

import pytest

from flowslot.domain.history import icons
from flowslot.domain.slots import Slot, why_not_on
from rules.nouns import flow

NUMBERS = (5, 6, 7)
SLOTS = (None, 5, 6, 7)
ICONS = {
    (number, staging, main): tuple(
        slot for slot, points_at in ((Slot.STAGING, staging), (Slot.MAIN, main)) if points_at == number
    )
    for number, staging, main in product(NUMBERS, SLOTS, SLOTS)
}


@pytest.mark.parametrize(("case", "expected"), ICONS.items(), ids=str)
def test_a_version_has_the_icon_of_each_slot_that_points_at_it(
    case: tuple[int, int | None, int | None], expected: tuple[Slot, ...]
) -> None:
    """R8, R9: flask for staging, crown for main, both, or none."""
    number, staging, main = case
    assert icons(flow(staging_version=staging, main_version=main), number) == expected


@pytest.mark.parametrize(("staging", "main"), list(product(SLOTS, SLOTS)), ids=str)
def test_each_icon_stands_beside_one_version_that_can_be_made_active(staging: int | None, main: int | None) -> None:
    """R10: a version with an icon, and no other, can be made active."""
    here = flow(staging_version=staging, main_version=main)
    for slot in Slot:
        with_icon = [number for number in NUMBERS if slot in icons(here, number)]
        assert (len(with_icon) == 1) == (why_not_on(here, slot) is None)
