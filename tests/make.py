"""Makes what a test of the use cases needs, through the real parts: real database, flow language, vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flowslot.app import flows, promotion, registrations, reverting, saving, slots, staging, workspaces
from flowslot.app.callers import Caller, Role, Scope
from flowslot.app.ports import Call, Deps
from flowslot.app.staging import Staged
from flowslot.app.views import FlowView, PromotionView, RegistrationView, VersionView
from flowslot.base.ids import TimeOrderedIds, UserId
from flowslot.base.json_text import Json
from flowslot.base.settings import Settings
from flowslot.base.vault import FileVault
from flowslot.domain.flow import Visibility
from flowslot.domain.slots import Slot
from flowslot.flowlang.definitions import FlowDefinitions
from flowslot.flowlang.sandbox import Sandbox
from flowslot.steps.registry import KINDS
from flowslot.storage.database import Database
from flowslot.storage.unit_of_work import SqlStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class SetClock:
    """Says the time a test has set."""

    def __init__(self) -> None:
        self._now = NOON

    def now(self) -> datetime:
        return self._now

    def go(self, **by: float) -> None:
        """Moves on, for example `go(minutes=5)`."""
        self._now += timedelta(**by)


class Audience:
    """Watchers that remember what they were told."""

    def __init__(self) -> None:
        self.told: list[Json] = []

    def publish(self, events: Sequence[Json]) -> None:
        self.told.extend(events)


def a_call(role: Role = Role.ADMIN, *, name: str = "ann", workspaces: Sequence[str] | None = None) -> Call:
    """A call of somebody with a role, limited to some workspaces if given."""
    scope = Scope(None if workspaces is None else frozenset(workspaces))
    return Call(Caller(UserId(f"usr_{name}"), name, role, scope))


def document(
    *steps: Mapping[str, Any],
    value: int = 1,
    trigger: Mapping[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A definition: the steps given, or one that only holds a value."""
    return {
        "flow": 1,
        "trigger": dict(trigger or {"kind": "on_demand"}),
        "steps": [dict(each) for each in steps] or [{"id": "one", "kind": "set", "value": value}],
        **more,
    }


def calling(*called: str, value: int = 1, **settings: Any) -> dict[str, Any]:
    """A definition that calls flows, one after the other."""
    steps = [
        {"id": f"call_{index}", "kind": "call_flow", "flow": slug, **settings} for index, slug in enumerate(called)
    ]
    return document({"id": "one", "kind": "set", "value": value}, *steps)


@dataclass
class World:
    """One server's use cases, and shortcuts that read aloud. Flow `orders` in workspace `home`, unless named."""

    deps: Deps
    clock: SetClock
    audience: Audience
    database: Database
    by: Call = field(default_factory=a_call)

    def workspace(self, *slugs: str, **given: Any) -> None:
        for slug in slugs:
            workspaces.create(self.deps, self.by, slug=slug, name=slug.title(), **given)

    def flow(
        self, slug: str = "orders", *, workspace: str = "home", visibility: Visibility = Visibility.SHARED
    ) -> FlowView:
        return flows.create(self.deps, self.by, slug=slug, name=slug, workspace=workspace, visibility=visibility)

    def register(self, *slugs: str, flow: str = "orders", **given: Any) -> None:
        for workspace in slugs:
            registrations.register(self.deps, self.by, flow=flow, workspace=workspace, **given)

    def shown(self, flow: str = "orders") -> FlowView:
        return flows.get(self.deps, self.by, slug=flow)

    def here(self, workspace: str = "home", *, flow: str = "orders") -> RegistrationView:
        return registrations.get(self.deps, self.by, flow=flow, workspace=workspace)

    def draft(
        self, definition: Json = None, *, flow: str = "orders", workspace: str = "home", **given: Any
    ) -> VersionView:
        asked = {"flow": flow, "workspace": workspace, "definition": definition or document()}
        return saving.save_draft(self.deps, self.by, **{**asked, **self._seen(flow, given)}).version

    def stage(self, definition: Json = None, *, flow: str = "orders", workspace: str = "home", **given: Any) -> Staged:
        """Stages a definition, or with `version` a saved one."""
        what = {} if "version" in given else {"definition": definition or document()}
        asked = {"flow": flow, "workspace": workspace, **what}
        return staging.stage(self.deps, self.by, **{**asked, **self._seen(flow, given)})

    def promote(self, *, flow: str = "orders", workspace: str = "home", **given: Any) -> PromotionView:
        """Promotes what is staged."""
        if "version" not in given:
            staged = self.shown(flow).staging
            given["version"] = staged.number if staged else 1
        return promotion.promote(self.deps, self.by, flow=flow, workspace=workspace, **self._seen(flow, given))

    def deploy(self, definition: Json = None, *, flow: str = "orders", workspace: str = "home") -> FlowView:
        """Brings a definition to main."""
        self.stage(definition, flow=flow, workspace=workspace)
        self.promote(flow=flow, workspace=workspace)
        return self.shown(flow)

    def undo(self, made: PromotionView, *, flow: str = "orders", **given: Any) -> FlowView:
        return promotion.undo(self.deps, self.by, flow=flow, promotion=made.id, **self._seen(flow, given))

    def revert(self, *, flow: str = "orders", workspace: str = "home", **given: Any) -> FlowView:
        return reverting.revert(self.deps, self.by, flow=flow, workspace=workspace, **self._seen(flow, given))

    def put(self, workspace: str, slot: Slot, *, flow: str = "orders", **given: Any) -> RegistrationView:
        asked = {"flow": flow, "workspace": workspace, "slot": slot}
        return slots.put_on_slot(self.deps, self.by, **{**asked, **self._seen(flow, given)})

    def change(self, workspace: str = "home", *, flow: str = "orders", **given: Any) -> RegistrationView:
        return registrations.change(self.deps, self.by, flow=flow, workspace=workspace, **given)

    def _seen(self, flow: str, given: dict[str, Any]) -> dict[str, Any]:
        """What is given, with the revision as it is unless another was seen."""
        return given if "expected_revision" in given else {**given, "expected_revision": self.shown(flow).revision}

    def on_record(self) -> list[str]:
        """Every action on record, oldest first."""
        with self.database.read() as connection:
            return list(connection.exec_driver_sql("SELECT action FROM audit ORDER BY seq").scalars())


def a_world(database: Database, settings: Settings, *, sandbox: Sandbox, folder: Path) -> World:
    """The use cases of a server with an empty database; its key file stands in `folder`."""
    clock, audience = SetClock(), Audience()
    vault = FileVault(folder)
    vault.check(None)
    deps = Deps(
        store=SqlStore(database, clock, audience),
        definitions=FlowDefinitions(KINDS, sandbox),
        vault=vault,
        watchers=audience,
        clock=clock,
        ids=TimeOrderedIds(),
        settings=settings,
    )
    return World(deps, clock, audience, database)
