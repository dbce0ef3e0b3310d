"""Save and deploy to staging: R2, R3, R17, R18, R19."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flowslot.app import slots, staging
from flowslot.app.callers import Role
from flowslot.base.errors import FlowslotError, Forbidden, Invalid, NotFound, RevisionConflict, ValidationFailed
from flowslot.domain.flow import VersionKind
from flowslot.domain.slots import Slot
from make import World, a_call, document

NEEDS_LIMIT = document(config={"type": "object", "required": ["limit"], "properties": {"limit": {"type": "integer"}}})


def test_staging_saves_a_version_and_puts_this_workspace_on_it(world: World) -> None:
    """R2: workspaces on main are untouched."""
    world.register("acme")
    world.deploy()
    staged = world.stage(document(value=2))
    assert (staged.version.number, staged.version.kind, staged.version.icons) == (
        2,
        VersionKind.STAGED,
        (Slot.STAGING,),
    )
    assert staged.validation.ok
    assert staged.flow.staging == staged.version
    assert (world.here("home").slot, world.here("home").resolved_version) == (Slot.STAGING, 2)
    assert (world.here("acme").slot, world.here("acme").resolved_version) == (Slot.MAIN, 1)


def test_every_workspace_on_staging_runs_what_is_staged_next(world: World) -> None:
    """R2: whoever deploys it."""
    world.register("acme")
    world.stage(document(value=1), workspace="home")
    world.stage(document(value=2), workspace="acme")
    assert [world.here(slug).resolved_version for slug in ("home", "acme")] == [2, 2]


def test_nothing_new_makes_no_second_version(world: World) -> None:
    """R2: the draft just saved, and what is staged already, are used again."""
    world.draft(document(value=1))
    assert world.stage(document(value=1)).version.number == 1
    assert world.stage(document(value=1)).version.number == 1
    assert world.stage(document(value=2)).version.number == 2
    assert world.shown().latest.number == 2


def test_going_back_to_older_content_after_a_draft_is_a_change(world: World) -> None:
    """R2, R4: so that the draft does not stand against the promotion of what replaced it."""
    world.stage(document(value=1))
    world.draft(document(value=2))
    assert world.stage(document(value=1)).version.number == 3
    assert world.promote().version == 3


def test_one_request_is_one_revision(world: World) -> None:
    """R18: saving and staging together."""
    before = world.shown().revision
    assert world.stage().flow.revision == before + 1


def test_a_failed_validation_moves_nothing_and_saves_nothing(world: World) -> None:
    """R3: the answer lists every workspace with every problem and its place."""
    world.register("acme")
    world.stage(document(value=1), workspace="acme")
    before, records = world.shown(), world.on_record()
    with pytest.raises(ValidationFailed) as caught:
        world.stage(NEEDS_LIMIT, workspace="home")
    assert [(each.workspace, each.pointer, each.code) for each in caught.value.problems] == [
        ("home", "/config/properties/limit", "config_invalid"),
        ("acme", "/config/properties/limit", "config_invalid"),
    ]
    assert (world.shown(), world.on_record()) == (before, records)


def test_a_workspace_on_main_does_not_stand_against_staging(world: World) -> None:
    """R3: only the current workspace and those on staging are looked at."""
    world.register("acme")
    world.change("home", config={"limit": 5})
    assert world.stage(NEEDS_LIMIT).validation.ok


def test_staging_needs_the_flow_to_be_there(world: World) -> None:
    """R2: in the workspace it is deployed from; a version that was saved."""
    with pytest.raises(NotFound):
        world.stage(workspace="acme")
    with pytest.raises(NotFound):
        world.stage(version=7)


@pytest.mark.parametrize("what", [{}, {"definition": document(), "version": 1}])
def test_staging_takes_a_definition_or_a_version(world: World, what: dict[str, object]) -> None:
    """R2: exactly one of them."""
    world.draft()
    with pytest.raises(Invalid):
        staging.stage(world.deps, world.by, flow="orders", workspace="home", expected_revision=2, **what)


def test_staging_an_older_revision_is_refused(world: World) -> None:
    """R18: with the changes since."""
    world.draft()
    with pytest.raises(RevisionConflict) as caught:
        world.stage(document(value=2), expected_revision=1)
    assert [each["action"] for each in caught.value.extra["changes"]] == ["version.saved"]


def test_staging_needs_an_author_of_the_whole_account(world: World) -> None:
    """R2: it changes what other workspaces run."""
    for call in (a_call(Role.VIEWER), a_call(Role.ADMIN, workspaces=["home"])):
        with pytest.raises(Forbidden):
            staging.stage(world.deps, call, flow="orders", workspace="home", expected_revision=1, definition=document())


def test_a_reverted_draft_can_be_staged_after_all(world: World) -> None:
    """R17: any earlier version can be restored; it is no discarded draft any more."""
    world.deploy()
    world.draft(document(value=2))
    world.revert()
    staged = world.stage(version=2)
    assert (staged.version.kind, staged.version.discarded) == (VersionKind.STAGED, False)


def test_putting_a_workspace_on_staging_validates_and_moves_only_it(world: World) -> None:
    """R10, R3: refused while its configuration lacks what the staged version needs."""
    world.register("acme")
    world.deploy()
    world.change("home", config={"limit": 5})
    world.stage(NEEDS_LIMIT)
    with pytest.raises(ValidationFailed) as caught:
        world.put("acme", Slot.STAGING)
    assert {each.workspace for each in caught.value.problems} == {"acme"}
    assert world.here("acme").slot is Slot.MAIN
    world.change("acme", config={"limit": 9})
    before = world.shown()
    moved = world.put("acme", Slot.STAGING)
    assert (moved.slot, moved.resolved_version) == (Slot.STAGING, 2)
    after = world.shown()
    assert (after.main.number, after.staging.number, after.revision) == (1, 2, before.revision + 1)
    assert world.here("home").slot is Slot.STAGING


def test_putting_a_workspace_on_main_moves_only_it(world: World) -> None:
    """R10: the crown; the staging slot stays."""
    world.register("acme")
    world.deploy()
    world.stage(document(value=2), workspace="home")
    world.put("acme", Slot.STAGING)
    moved = world.put("home", Slot.MAIN)
    assert (moved.slot, moved.resolved_version) == (Slot.MAIN, 1)
    assert (world.here("acme").slot, world.shown().staging.number) == (Slot.STAGING, 2)


@pytest.mark.parametrize("slot", Slot)
def test_making_active_what_is_active_changes_nothing(world: World, slot: Slot) -> None:
    """R10, R17: no revision, nothing on record, and no promotion that can no longer be undone."""
    world.deploy()
    if slot is Slot.STAGING:
        world.stage(document(value=2))
    before, records = world.shown(), world.on_record()
    assert world.put("home", slot).slot is slot
    assert (world.shown(), world.on_record()) == (before, records)


@pytest.mark.parametrize(("slot", "code"), [(Slot.STAGING, "nothing_staged"), (Slot.MAIN, "no_main_version")])
def test_an_empty_slot_cannot_be_made_active(world: World, slot: Slot, code: str) -> None:
    """R10: no version has the icon."""
    with pytest.raises(FlowslotError) as caught:
        world.put("home", slot)
    assert caught.value.code == code


def test_moving_a_slot_needs_a_promoter_who_sees_the_workspace(world: World) -> None:
    """R10: of that workspace only, so a limited token will do."""
    world.register("acme")
    world.deploy()
    world.stage(document(value=2))
    asked = {"flow": "orders", "workspace": "acme", "slot": Slot.STAGING, "expected_revision": world.shown().revision}
    with pytest.raises(Forbidden):
        slots.put_on_slot(world.deps, a_call(Role.AUTHOR), **asked)
    with pytest.raises(NotFound):
        slots.put_on_slot(world.deps, a_call(Role.PROMOTER, workspaces=["home"]), **asked)
    slots.put_on_slot(world.deps, a_call(Role.PROMOTER, workspaces=["acme"]), **asked)
    with pytest.raises(RevisionConflict):
        slots.put_on_slot(world.deps, a_call(Role.PROMOTER), **{**asked, "slot": Slot.MAIN})


def test_whoever_falls_back_to_staging_is_validated_too(world: World) -> None:
    """R3, R7: with the setting, a workspace on an empty main would run the staged version."""
    world.register("acme")
    world.change("home", config={"limit": 5})
    world.deps = replace(world.deps, settings=replace(world.deps.settings, empty_main="staging"))
    with pytest.raises(ValidationFailed) as caught:
        world.stage(NEEDS_LIMIT)
    assert [problem.workspace for problem in caught.value.problems] == ["acme"]
