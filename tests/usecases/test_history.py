"""The history of a flow, and that what a use case answers is what screens read: R8, R9, R16."""

from __future__ import annotations

import pytest

from flowslot.app import flows, registrations
from flowslot.app.callers import Scope
from flowslot.app.lists import VersionFilter
from flowslot.app.views import PageAsk
from flowslot.base.json_text import parse
from flowslot.domain.slots import Slot
from flowslot.storage.views.sql_views import SqlViews
from make import World, a_call, document

EVERYTHING = PageAsk(limit=200)


def views(world: World) -> SqlViews:
    problems = world.deps.definitions.schema_problems
    return SqlViews(world.database, world.deps.empty_main, schema_problems=problems, clock=world.clock)


def a_long_history(world: World) -> None:
    world.register("acme")
    world.deploy(document(value=1))
    world.draft(document(value=2))
    world.revert()
    world.draft(document(value=3), workspace="acme")
    world.stage(document(value=4))
    world.draft(document(value=5))


def test_the_history_has_every_version_newest_first(world: World) -> None:
    """R9: whatever its slot, with its author, workspace and icons; also what was set aside."""
    a_long_history(world)
    found = views(world).versions(Scope(), "orders", only=VersionFilter(), page=EVERYTHING).items
    assert [(each.number, each.workspace, each.kind.value, each.discarded, each.icons) for each in found] == [
        (5, "home", "draft", False, ()),
        (4, "home", "staged", False, (Slot.STAGING,)),
        (3, "acme", "draft", False, ()),
        (2, "home", "draft", True, ()),
        (1, "home", "staged", False, (Slot.MAIN,)),
    ]
    assert {each.author for each in found} == {"ann"}


def test_each_version_of_the_history_can_be_looked_at(world: World) -> None:
    """R9, R16: with the steps it had."""
    a_long_history(world)
    for number in range(1, 6):
        shown, definition = views(world).version(Scope(), "orders", number=number)
        assert (shown.number, parse(bytes(definition))["steps"][0]["value"]) == (number, number)


@pytest.mark.parametrize("seen", [None, ["home"], ["acme"]], ids=str)
def test_what_a_use_case_answers_is_what_screens_read(world: World, seen: list[str] | None) -> None:
    """R8: one shape, one truth, for those who see everything and for those who see some workspaces."""
    a_long_history(world)
    by, read = a_call(workspaces=seen), views(world)
    scope = by.caller.scope
    assert flows.get(world.deps, by, slug="orders") == read.flow(scope, "orders")
    for slug in seen or ["home", "acme"]:
        shown = registrations.get(world.deps, by, flow="orders", workspace=slug)
        assert shown == read.registration(scope, "orders", workspace=slug).registration


def test_a_promotion_is_answered_as_screens_read_it(world: World) -> None:
    """R5, R17: with whether it can be undone."""
    a_long_history(world)
    world.stage(document(value=6))
    made = world.promote()
    assert views(world).promotion(Scope(), "orders", promotion=made.id) == made
