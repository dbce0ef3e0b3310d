"""Promotion: R4, R5, R6, R11, R14."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from flowslot.app import promotion, promotion_plan, registrations
from flowslot.app.callers import Role
from flowslot.base.errors import (
    FlowslotError,
    Forbidden,
    NotFound,
    NothingStaged,
    NotTheStagedVersion,
    RevisionConflict,
    UnsavedChanges,
    ValidationFailed,
    ValidationStale,
)
from flowslot.domain.promotion import PromotionRefusal
from flowslot.domain.runs import RunStatus
from flowslot.domain.slots import Slot
from make import World, a_call, calling, document

NEEDS_LIMIT = document(config={"type": "object", "required": ["limit"], "properties": {"limit": {"type": "integer"}}})


def plan(world: World, workspace: str = "home") -> promotion_plan.PromotionPlan:
    return promotion_plan.plan(world.deps, world.by, flow="orders", workspace=workspace)


def test_promotion_moves_everybody_to_the_staged_version(world: World) -> None:
    """R5: main is the staged version, staging is empty, all are on main."""
    world.workspace("beta")
    world.register("acme", "beta")
    world.deploy(document(value=1))
    world.stage(document(value=2), workspace="home")
    world.put("acme", Slot.STAGING)
    made = world.promote()
    assert (made.version, made.from_version, made.registrations, made.other_workspaces_count) == (2, 1, 3, 2)
    assert (made.actor, made.can_undo) == ("ann", True)
    after = world.shown()
    assert (after.main.number, after.staging) == (2, None)
    for slug in ("home", "acme", "beta"):
        here = world.here(slug)
        assert (here.slot, here.resolved_version) == (Slot.MAIN, 2)


def test_a_promotion_touches_no_registration(world: World) -> None:
    """R5: its cost does not grow with their number; not one of their rows is written."""
    world.register("acme")
    world.stage()
    with world.database.read() as connection:
        before = connection.exec_driver_sql("SELECT id, revision, staging_epoch FROM registration ORDER BY id").all()
    world.promote()
    with world.database.read() as connection:
        after = connection.exec_driver_sql("SELECT id, revision, staging_epoch FROM registration ORDER BY id").all()
    assert before == after


def statements(world: World, deed: Callable[[], object]) -> int:
    """How many SQL statements a deed sends."""
    seen: list[str] = []
    engine = world.database.backend.engine

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        deed()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_a_promotion_sends_as_many_statements_for_thirty_workspaces_as_for_two(world: World) -> None:
    """R5: and staging the next version as well."""
    world.register("acme")
    world.deploy(document(value=1))
    few = statements(world, lambda: world.deploy(document(value=2)))
    for number in range(28):
        world.workspace(f"ws-{number}")
        world.register(f"ws-{number}")
    assert statements(world, lambda: world.deploy(document(value=3))) == few


def nothing_staged(world: World) -> dict[str, object]:
    world.deploy()
    return {}


def another_version(world: World) -> dict[str, object]:
    world.stage()
    return {"version": 7}


def an_older_revision(world: World) -> dict[str, object]:
    seen = world.stage().flow.revision
    world.draft(document(value=2))
    return {"expected_revision": seen}


def a_newer_draft(world: World) -> dict[str, object]:
    world.stage()
    world.draft(document(value=2))
    return {}


def another_fingerprint(world: World) -> dict[str, object]:
    world.stage()
    return {"fingerprint": "of another day"}


REFUSED = {
    nothing_staged: NothingStaged,
    another_version: NotTheStagedVersion,
    an_older_revision: RevisionConflict,
    a_newer_draft: UnsavedChanges,
    another_fingerprint: ValidationStale,
}


@pytest.mark.parametrize("why", REFUSED, ids=lambda why: why.__name__)
def test_only_a_saved_staged_version_goes_to_main(world: World, why: object) -> None:
    """R4: refused with its reason, and nothing has moved or is on record."""
    asked = why(world)
    before, records = world.shown(), world.on_record()
    with pytest.raises(FlowslotError) as caught:
        world.promote(**asked)
    assert type(caught.value) is REFUSED[why]
    assert (world.shown(), world.on_record()) == (before, records)


def test_a_draft_of_another_workspace_does_not_stand_against_it(world: World) -> None:
    """R4: only the workspace it is promoted from must hold no newer draft."""
    world.register("acme")
    world.stage()
    world.draft(document(value=2), workspace="acme")
    with pytest.raises(UnsavedChanges):
        world.promote(workspace="acme")
    assert world.promote(workspace="home").version == 1


@pytest.mark.parametrize("slot", Slot)
def test_a_staged_version_is_promoted_from_any_workspace_that_has_the_flow(world: World, slot: Slot) -> None:
    """R11: on staging or on main; not from one that has it not."""
    world.register("acme")
    world.deploy()
    world.stage(document(value=2))
    if slot is Slot.STAGING:
        world.put("acme", Slot.STAGING)
    world.workspace("beta")
    with pytest.raises(NotFound):
        world.promote(workspace="beta")
    assert world.promote(workspace="acme").version == 2


def test_a_plan_tells_who_is_affected(world: World) -> None:
    """R6: every other workspace with its customer, slot, activity and version; it asks nothing."""
    world.workspace("beta", customer="Beta Ltd")
    world.register("acme")
    world.register("beta", active=False)
    world.deploy()
    world.stage(document(value=2))
    world.put("acme", Slot.STAGING)
    found = plan(world)
    assert (found.allowed, found.reasons, found.version, found.count) == (True, (), 2, 2)
    assert [
        (each.workspace, each.customer, each.slot, each.active, each.version) for each in found.other_workspaces
    ] == [
        ("acme", None, Slot.STAGING, True, 2),
        ("beta", "Beta Ltd", Slot.MAIN, False, 1),
    ]
    assert found.in_flight == {RunStatus.QUEUED: 0, RunStatus.RUNNING: 0, RunStatus.SUSPENDED: 0}
    assert found.revision == world.shown().revision


def test_a_plan_gives_every_reason(world: World) -> None:
    """R4: as they stand now, before anybody presses a button."""
    assert plan(world).reasons == (PromotionRefusal.NOTHING_STAGED,)
    world.stage()
    world.draft(document(value=2))
    assert plan(world).reasons == (PromotionRefusal.UNSAVED_CHANGES,)


def test_a_plan_validates_everybody_and_only_staging_can_refuse(world: World) -> None:
    """R6, R3: a workspace on main that lacks something is shown, and stops nothing."""
    world.register("acme")
    world.change("home", config={"limit": 5})
    world.stage(NEEDS_LIMIT)
    found = plan(world)
    assert found.allowed
    assert [(each.workspace, each.code) for each in found.validation.problems] == [("acme", "config_invalid")]
    assert world.promote(fingerprint=found.fingerprint).version == 1


def test_what_changed_since_staging_is_validated_again(world: World) -> None:
    """R4, R3: the plan says so, and the promotion is refused with the problems."""
    world.change("home", config={"limit": 5})
    world.stage(NEEDS_LIMIT)
    world.change("home", config={}, active=False)
    found = plan(world)
    assert (found.allowed, found.reasons) == (False, (PromotionRefusal.VALIDATION_FAILED,))
    with pytest.raises(ValidationFailed) as caught:
        world.promote()
    assert [(each.workspace, each.code) for each in caught.value.problems] == [("home", "config_invalid")]
    world.change("home", config={"limit": 6})
    assert world.promote().version == 1


def test_a_called_flow_that_is_gone_stands_against_a_promotion(world: World) -> None:
    """R3, R4: what the staged version calls is looked at again."""
    world.flow("billing")
    world.deploy(flow="billing")
    world.stage(calling("billing"))
    registrations.remove(world.deps, world.by, flow="billing", workspace="home")
    with pytest.raises(ValidationFailed) as caught:
        world.promote()
    assert [each.code for each in caught.value.problems] == ["called_flow_missing"]


def test_a_fingerprint_seen_in_the_plan_must_still_hold(world: World) -> None:
    """R4: otherwise the person looks at the plan again."""
    world.register("acme")
    world.stage()
    seen = plan(world).fingerprint
    world.change("acme", active=False)
    with pytest.raises(ValidationStale):
        world.promote(fingerprint=seen)
    assert world.promote(fingerprint=plan(world).fingerprint).version == 1


def test_drafts_elsewhere_do_not_make_a_plan_stale(world: World) -> None:
    """R4: the fingerprint holds what validation looks at and nothing more."""
    world.register("acme")
    world.stage()
    seen = plan(world).fingerprint
    world.draft(document(value=2), workspace="acme")
    assert plan(world).fingerprint == seen


def test_promoting_needs_a_promoter_of_the_whole_account(world: World) -> None:
    """R5: it moves every workspace."""
    revision = world.stage().flow.revision
    asked = {"flow": "orders", "workspace": "home", "version": 1, "expected_revision": revision}
    for call in (a_call(Role.AUTHOR), a_call(Role.ADMIN, workspaces=["home"])):
        with pytest.raises(Forbidden):
            promotion.promote(world.deps, call, **asked)
    promotion.promote(world.deps, a_call(Role.PROMOTER), **asked)


def test_a_plan_shows_a_limited_viewer_only_what_they_may_see(world: World) -> None:
    """R6: other customers' workspaces do not exist for them."""
    world.register("acme")
    world.stage()
    found = promotion_plan.plan(world.deps, a_call(Role.VIEWER, workspaces=["home"]), flow="orders", workspace="home")
    assert found.other_workspaces == ()
