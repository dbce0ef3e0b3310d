"""The static check of a version's expressions, given the flows it calls (R3): once for each set of called flows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flowslot.app.ports import Definitions
from flowslot.base.canonical import content_hash
from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.domain.calls import FlowCall, calls_of
from flowslot.domain.definition import Definition
from flowslot.domain.resolve import CallSlot
from flowslot.domain.validation import Surroundings, for_workspace

Inputs = Mapping[FlowCall, Json | None]
"""The input schema of each call that is known to reach a version."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Workspaces whose called flows take the same inputs."""

    inputs: Inputs
    workspaces: list[str] = field(default_factory=list)


def type_problems(
    definitions: Definitions, definition: Definition, surroundings: Sequence[Surroundings]
) -> list[Problem]:
    """What is wrong with the types; without a workspace where it is so in all of them."""
    groups = _groups(surroundings)
    found = [(group, _checked(definitions, definition, group.inputs)) for group in groups]
    everywhere = set.intersection(*(set(problems) for _, problems in found))
    common = [problem for problem in found[0][1] if problem in everywhere]
    for group, problems in found:
        own = [problem for problem in problems if problem not in everywhere]
        for workspace in group.workspaces:
            common.extend(for_workspace(own, workspace))
    return common


def _groups(surroundings: Sequence[Surroundings]) -> Iterable[_Group]:
    if not surroundings:
        return [_Group({})]
    found: dict[str, _Group] = {}
    for here in surroundings:
        inputs = {call: each.input_schema for call, each in here.called.items() if each.callable}
        key = content_hash([[call.flow, call.slot.value, schema] for call, schema in inputs.items()])
        found.setdefault(key, _Group(inputs)).workspaces.append(here.workspace)
    return found.values()


def _checked(definitions: Definitions, definition: Definition, inputs: Inputs) -> list[Problem]:
    """The type problems of a version; where it calls one flow in several slots, each call is checked with its own."""
    slots = sorted({call.slot for call in inputs}, key=lambda slot: slot.value) or [CallSlot.OWN]
    by_slot = {slot: _inputs_in(inputs, slot) for slot in slots}
    if len({content_hash(called) for called in by_slot.values()}) == 1:
        return list(definitions.type_problems(definition, by_slot[slots[0]]))
    found: dict[Problem, None] = {}
    for slot, called in by_slot.items():
        elsewhere = _places_checked_elsewhere(definition, inputs, slot)
        for problem in definitions.type_problems(definition, called):
            if not problem.pointer.startswith(elsewhere):
                found[problem] = None
    return list(found)


def _inputs_in(inputs: Inputs, slot: CallSlot) -> dict[str, Json | None]:
    other = {call.flow: schema for call, schema in inputs.items() if call.slot is not slot}
    return other | {call.flow: schema for call, schema in inputs.items() if call.slot is slot}


def _places_checked_elsewhere(definition: Definition, inputs: Inputs, slot: CallSlot) -> tuple[str, ...]:
    """The steps whose call asks for another slot than the one that stands for its flow in this check."""
    return tuple(
        f"{step.pointer}/"
        for step, call in calls_of(definition)
        if call.slot is not slot and FlowCall(call.flow, slot) in inputs
    )
