"""Calls between flows: which a version makes, what each reaches in a workspace, and circles of them (R3, R13)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flowslot.base.canonical import content_hash
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition, Step
from flowslot.domain.flow import Flow, Registration
from flowslot.domain.resolve import CallSlot, EmptyMain, version_to_call
from flowslot.domain.slots import Slot


@dataclass(frozen=True, slots=True)
class FlowCall:
    """What a call_flow step names: a flow by slug, and the slot it asks for."""

    flow: str
    slot: CallSlot = CallSlot.OWN


@dataclass(frozen=True, slots=True)
class Reached:
    """What a call would start: a version of a flow, running in a slot."""

    flow: str
    version: int
    slot: Slot


@dataclass(frozen=True, slots=True)
class CalledFlow:
    """A flow as it stands for a call from one workspace."""

    registered: bool = False
    version: int | None = None
    """What it would run; None when nothing."""
    callable: bool = False
    """Whether that version has the on_demand trigger."""
    input_schema: Json | None = None
    circle: tuple[str, ...] = ()
    """The flows on the way back to one that is being called already; empty when the call leads to none."""
    definition: Definition | None = field(default=None, repr=False, compare=False)
    """What that version is, where it can be read and its calls lead in no circle."""
    calls: Mapping[FlowCall, CalledFlow] = field(default_factory=dict, repr=False, compare=False)
    """What its own calls reach."""
    key: str = field(default="", compare=False)
    """Equal for called flows that take and give the same: of the version and of all that its calls can reach."""


@dataclass(frozen=True, slots=True)
class CallGraph:
    """A flow with all flows that its calls can lead to, and the versions in their slots."""

    start: str
    """The flow whose version is looked at; its own row is not among the flows."""
    flows: Mapping[str, Flow | None]
    """By slug; None where there is no such flow."""
    definitions: Mapping[tuple[str, int], Definition | None]
    """By slug and version; None where a stored version cannot be read any more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A workspace as calls made in it see it."""

    registrations: Mapping[str, Registration]
    """The called flows that are registered there, by slug."""
    caller: Slot
    """The slot the calling version runs in."""
    empty_main: EmptyMain


def calls_of(definition: Definition) -> Iterator[tuple[Step, FlowCall]]:
    """The calls a version makes, with their steps, in the order of the document; disabled steps make none."""
    return _calls_in(definition.steps)


def _calls_in(steps: Sequence[Step]) -> Iterator[tuple[Step, FlowCall]]:
    for step in steps:
        if step.disabled:
            continue
        flow = getattr(step.settings, "flow", None)
        if isinstance(flow, str):
            yield step, FlowCall(flow, CallSlot(getattr(step.settings, "slot", CallSlot.OWN)))
        for block in step.blocks:
            yield from _calls_in(block.steps)


def called_in(graph: CallGraph, definition: Definition, *, standing: Standing) -> Mapping[FlowCall, CalledFlow]:
    """What each call of a version meets in a workspace."""
    met: dict[Reached, CalledFlow] = {}
    return {call: _called(graph, call, standing, met=met) for _, call in calls_of(definition)}


def _called(graph: CallGraph, call: FlowCall, standing: Standing, *, met: dict[Reached, CalledFlow]) -> CalledFlow:
    if call.flow == graph.start:
        return CalledFlow(registered=True, circle=(graph.start, graph.start))
    if call.flow not in standing.registrations or graph.flows.get(call.flow) is None:
        return CalledFlow()
    reached = _reached(graph, call, standing=standing, caller=standing.caller)
    if reached is None:
        return CalledFlow(registered=True)
    way = circle(graph.start, reached, calls=lambda each: list(_calls_from(graph, each, standing).values()))
    if way:
        return replace(_met(graph, reached, {}), circle=way, definition=None, key="")
    return _with_calls(graph, reached, standing, met=met)


def _with_calls(graph: CallGraph, first: Reached, standing: Standing, *, met: dict[Reached, CalledFlow]) -> CalledFlow:
    """What is reached, with all that its calls reach in turn. They must lead in no circle; each is looked at once."""
    waiting = [first]
    while waiting:
        reached = waiting[-1]
        calls = _calls_from(graph, reached, standing)
        ahead = [each for each in calls.values() if each not in met]
        if ahead and reached not in met:
            waiting.extend(ahead)
            continue
        met.setdefault(waiting.pop(), _met(graph, reached, {call: met[each] for call, each in calls.items()}))
    return met[first]


def _met(graph: CallGraph, reached: Reached, calls: Mapping[FlowCall, CalledFlow]) -> CalledFlow:
    definition = graph.definitions.get((reached.flow, reached.version))
    trigger = definition.trigger if definition is not None and definition.trigger.kind == "on_demand" else None
    inner = [[call.flow, call.slot.value, each.key] for call, each in calls.items()]
    return CalledFlow(
        registered=True,
        version=reached.version,
        callable=trigger is not None,
        input_schema=None if trigger is None else trigger.input_schema,
        definition=definition,
        calls=calls,
        key="" if definition is None else content_hash([definition.hash, inner]),
    )


def _reached(graph: CallGraph, call: FlowCall, *, standing: Standing, caller: Slot) -> Reached | None:
    flow, registration = graph.flows.get(call.flow), standing.registrations.get(call.flow)
    if call.flow == graph.start:
        return Reached(call.flow, 0, caller)
    if flow is None or registration is None:
        return None
    found = version_to_call(flow, registration, asked=call.slot, caller=caller, empty_main=standing.empty_main)
    return None if found.version is None else Reached(call.flow, found.version, found.slot)


def _calls_from(graph: CallGraph, reached: Reached, standing: Standing) -> Mapping[FlowCall, Reached]:
    definition = graph.definitions.get((reached.flow, reached.version))
    calls = () if definition is None else [call for _, call in calls_of(definition)]
    found = {call: _reached(graph, call, standing=standing, caller=reached.slot) for call in calls}
    return {call: each for call, each in found.items() if each is not None}


def circle(start: str, first: Reached, *, calls: Callable[[Reached], Sequence[Reached]]) -> tuple[str, ...]:
    """The flows from one to itself again, when following calls from `first` meets a flow that is being called already.

    `start` is the flow that calls `first`. Empty when every way ends.
    """
    path, ways, ended = [start], [iter([first])], set[Reached]()
    while ways:
        reached = next(ways[-1], None)
        if reached is None:
            ways.pop()
            path.pop()
        elif reached.flow in path:
            return (*path[path.index(reached.flow) :], reached.flow)
        elif reached not in ended:
            ended.add(reached)
            path.append(reached.flow)
            ways.append(iter(calls(reached)))
    return ()
