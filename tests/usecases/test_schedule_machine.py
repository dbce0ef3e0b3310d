"""Ticks, restarts and everything that moves slots, in any order: each registration has each tick once (R2, R5, R19)."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from databases import sqlite_settings
from flowslot.app import schedules as setting_schedules
from flowslot.app.ports import Store
from flowslot.app.views import PromotionView
from flowslot.base.clock import time_from, time_text
from flowslot.base.json_text import Json, parse
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.schedule import Change, Next
from flowslot.domain.slots import Slot
from flowslot.engine.schedules import Schedules
from flowslot.flowlang.plans import CachedPlans
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS
from flowslot.storage.database import Database
from flowslot.storage.journal import SqlJournal
from make import World, a_world, document

WORKSPACES = ("w-1", "w-2", "w-3")
TRIGGERS: list[dict[str, Json]] = [
    {"kind": "schedule", "every": "10m", "catch_up": "last"},
    {"kind": "schedule", "every": "15m"},
    {"kind": "schedule", "cron": "*/20 * * * *", "timezone": "Europe/Berlin", "catch_up": {"all": 3}},
    {"kind": "on_demand"},
]
places = st.integers(0, 2)
triggers = st.sampled_from([0, 0, 0, 1, 2, 3])
_numbers = itertools.count()


@dataclass(frozen=True)
class Tools:
    """What the schedules need of the engine's tools."""

    journal: SqlJournal
    store: Store
    plans: CachedPlans


class ScheduleMachine(RuleBasedStateMachine):
    """One flow in three workspaces. A model of plain values says who is owed which tick."""

    world: ClassVar[World]
    loop: ClassVar[asyncio.AbstractEventLoop]

    @initialize(trigger=triggers)
    def begin(self, trigger: int) -> None:
        self.flow, self.values = f"flow-{next(_numbers)}", itertools.count()
        self.world.flow(self.flow, workspace=WORKSPACES[0])
        self.world.register(*WORKSPACES[1:], flow=self.flow)
        self.slots: dict[Slot, int | None] = {Slot.MAIN: None, Slot.STAGING: None}
        self.on_staging: set[str] = set()
        self.active = set(WORKSPACES)
        self.owed: dict[tuple[str, datetime], Slot] = {}
        self.ticked: set[datetime] = set()
        self.promotion: tuple[PromotionView, dict[Slot, int | None], set[str]] | None = None
        self.journal: SqlJournal | None = None
        self.restart()
        self.stage(0, trigger)
        self.promote(0)

    # ------------------------------------------------------------ time and the engine

    @rule(seconds=st.sampled_from([0.05, 31, 61, 300, 899.9, 5000]))
    def wait(self, seconds: float) -> None:
        self.pass_time(timedelta(seconds=seconds))

    @rule(after=st.sampled_from([-0.05, 0, 0.05]))
    def wait_for_the_tick(self, after: float) -> None:
        now = self.world.clock.now()
        following = [tick for slot in Slot if (tick := self.tick_after(slot, now)) is not None]
        if following:
            self.pass_time(max(min(following) - now + timedelta(seconds=after), timedelta()))

    def pass_time(self, by: timedelta) -> None:
        before = self.world.clock.now()
        self.world.clock.go(seconds=by.total_seconds())
        for slot in Slot:
            tick = self.tick_after(slot, before)
            while tick is not None and tick <= self.world.clock.now():
                self.ticked.add(tick)
                self.owed.update({(each, tick): slot for each in self.active if self.slot_of(each) is slot})
                tick = self.tick_after(slot, tick)

    @rule()
    def look(self) -> None:
        self.loop.run_until_complete(self.schedules.begin_due(self.world.clock.now()))

    @rule()
    def restart(self) -> None:
        if self.journal is not None:
            self.journal.close()
        self.journal = SqlJournal(self.world.database, EmptyMain.REFUSE)
        self.journal.start(self.loop)
        plans = CachedPlans(KINDS, self.journal.definition)
        self.schedules = Schedules(Tools(self.journal, self.world.deps.store, plans))  # type: ignore[arg-type]  # a part

    # ------------------------------------------------------------ people

    @rule(at=places, trigger=triggers)
    def stage(self, at: int, trigger: int) -> None:
        definition = document(value=next(self.values), trigger=TRIGGERS[trigger])
        self.world.stage(definition, flow=self.flow, workspace=WORKSPACES[at])
        self.slots[Slot.STAGING], self.promotion = trigger, None
        self.on_staging.add(WORKSPACES[at])

    @precondition(lambda self: self.slots[Slot.STAGING] is not None)
    @rule(at=places)
    def promote(self, at: int) -> None:
        before = dict(self.slots), set(self.on_staging)
        self.promotion = (self.world.promote(flow=self.flow, workspace=WORKSPACES[at]), *before)
        self.slots = {Slot.MAIN: self.slots[Slot.STAGING], Slot.STAGING: None}
        self.on_staging = set()

    @precondition(lambda self: self.promotion is not None and self.promotion[1][Slot.MAIN] is not None)
    @rule()
    def undo(self) -> None:
        assert self.promotion is not None
        made, self.slots, self.on_staging = self.promotion
        self.world.undo(made, flow=self.flow)
        self.promotion = None

    @precondition(lambda self: self.slots[Slot.STAGING] is not None)
    @rule(at=places)
    def revert(self, at: int) -> None:
        self.world.revert(flow=self.flow, workspace=WORKSPACES[at])
        self.slots[Slot.STAGING], self.on_staging, self.promotion = None, set(), None

    @rule(at=places, slot=st.sampled_from(Slot))
    def put(self, at: int, slot: Slot) -> None:
        if self.slots[slot] is None or self.slot_of(WORKSPACES[at]) is slot:
            return
        self.world.put(WORKSPACES[at], slot, flow=self.flow)
        self.on_staging ^= {WORKSPACES[at]}
        self.promotion = None

    @rule(at=places)
    def switch(self, at: int) -> None:
        """Who is switched off before a tick is carried out is owed it no more."""
        workspace = WORKSPACES[at]
        self.active ^= {workspace}
        self.world.change(workspace, flow=self.flow, active=workspace in self.active)
        if workspace not in self.active:
            ran = self.runs()
            self.owed = {key: slot for key, slot in self.owed.items() if key[0] != workspace or key in ran}

    # ------------------------------------------------------------ what is promised

    def teardown(self) -> None:
        if getattr(self, "journal", None) is None:
            return
        try:
            while any(at <= self.world.clock.now() for at in self.next_ticks()):
                self.look()
            self.everybody_has_each_tick_once()
        finally:
            assert self.journal is not None
            self.journal.close()
            self.silence()

    def everybody_has_each_tick_once(self) -> None:
        ran, skipped = self.runs(), self.skips()
        assert set(ran.values()) <= {1}
        assert {tick for _, tick in ran} <= self.ticked
        for (workspace, tick), slot in self.owed.items():
            on_record = [reason for of, first, last, reason in skipped if of == slot.value and first <= tick <= last]
            assert (workspace, tick) in ran or on_record, (workspace, slot, tick)

    def slot_of(self, workspace: str) -> Slot:
        return Slot.STAGING if workspace in self.on_staging else Slot.MAIN

    def tick_after(self, slot: Slot, moment: datetime) -> datetime | None:
        trigger = self.slots[slot]
        ticks = None if trigger is None else self.world.deps.definitions.ticks(document(trigger=TRIGGERS[trigger]))
        return None if ticks is None else ticks.after(moment)

    def next_ticks(self) -> list[datetime]:
        with self.world.deps.store.read(self.world.by.caller) as uow:
            flow = uow.flows.get(self.flow).id
            return [at for slot in Slot if (at := uow.schedules.get(flow, slot.value)) is not None]

    def runs(self) -> Counter[tuple[str, datetime]]:
        found = self.read(
            "SELECT w.slug, r.trigger_key FROM run r JOIN workspace w ON w.id = r.workspace_id"
            f" JOIN flow f ON f.id = r.flow_id WHERE f.slug = '{self.flow}'"
        )
        return Counter((slug, time_from(key.removeprefix("tick:"))) for slug, key in found)

    def skips(self) -> list[tuple[str, datetime, datetime, str]]:
        found = self.read(
            "SELECT a.about FROM audit a JOIN flow f ON f.id = a.flow_id"
            f" WHERE a.action = 'schedule.skipped' AND f.slug = '{self.flow}'"
        )
        entries: list[Any] = [parse(bytes(row[0])) for row in found]
        return [(each["slot"], time_from(each["first"]), time_from(each["last"]), each["reason"]) for each in entries]

    def read(self, query: str) -> list[Any]:
        with self.world.database.read() as connection:
            return list(connection.exec_driver_sql(query))

    def silence(self) -> None:
        """Later examples are not to tick for this flow."""
        with self.world.deps.store.begin(self.world.by) as uow:
            for slot in Slot:
                uow.schedules.put(uow.flows.get(self.flow).id, slot.value, next_at=None)
            uow.commit(None)


def run_machine(world: World, *, examples: int) -> None:
    world.workspace(*WORKSPACES)
    budget = settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        database=None,
        derandomize=True,
        print_blob=False,
        phases=(Phase.generate,),  # a failure is small enough without shrinking
        suppress_health_check=list(HealthCheck),
    )
    with asyncio.Runner() as runner:
        machine = type("Machine", (ScheduleMachine,), {"world": world, "loop": runner.get_loop()})
        run_state_machine_as_test(machine, settings=budget)


def test_every_registration_has_every_tick_once_or_its_skip_is_on_record(world: World) -> None:
    """R2, R5, R10, R12, R17, R19, R20: whatever people do, and however long the server is away."""
    run_machine(world, examples={"sqlite": 15, "postgresql": 3}[world.database.dialect])


@pytest.fixture
def sqlite_world(sqlite_database: Database, sandbox: Sandbox, tmp_path: Path) -> World:
    """A world on SQLite only: what is planted does not differ between the kinds of database."""
    made = a_world(sqlite_database, sqlite_settings(tmp_path), sandbox=sandbox, folder=tmp_path)
    made.workspace("home")
    return made


def anew(before: Any, after: Any, *, now: datetime, left: Any = None) -> Change:
    """Every slot's schedule begins anew at each change: what was due is forgotten."""
    first = {slot: ticks.after(now) for slot, ticks in after.items()}
    return Change({slot: Next(at, now) for slot, at in first.items() if at is not None}, ())


def test_the_machine_sees_a_change_that_forgets_what_is_due(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setting_schedules, "schedules_after", anew)
    with pytest.raises(AssertionError):
        run_machine(sqlite_world, examples=15)


def test_the_machine_sees_a_tick_that_moves_the_schedule_in_another_transaction(
    sqlite_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The schedule goes on first, and the process dies before the runs of some are inserted."""
    tick = SqlJournal.tick

    async def dies(self: SqlJournal, due: Any, **given: Any) -> Any:
        if due.tick.minute % 20 or given["next_at"] is None:
            return await tick(self, due, **given)
        with sqlite_world.database.write() as connection:
            moved = f"UPDATE schedule SET next_at = '{time_text(given['next_at'])}'"
            connection.exec_driver_sql(f"{moved} WHERE flow_id = '{due.flow}' AND slot = '{due.slot.value}'")
        return ()

    monkeypatch.setattr(SqlJournal, "tick", dies)
    with pytest.raises(AssertionError):
        run_machine(sqlite_world, examples=15)
