"""Plain values to ask the rules about; a test says only what matters to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flowslot.base.ids import FlowId, PromotionId, RegistrationId, WorkspaceId
from flowslot.domain.definition import Block, Definition, Step, TriggerDefinition
from flowslot.domain.flow import Flow, Promotion, Registration, Version, VersionKind, Visibility
from flowslot.domain.registering import new_flow
from flowslot.domain.slots import Slot

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = WorkspaceId("ws_home")
ELSEWHERE = WorkspaceId("ws_elsewhere")


def flow(**given: Any) -> Flow:
    """A shared flow at revision 10 and epoch 5, with both slots empty unless given."""
    made = new_flow(FlowId("flow_a"), slug="a", name="A", visibility=Visibility.SHARED, home=HOME)
    usual = {"revision": 10, "slots_revision": 8, "slot_epoch": 5, "latest_version": 20, "registrations": 3}
    return replace(made, **{**usual, **given})


def registration(on: Slot = Slot.MAIN, **given: Any) -> Registration:
    """An active registration of `flow()` at home, on a slot."""
    return Registration(
        **{
            "id": RegistrationId("reg_1"),
            "flow": FlowId("flow_a"),
            "workspace": HOME,
            "active": True,
            "staging_epoch": 5 if on is Slot.STAGING else None,
            "config": {},
            "connections": {},
            "hook_main": "m",
            "hook_staging": "s",
            "since": NOON,
            **given,
        }
    )


def version(number: int, **given: Any) -> Version:
    """A live draft saved at home."""
    return Version(
        **{
            "flow": FlowId("flow_a"),
            "number": number,
            "hash": f"hash {number}",
            "author": "ann",
            "at": NOON,
            "note": "",
            "workspace": HOME,
            "kind": VersionKind.DRAFT,
            "discarded": False,
            **given,
        }
    )


def promotion(**given: Any) -> Promotion:
    """A promotion of version 7 over version 6 that led to revision 8."""
    return Promotion(
        **{
            "id": PromotionId("pro_1"),
            "flow": FlowId("flow_a"),
            "version": 7,
            "from_version": 6,
            "from_epoch": 4,
            "revision": 8,
            "at": NOON,
            "actor": "ann",
            "workspace": HOME,
            "registrations": 3,
            "other_workspaces": 2,
            "undone_at": None,
            "undone_by": None,
            **given,
        }
    )


@dataclass(frozen=True, slots=True)
class Calls:
    """Settings of a call_flow step, as far as the rules look at them."""

    flow: str
    slot: str = "own"


@dataclass(frozen=True, slots=True)
class Nothing:
    """Settings of a step that calls nothing."""


def step(name: str, settings: object = None, *, inside: Sequence[Step] = (), disabled: bool = False) -> Step:
    """A step with this id, at /steps/<id>."""
    return Step(
        id=name,
        kind="call_flow" if isinstance(settings, Calls) else "set",
        pointer=f"/steps/{name}",
        settings=settings or Nothing(),
        name=None,
        note=None,
        condition=None,
        disabled=disabled,
        blocks=(Block("then", tuple(inside)),) if inside else (),
    )


def definition(
    *steps: Step,
    trigger: str = "on_demand",
    input_schema: Any = None,
    config: Any = None,
    connections: Mapping[str, str] | None = None,
) -> Definition:
    """A parsed definition."""
    return Definition(
        document={},
        hash="hash",
        trigger=TriggerDefinition(trigger, Nothing(), input_schema),
        config_schema=config,
        connections=connections or {},
        steps=steps,
    )
