"""Saving drafts: R1, R16, R18, R19."""

from __future__ import annotations

import pytest

from flowslot.app import saving, staging, validation
from flowslot.app.callers import Role
from flowslot.base.errors import Forbidden, Invalid, NotFound, RevisionConflict
from flowslot.domain.flow import VersionKind
from flowslot.domain.slots import Slot
from flowslot.domain.validation import Scope
from make import World, a_call, document


def test_a_draft_is_a_version_in_no_slot(world: World) -> None:
    """R1: it is in the history of its workspace, and nothing that runs has changed."""
    world.deploy()
    before = world.shown()
    saved = world.draft(document(value=2))
    assert (saved.number, saved.workspace, saved.kind, saved.icons) == (2, "home", VersionKind.DRAFT, ())
    after = world.shown()
    assert (after.main, after.staging, after.revision) == (before.main, None, before.revision + 1)
    assert after.latest is not None
    assert after.latest.number == 2
    assert world.here().resolved_version == 1


def test_every_save_makes_a_version(world: World) -> None:
    """R1: also when nothing changed, and in every workspace; numbers are the flow's."""
    world.register("acme")
    numbers = [world.draft(workspace=slug).number for slug in ("home", "home", "acme")]
    assert numbers == [1, 2, 3]


def test_a_version_is_kept_as_it_was_sent(world: World) -> None:
    """R16: whole numbers of any size, fractions and the order of keys included."""
    sent = document({"id": "one", "kind": "set", "value": {"z": 12345678901234567890123, "a": "=1 + 1"}})
    world.draft(sent)
    world.draft(document(value=2))
    with world.deps.store.read(world.by.caller) as uow:
        flow = uow.flows.get("orders")
        kept = uow.versions.definition(flow.id, 1)
    assert kept == sent
    assert list(kept["steps"][0]["value"]) == ["z", "a"]


def test_whoever_was_slower_is_told_what_changed(world: World) -> None:
    """R18: nothing is saved, and the answer names each change, who made it and when."""
    seen = world.shown().revision
    world.draft()
    world.draft(document(value=2))
    with pytest.raises(RevisionConflict) as caught:
        saving.save_draft(
            world.deps,
            a_call(name="bob"),
            flow="orders",
            workspace="home",
            definition=document(value=3),
            expected_revision=seen,
        )
    assert caught.value.extra["current_revision"] == seen + 2
    changes = caught.value.extra["changes"]
    assert [(each["action"], each["actor"], each["version"]) for each in changes] == [
        ("version.saved", "ann", 1),
        ("version.saved", "ann", 2),
    ]
    assert world.shown().latest.number == 2


def test_a_draft_must_parse_and_need_not_fit(world: World) -> None:
    """R1: unknown keys are refused; a call of a flow that is not there yet is only told by a validation (R3)."""
    with pytest.raises(Invalid) as caught:
        world.draft(document(unheard_of=True))
    assert caught.value.problems
    assert world.shown().latest is None
    world.draft(document({"id": "one", "kind": "call_flow", "flow": "not-there"}))
    asked = {"flow": "orders", "workspace": "home", "version": 1, "scope": Scope.STAGING}
    found = validation.validate(world.deps, world.by, **asked)
    assert [each.code for each in found.problems] == ["called_flow_missing"]


def test_a_draft_belongs_to_a_workspace_that_has_the_flow(world: World) -> None:
    """R1."""
    with pytest.raises(NotFound):
        world.draft(workspace="acme")
    with pytest.raises(NotFound):
        world.draft(workspace="nowhere")


def test_saving_needs_an_author_in_scope(world: World) -> None:
    """R19: nobody saves unseen."""
    asked = {"flow": "orders", "workspace": "home", "definition": document(), "expected_revision": 1}
    with pytest.raises(Forbidden):
        saving.save_draft(world.deps, a_call(Role.VIEWER), **asked)
    with pytest.raises(NotFound):
        saving.save_draft(world.deps, a_call(Role.AUTHOR, workspaces=["acme"]), **asked)
    saving.save_draft(world.deps, a_call(Role.AUTHOR, workspaces=["home"]), **asked)


def test_a_note_stays_with_its_version(world: World) -> None:
    """R9: what the author said of it; too long or unprintable is refused."""
    asked = {"flow": "orders", "workspace": "home", "definition": document(), "expected_revision": 1}
    with pytest.raises(Invalid):
        saving.save_draft(world.deps, world.by, **asked, note="\x00")
    assert saving.save_draft(world.deps, world.by, **asked, note="first try").version.note == "first try"


def test_a_draft_is_saved_with_the_problems_of_its_expressions(world: World) -> None:
    """R1, R3: each with its place and the nearest right name."""
    asked = {"flow": "orders", "workspace": "home", "expected_revision": 1}
    saved = saving.save_draft(world.deps, world.by, **asked, definition=document(value="=run.slott"))
    assert [(each.pointer, each.code, each.line, each.column) for each in saved.problems] == [
        ("/steps/0/value", "unknown_field", 1, 6)
    ]
    assert "'slot'" in saved.problems[0].message
    assert world.shown().latest == saved.version


def test_an_earlier_version_can_be_staged_again(world: World) -> None:
    """R17: by its number, without a new version; the icon goes to it."""
    world.deploy(document(value=1))
    world.deploy(document(value=2))
    staged = staging.stage(
        world.deps,
        world.by,
        flow="orders",
        workspace="home",
        version=1,
        expected_revision=world.shown().revision,
    )
    assert (staged.version.number, staged.version.icons) == (1, (Slot.STAGING,))
    assert world.shown().latest.number == 2
