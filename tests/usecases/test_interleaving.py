"""What changes while a version is being validated is looked at before anything moves: R3, R4, R10."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from flowslot.app.promotion_plan import plan
from flowslot.base.errors import Problem, ValidationFailed, ValidationStale
from flowslot.domain.definition import Definition
from flowslot.domain.slots import Slot
from flowslot.flowlang.definitions import FlowDefinitions
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS
from make import World, document

NEEDS_LIMIT = document(config={"type": "object", "required": ["limit"], "properties": {"limit": {"type": "integer"}}})
Deed = Callable[[], object]


class Interrupted(FlowDefinitions):
    """The real thing; the deeds are done by somebody else while it reads a definition or checks its types."""

    def __init__(self, sandbox: Sandbox) -> None:
        super().__init__(KINDS, sandbox)
        self.while_parsing: list[Deed] = []
        self.while_checking: list[Deed] = []

    def parse(self, document: Any) -> Definition:
        self._next(self.while_parsing)
        return super().parse(document)

    def type_problems(self, definition: Definition, called: Mapping[str, Any]) -> Sequence[Problem]:
        self._next(self.while_checking)
        return super().type_problems(definition, called)

    def _next(self, deeds: list[Deed]) -> None:
        if deeds:
            deeds.pop(0)()


@pytest.fixture
def elsewhere(world: World, sandbox: Sandbox) -> tuple[World, Interrupted]:
    """A world whose flow is in home and acme, both with a limit; and the moments at which others act."""
    world.register("acme", config={"limit": 5})
    world.change("home", config={"limit": 5})
    definitions = Interrupted(sandbox)
    slow = replace(world, deps=replace(world.deps, definitions=definitions))
    return slow, definitions


def test_staging_sees_what_was_lost_while_it_validated(world: World, elsewhere: tuple[World, Interrupted]) -> None:
    """R3: nothing moves onto a workspace that no longer fits."""
    slow, moments = elsewhere
    world.stage(document(), workspace="acme")
    before = world.shown()
    moments.while_checking = [lambda: world.change("acme", config={})]
    with pytest.raises(ValidationFailed) as caught:
        slow.stage(NEEDS_LIMIT)
    assert [each.workspace for each in caught.value.problems] == ["acme"]
    assert world.shown() == before


def test_staging_validates_again_after_a_change_that_does_no_harm(
    world: World, elsewhere: tuple[World, Interrupted]
) -> None:
    """R3, R4: and what it keeps is what it looked at last."""
    slow, moments = elsewhere
    moments.while_checking = [lambda: world.change("acme", config={"limit": 6})]
    staged = slow.stage(NEEDS_LIMIT)
    assert staged.validation.fingerprint == plan(world.deps, world.by, flow="orders", workspace="home").fingerprint


@pytest.mark.parametrize("use", ["stage", "put", "promote"])
def test_who_is_interrupted_again_and_again_is_told_so(
    world: World, elsewhere: tuple[World, Interrupted], use: str
) -> None:
    """R4: instead of trying for ever; nothing has moved."""
    slow, moments = elsewhere
    world.deploy(NEEDS_LIMIT)
    if use != "stage":
        world.stage(document())
    before = world.shown()
    others = [lambda n=n: world.change("acme", config={"limit": n}) for n in range(100, 110)]
    moments.while_parsing = [lambda: None, *others] if use == "stage" else others
    moments.while_checking = [lambda n=n: world.change("acme", config={"limit": n}) for n in range(200, 210)]
    asks = {"stage": lambda: slow.stage(), "put": lambda: slow.put("acme", Slot.STAGING), "promote": slow.promote}
    with pytest.raises(ValidationStale):
        asks[use]()
    assert world.shown() == before


def test_a_promotion_without_a_change_validates_nothing(world: World, elsewhere: tuple[World, Interrupted]) -> None:
    """R5: so its cost does not grow with the workspaces; also when it is made again after an undo (R17)."""
    slow, moments = elsewhere
    world.stage(NEEDS_LIMIT)

    def never() -> None:
        raise AssertionError("nothing has changed, so there is nothing to validate")

    moments.while_checking = [never]
    world.undo(slow.promote())
    assert slow.promote().version == 1


def test_a_promotion_sees_what_was_lost_while_it_looked(world: World, elsewhere: tuple[World, Interrupted]) -> None:
    """R4: also where nothing had to be validated at first."""
    slow, moments = elsewhere
    world.stage(NEEDS_LIMIT)
    before = world.shown()
    moments.while_parsing = [lambda: world.change("home", config={}, active=False)]
    with pytest.raises(ValidationFailed):
        slow.promote()
    assert world.shown() == before


def test_a_promotion_sees_what_was_lost_while_it_validated_again(
    world: World, elsewhere: tuple[World, Interrupted]
) -> None:
    """R4."""
    slow, moments = elsewhere
    world.stage(NEEDS_LIMIT)
    world.change("acme", active=False)
    moments.while_checking = [lambda: world.change("home", config={}, active=False)]
    with pytest.raises(ValidationFailed):
        slow.promote()


def test_putting_on_staging_sees_what_was_lost_while_it_validated(
    world: World, elsewhere: tuple[World, Interrupted]
) -> None:
    """R10, R3."""
    slow, moments = elsewhere
    world.deploy(document())
    world.stage(NEEDS_LIMIT)
    moments.while_checking = [lambda: world.change("acme", config={})]
    with pytest.raises(ValidationFailed):
        slow.put("acme", Slot.STAGING)
    assert world.here("acme").slot is Slot.MAIN
