"""Undo and revert: R12, R17."""

from __future__ import annotations

import pytest

from flowslot.app import promotion, reverting
from flowslot.app.callers import Role
from flowslot.app.views import FlowView
from flowslot.base.errors import Forbidden, NoMainVersion, NotFound, NotTheLatestChange, RevisionConflict
from flowslot.domain.slots import Slot
from make import World, a_call, document


def slots_of(flow: FlowView) -> tuple[int | None, int | None]:
    return (flow.main.number if flow.main else None, flow.staging.number if flow.staging else None)


def everybody(world: World) -> list[tuple[Slot, int | None]]:
    return [(here.slot, here.resolved_version) for here in map(world.here, ("home", "acme"))]


def two_on_different_slots(world: World) -> None:
    world.register("acme")
    world.deploy(document(value=1))
    world.stage(document(value=2), workspace="home")


def test_an_undo_gives_every_registration_the_slot_it_had(world: World) -> None:
    """R17: in one step; the revision grows, and nothing is lost from the history."""
    two_on_different_slots(world)
    before, slots = everybody(world), slots_of(world.shown())
    made = world.promote()
    after = world.undo(made)
    assert (everybody(world), slots_of(after)) == (before, slots)
    with pytest.raises(NotTheLatestChange):
        world.undo(made)


def test_the_first_promotion_can_be_undone(world: World) -> None:
    """R17: main is empty again, as it was."""
    world.stage()
    made = world.promote()
    assert slots_of(world.undo(made)) == (None, 1)


def test_an_undone_promotion_can_be_made_again(world: World) -> None:
    """R17: what was validated then need not be validated again if nothing changed."""
    two_on_different_slots(world)
    first = world.promote()
    world.undo(first)
    second = world.promote()
    assert (second.id != first.id, second.version, slots_of(world.shown())) == (True, 2, (2, None))


MOVES = {
    "staged": lambda world: world.stage(document(value=3)),
    "promoted": lambda world: (world.stage(document(value=3)), world.promote()),
    "reverted": lambda world: (world.stage(document(value=3)), world.revert()),
}


@pytest.mark.parametrize("move", MOVES)
def test_only_the_latest_change_of_slots_can_be_undone(world: World, move: str) -> None:
    """R17: after another move it would take that one back as well."""
    two_on_different_slots(world)
    made = world.promote()
    MOVES[move](world)
    before = world.shown()
    with pytest.raises(NotTheLatestChange):
        world.undo(made)
    assert world.shown() == before


NO_MOVES = {
    "a draft saved": lambda world: world.draft(document(value=3)),
    "a draft reverted": lambda world: (world.draft(document(value=3)), world.revert()),
    "a registration changed": lambda world: world.change("acme", active=False),
    "made active what is active": lambda world: world.put("home", Slot.MAIN),
}


@pytest.mark.parametrize("move", NO_MOVES)
def test_what_moves_no_slot_does_not_stand_against_an_undo(world: World, move: str) -> None:
    """R17: going back must be possible in one step as long as the slots are as the promotion left them."""
    two_on_different_slots(world)
    before = everybody(world)
    made = world.promote()
    NO_MOVES[move](world)
    world.undo(made)
    assert everybody(world) == before


def test_a_workspace_registered_after_the_promotion_is_on_main_after_its_undo(world: World) -> None:
    """R17: it had no slot to go back to."""
    world.deploy(document(value=1))
    world.stage(document(value=2))
    made = world.promote()
    world.register("acme")
    world.undo(made)
    assert everybody(world) == [(Slot.STAGING, 2), (Slot.MAIN, 1)]


def test_undoing_needs_a_promoter_and_the_revision_as_it_is(world: World) -> None:
    """R17, R18."""
    world.stage()
    made = world.promote()
    asked = {"flow": "orders", "promotion": made.id, "expected_revision": world.shown().revision}
    for call in (a_call(Role.AUTHOR), a_call(Role.ADMIN, workspaces=["home"])):
        with pytest.raises(Forbidden):
            promotion.undo(world.deps, call, **asked)
    with pytest.raises(RevisionConflict):
        promotion.undo(world.deps, world.by, **{**asked, "expected_revision": 1})
    with pytest.raises(NotFound):
        promotion.undo(world.deps, world.by, **{**asked, "promotion": "pro_none"})
    promotion.undo(world.deps, a_call(Role.PROMOTER), **asked)


def test_reverting_brings_everybody_back_to_main(world: World) -> None:
    """R12: staging is emptied, main stays, also for workspaces that did not ask."""
    two_on_different_slots(world)
    world.put("acme", Slot.STAGING)
    after = world.revert(workspace="acme")
    assert slots_of(after) == (1, None)
    assert everybody(world) == [(Slot.MAIN, 1), (Slot.MAIN, 1)]


def test_reverting_sets_the_drafts_of_this_workspace_aside(world: World) -> None:
    """R12: they stay in the history, marked; those of other workspaces are untouched, and so is what was staged."""
    two_on_different_slots(world)
    world.draft(document(value=3), workspace="home")
    world.draft(document(value=4), workspace="acme")
    world.revert(workspace="home")
    with world.deps.store.read(world.by.caller) as uow:
        flow = uow.flows.get("orders")
        discarded = {number: uow.versions.get(flow.id, number).discarded for number in (1, 2, 3, 4)}
    assert discarded == {1: False, 2: False, 3: True, 4: False}


def test_reverting_needs_a_main_version(world: World) -> None:
    """R12: with nothing to go back to, nothing is lost."""
    world.stage()
    before = world.shown()
    with pytest.raises(NoMainVersion):
        world.revert()
    assert world.shown() == before


def test_reverting_nothing_changes_nothing(world: World) -> None:
    """R12, R18: no revision that others would stumble over."""
    world.deploy()
    before, records = world.shown(), world.on_record()
    assert world.revert() == before
    assert world.on_record() == records


def test_reverting_needs_a_promoter_and_the_revision_as_it_is(world: World) -> None:
    """R12, R18."""
    two_on_different_slots(world)
    asked = {"flow": "orders", "workspace": "home", "expected_revision": world.shown().revision}
    for call in (a_call(Role.AUTHOR), a_call(Role.ADMIN, workspaces=["home"])):
        with pytest.raises(Forbidden):
            reverting.revert(world.deps, call, **asked)
    with pytest.raises(RevisionConflict):
        reverting.revert(world.deps, world.by, **{**asked, "expected_revision": 1})
    reverting.revert(world.deps, a_call(Role.PROMOTER), **asked)
