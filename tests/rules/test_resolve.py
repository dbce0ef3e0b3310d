"""What a called flow runs: R13."""

from __future__ import annotations

from itertools import product

import pytest

from flowslot.domain.resolve import CallSlot, EmptyMain, version_to_call, version_to_run
from flowslot.domain.slots import Slot
from rules.nouns import flow, registration

OWN_SLOTS, CALLERS = (Slot.MAIN, Slot.STAGING), (Slot.MAIN, Slot.STAGING)
FILLED, NO_STAGING, NO_MAIN, EMPTY = (7, 6), (None, 6), (7, None), (None, None)
"""(staging, main) of the called flow."""

M, S = (6, Slot.MAIN), (7, Slot.STAGING)
NOTHING = (None, Slot.MAIN)
REACHED = {
    # asked, the caller's slot, the called flow's own slot there: what runs for FILLED, NO_STAGING, NO_MAIN, EMPTY
    (CallSlot.OWN, Slot.MAIN, Slot.MAIN): (M, M, NOTHING, NOTHING),
    (CallSlot.OWN, Slot.MAIN, Slot.STAGING): (S, M, S, NOTHING),
    (CallSlot.OWN, Slot.STAGING, Slot.MAIN): (M, M, NOTHING, NOTHING),
    (CallSlot.OWN, Slot.STAGING, Slot.STAGING): (S, M, S, NOTHING),
    (CallSlot.CALLER, Slot.MAIN, Slot.MAIN): (M, M, NOTHING, NOTHING),
    (CallSlot.CALLER, Slot.MAIN, Slot.STAGING): (M, M, NOTHING, NOTHING),
    (CallSlot.CALLER, Slot.STAGING, Slot.MAIN): (S, M, S, NOTHING),
    (CallSlot.CALLER, Slot.STAGING, Slot.STAGING): (S, M, S, NOTHING),
    (CallSlot.MAIN, Slot.MAIN, Slot.MAIN): (M, M, NOTHING, NOTHING),
    (CallSlot.MAIN, Slot.MAIN, Slot.STAGING): (M, M, NOTHING, NOTHING),
    (CallSlot.MAIN, Slot.STAGING, Slot.MAIN): (M, M, NOTHING, NOTHING),
    (CallSlot.MAIN, Slot.STAGING, Slot.STAGING): (M, M, NOTHING, NOTHING),
}
CASES = [
    (*who, slots, expected)
    for who, row in REACHED.items()
    for slots, expected in zip((FILLED, NO_STAGING, NO_MAIN, EMPTY), row, strict=True)
]


def test_the_table_of_calls_is_complete() -> None:
    """R13: every way to ask, from every slot, to every slot."""
    assert set(REACHED) == set(product(CallSlot, CALLERS, OWN_SLOTS))


@pytest.mark.parametrize(("asked", "caller", "own", "slots", "expected"), CASES, ids=str)
def test_a_called_flow_runs_what_its_own_registration_says_unless_asked(
    asked: CallSlot,
    caller: Slot,
    own: Slot,
    slots: tuple[int | None, int | None],
    expected: tuple[int | None, Slot],
) -> None:
    """R13: the caller's slot is not inherited; `caller` and `main` say otherwise, explicitly."""
    called = flow(staging_version=slots[0], main_version=slots[1])
    found = version_to_call(called, registration(own), asked=asked, caller=caller, empty_main=EmptyMain.REFUSE)
    assert (found.version, found.slot) == expected


@pytest.mark.parametrize(("asked", "caller", "own"), list(REACHED), ids=str)
def test_a_call_to_an_empty_main_falls_back_where_the_setting_says_so(asked: CallSlot, caller: Slot, own: Slot) -> None:
    """R7, R13: with empty_main = staging the staged version runs, whatever slot is asked for."""
    called = flow(staging_version=7, main_version=None)
    found = version_to_call(called, registration(own), asked=asked, caller=caller, empty_main=EmptyMain.STAGING)
    assert (found.version, found.slot) == (7, Slot.STAGING)


@pytest.mark.parametrize(
    ("own", "empty_main", "slots"), list(product(Slot, EmptyMain, (FILLED, NO_MAIN, EMPTY))), ids=str
)
def test_a_plain_call_resolves_as_a_trigger_does(
    own: Slot, empty_main: EmptyMain, slots: tuple[int | None, int | None]
) -> None:
    """R13: called or triggered, a registration runs the same version."""
    called, here = flow(staging_version=slots[0], main_version=slots[1]), registration(own)
    for caller in Slot:
        found = version_to_call(called, here, asked=CallSlot.OWN, caller=caller, empty_main=empty_main)
        assert found == version_to_run(called, here, empty_main=empty_main)
