"""Everything that moves slots, in any order, against a model of plain values: R1, R2, R4, R5, R10, R12, R16, R17."""

from __future__ import annotations

import itertools
from collections import Counter
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

REACHED = {
    *itertools.product(("save", "stage"), (DONE, "revision_conflict")),
    *itertools.product(("stage", "restore", "put", "promote"), (DONE, "validation_failed")),
    *itertools.product(("promote",), ("nothing_staged", "unsaved_changes", "revision_conflict")),
    *itertools.product(("undo",), (DONE, "not_the_latest_change")),
    *itertools.product(("revert", "put"), (DONE, "no_main_version")),
    *itertools.product(("register", "unregister", "fill_in"), (DONE,)),
}
"""What must have happened in the examples of one run, or they are too weak to say anything."""

places = st.integers(0, 15)
contents = st.tuples(st.integers(0, 2), st.sampled_from([False, False, True]))
stale = st.sampled_from([False] * 3 + [True])
_numbers = itertools.count()


def definition(content: Content) -> dict[str, Any]:
    value, needs_limit = content
    required = ["limit"] if needs_limit else []
    return document(value=value, config={"type": "object", "required": required})


class SlotMachine(RuleBasedStateMachine):
    """One flow in up to three workspaces."""

    world: ClassVar[World]
    reached: ClassVar[Counter[tuple[str, str]]]

    @initialize()
    def begin(self) -> None:
        self.flow = f"flow-{next(_numbers)}"
        self.model = Model()
        self.promotions: list[PromotionView] = []
        self.hashes: dict[int, str] = {}
        self.world.flow(self.flow, workspace=WORKSPACES[0])
        self.model.register(WORKSPACES[0])
        self.register(at=1)
        self.register(at=2)
        self.fill_in(at=0, active=True, limit=True)

    def place(self, at: int) -> str:
        """Mostly a workspace that has the flow; now and then any."""
        having = sorted(self.model.here)
        return WORKSPACES[at % 3] if at == 15 or not having else having[at % len(having)]

    def seen(self, *, stale: bool = False) -> dict[str, Any]:
        return {"flow": self.flow, "expected_revision": self.model.revision - stale}

    def agree(self, name: str, expected: str, deed: Callable[[], Any]) -> Any:
        """Does what the model has done, with what became of it there."""
        try:
            result, became = deed(), DONE
        except FlowslotError as refused:
            result, became = None, refused.code
        assert became == expected
        self.reached[name, became] += 1
        return result

    @rule(at=places, content=contents, stale=stale)
    def save(self, at: int, content: Content, stale: bool) -> None:
        asked = {"workspace": self.place(at), **self.seen(stale=stale)}
        expected = self.model.save(asked["workspace"], content, stale=stale)
        self.agree("save", expected, lambda: self.world.draft(definition(content), **asked))

    @rule(at=places, content=contents, stale=stale)
    def stage(self, at: int, content: Content, stale: bool) -> None:
        asked = {"workspace": self.place(at), **self.seen(stale=stale)}
        expected = self.model.stage(asked["workspace"], content, stale=stale)
        self.agree("stage", expected, lambda: self.world.stage(definition(content), **asked))

    @rule(at=places, back=st.integers(0, 4))
    def restore(self, at: int, back: int) -> None:
        asked = {"workspace": self.place(at), "version": max(1, len(self.model.versions) - back), **self.seen()}
        expected = self.model.restore(asked["workspace"], asked["version"])
        self.agree("restore", expected, lambda: self.world.stage(**asked))

    @rule(at=places, stale=stale)
    def promote(self, at: int, stale: bool) -> None:
        asked = {"workspace": self.place(at), "version": self.model.staging or 1, **self.seen(stale=stale)}
        expected = self.model.promote(asked["workspace"], stale=stale)
        made = self.agree("promote", expected, lambda: self.world.promote(**asked))
        if made is not None:
            assert made.registrations == len(self.model.here)
            self.promotions.append(made)

    @rule(at=places, content=contents, regret=st.booleans())
    def deploy(self, at: int, content: Content, regret: bool) -> None:
        self.stage(at, content, stale=False)
        self.promote(at, stale=False)
        if regret:
            self.undo(0)

    @rule(at=places, content=contents)
    def promote_below_a_draft(self, at: int, content: Content) -> None:
        self.save(at, content, stale=False)
        self.promote(at, stale=False)

    @rule(at=places)
    def lose_what_staging_needs(self, at: int) -> None:
        self.fill_in(at, active=True, limit=True)
        self.stage(at, (0, True), stale=False)
        self.fill_in(at, active=True, limit=False)
        self.put(at + 1, Slot.STAGING)
        self.promote(at, stale=False)

    @rule(which=st.integers(0, 1))
    def undo(self, which: int) -> None:
        if which < len(self.promotions):
            made, seen = self.promotions[-1 - which], self.seen()
            expected = "not_the_latest_change" if which else self.model.take_back()
            self.agree("undo", expected, lambda: self.world.undo(made, **seen))

    @rule(at=places)
    def revert(self, at: int) -> None:
        asked = {"workspace": self.place(at), **self.seen()}
        self.agree("revert", self.model.revert(asked["workspace"]), lambda: self.world.revert(**asked))

    @rule(at=places, slot=st.sampled_from(Slot))
    def put(self, at: int, slot: Slot) -> None:
        workspace, seen = self.place(at), self.seen()
        self.agree("put", self.model.put(workspace, slot), lambda: self.world.put(workspace, slot, **seen))

    @rule(at=places)
    def register(self, at: int) -> None:
        workspace = WORKSPACES[at % 3]
        expected = self.model.register(workspace)
        self.agree("register", expected, lambda: self.world.register(workspace, flow=self.flow))

    @rule(at=places)
    def unregister(self, at: int) -> None:
        asked = {"flow": self.flow, "workspace": self.place(at)}
        expected = self.model.unregister(asked["workspace"])
        self.agree("unregister", expected, lambda: registrations.remove(self.world.deps, self.world.by, **asked))

    @rule(at=places, active=st.booleans(), limit=st.sampled_from([True, True, False]))
    def fill_in(self, at: int, active: bool, limit: bool) -> None:
        workspace, config = self.place(at), {"limit": 1} if limit else {}
        expected = self.model.fill_in(workspace, active=active, limit=limit)
        change = {"flow": self.flow, "active": active, "config": config}
        self.agree("fill_in", expected, lambda: self.world.change(workspace, **change))

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
    reached: Counter[tuple[str, str]] = Counter()
    budget = settings(
        max_examples=EXAMPLES[world.database.dialect],
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(type("Machine", (SlotMachine,), {"world": world, "reached": reached}), settings=budget)
    if world.database.dialect == "sqlite":
        assert REACHED - reached.keys() == set()
