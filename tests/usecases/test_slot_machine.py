"""Everything that moves slots, in any order, against a model of plain values: R1, R2, R4, R5, R10, R12, R16, R17."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any, ClassVar

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from flowslot.app import registrations
from flowslot.app.views import PromotionView
from flowslot.base.errors import FlowslotError
from flowslot.domain.slots import Slot
from make import World, document
from usecases.slot_model import DONE, Content, Model

WORKSPACES = ("w-1", "w-2", "w-3")
EXAMPLES = {"sqlite": 40, "postgresql": 6}
STEPS = 30

places = st.integers(0, 15)
"""Mostly a workspace that has the flow; see `place`."""
contents = st.tuples(st.integers(0, 2), st.sampled_from([False, False, True]))
stale = st.sampled_from([False] * 7 + [True])
_numbers = itertools.count()


def definition(content: Content) -> dict[str, Any]:
    value, needs_limit = content
    required = ["limit"] if needs_limit else []
    return document(value=value, config={"type": "object", "required": required})


class SlotMachine(RuleBasedStateMachine):
    """One flow in up to three workspaces."""

    world: ClassVar[World]

    @initialize()
    def begin(self) -> None:
        self.flow = f"flow-{next(_numbers)}"
        self.model = Model()
        self.promotions: list[PromotionView] = []
        self.hashes: dict[int, str] = {}
        self.world.flow(self.flow, workspace=WORKSPACES[0])
        self.model.register(WORKSPACES[0])
        for workspace in WORKSPACES[1:]:
            self.register(workspace)
        self.fill_in(0, active=True, limit=True)

    def place(self, number: int) -> str:
        """A workspace that has the flow; now and then any."""
        having = sorted(self.model.here)
        return WORKSPACES[number % 3] if number == 15 or not having else having[number % len(having)]

    def agree(self, expected: str, deed: Callable[[], Any]) -> Any:
        try:
            result, became = deed(), DONE
        except FlowslotError as refused:
            result, became = None, refused.code
        assert became == expected
        self.reached[deed_name(), became] += 1
        return result

    def seen(self, *, stale: bool) -> dict[str, Any]:
        return {"flow": self.flow, "expected_revision": self.model.revision - stale}

    @rule(number=places, content=contents, stale=stale)
    def save(self, number: int, content: Content, stale: bool) -> None:
        seen = self.seen(stale=stale)
        expected = self.model.save(workspace, content, stale=stale)
        self.agree(expected, lambda: self.world.draft(definition(content), workspace=workspace, **seen))

    @rule(number=places, content=contents, stale=stale)
    def stage(self, number: int, content: Content, stale: bool) -> None:
        seen = self.seen(stale=stale)
        expected = self.model.stage(workspace, content, stale=stale)
        self.agree(expected, lambda: self.world.stage(definition(content), workspace=workspace, **seen))

    @rule(number=places, back=st.integers(0, 4))
    def restore(self, number: int, back: int) -> None:
        number, seen = max(1, len(self.model.versions) - back), self.seen(stale=False)
        expected = self.model.restore(workspace, number)
        self.agree(expected, lambda: self.world.stage(version=number, workspace=workspace, **seen))

    @rule(number=places, stale=stale)
    def promote(self, number: int, stale: bool) -> None:
        seen, version = self.seen(stale=stale), self.model.staging or 1
        expected = self.model.promote(workspace, stale=stale)
        made = self.agree(expected, lambda: self.world.promote(workspace=workspace, version=version, **seen))
        if made is not None:
            assert made.registrations == len(self.model.here)
            self.promotions.append(made)

    @rule(which=st.integers(0, 1))
    def undo(self, which: int) -> None:
        if which < len(self.promotions):
            made, seen = self.promotions[-1 - which], self.seen(stale=False)
            expected = "not_the_latest_change" if which else self.model.take_back()
            self.agree(expected, lambda: self.world.undo(made, **seen))

    @rule(number=places)
    def revert(self, number: int) -> None:
        seen = self.seen(stale=False)
        self.agree(self.model.revert(workspace), lambda: self.world.revert(workspace=workspace, **seen))

    @rule(number=places, slot=st.sampled_from(Slot))
    def put(self, number: int, slot: Slot) -> None:
        seen = self.seen(stale=False)
        self.agree(self.model.put(workspace, slot), lambda: self.world.put(workspace, slot, **seen))

    @rule(number=places)
    def register(self, workspace: str) -> None:
        self.agree(self.model.register(workspace), lambda: self.world.register(workspace, flow=self.flow))

    @rule(number=places)
    def unregister(self, number: int) -> None:
        asked = {"flow": self.flow, "workspace": workspace}
        self.agree(
            self.model.unregister(workspace),
            lambda: registrations.remove(self.world.deps, self.world.by, **asked),
        )

    @rule(number=places, active=st.booleans(), limit=st.booleans())
    def fill_in(self, number: int, active: bool, limit: bool) -> None:
        config = {"limit": 1} if limit else {}
        self.agree(
            self.model.fill_in(workspace, active=active, limit=limit),
            lambda: self.world.change(workspace, flow=self.flow, active=active, config=config),
        )

    @invariant()
    def the_flow_is_as_the_model_says(self) -> None:
        """R2, R4, R5, R12, R17."""
        with self.world.deps.store.read(self.world.by.caller) as uow:
            flow = uow.flows.get(self.flow)
            rows = uow.registrations.all_of(flow.id)
        model = self.model
        assert (flow.revision, flow.main_version, flow.staging_version) == (model.revision, model.main, model.staging)
        assert (flow.latest_version, flow.registrations) == (len(model.versions), len(model.here))
        on_staging = sum(row.staging_epoch == flow.slot_epoch for row in rows)
        assert on_staging == len(model.who_is_on_staging())
        assert flow.staging_version is not None or on_staging == 0

    @invariant()
    def every_registration_is_as_the_model_says(self) -> None:
        """R5, R7, R10, R20: its slot and what it runs."""
        for slug, here in self.model.here.items():
            shown = self.world.here(slug, flow=self.flow)
            slot = Slot.STAGING if here.on_staging else Slot.MAIN
            assert (shown.slot, shown.resolved_version, shown.active) == (slot, self.model.runs(slug), here.active)

    @invariant()
    def no_version_is_lost_or_changed(self) -> None:
        """R1, R16: each keeps its content; drafts are drafts until deployed or set aside."""
        with self.world.deps.store.read(self.world.by.caller) as uow:
            flow = uow.flows.get(self.flow)
            for number, saved in enumerate(self.model.versions, start=1):
                kept = uow.versions.get(flow.id, number)
                assert kept.hash == self.hashes.setdefault(number, kept.hash)
                assert (kept.kind.value == "staged", kept.discarded) == (saved.staged, saved.discarded)


def test_slots_move_as_the_rules_say_in_any_order(world: World) -> None:
    """R1, R2, R4, R5, R10, R12, R16, R17, R18: whatever people do, one after the other."""
    world.workspace(*WORKSPACES)
    machine = type("Machine", (SlotMachine,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES[world.database.dialect],
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
