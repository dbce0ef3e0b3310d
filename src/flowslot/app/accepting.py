"""Accepting a run: what every way in shares (webhook, by hand, rerun, called by another flow)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

import jsonschema_rs

from flowslot.app.dispatch import Dispatcher, Plans
from flowslot.app.gate import Gate
from flowslot.app.journal import Accepted, Journal, Loaded, Order, Route
from flowslot.app.ports import Definitions, Deps
from flowslot.base import json_text
from flowslot.base.errors import Invalid, Problem, Unavailable
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition, TriggerDefinition
from flowslot.domain.runs import Run, RunStatus

MOST_ROUTES = 10_000
MOST_DOORS = 1_000
TRIES = 20
"""How often a route is read again when the flow's slots move at the very moment a run is accepted."""

K = TypeVar("K")
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """The newest `most` things that were put in, by key."""

    def __init__(self, most: int) -> None:
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._most = most

    def get(self, key: K) -> V | None:
        return self._kept.get(key)

    def put(self, key: K, value: V) -> V:
        self._kept[key] = value
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value

    def forget(self, key: K) -> None:
        self._kept.pop(key, None)


@dataclass(frozen=True, slots=True)
class Door:
    """How a version takes what starts it: its trigger, and the check of its input, compiled once."""

    definition: Definition
    fits: Callable[[Json], bool]

    @property
    def trigger(self) -> TriggerDefinition:
        return self.definition.trigger


@dataclass(frozen=True, slots=True)
class TriggerMemory:
    """What is remembered between triggers. Nothing here decides: the accepting statement checks the row again."""

    routes: Bounded[str, Route] = field(default_factory=lambda: Bounded(MOST_ROUTES))
    """By hook token."""
    doors: Bounded[str, Door] = field(default_factory=lambda: Bounded(MOST_DOORS))
    """By content hash of the version."""
    secrets: Bounded[bytes, bytes] = field(default_factory=lambda: Bounded(MOST_ROUTES))
    """Opened webhook secrets by their sealed form."""


@dataclass(frozen=True, slots=True)
class RunParts:
    """What starting and steering runs needs; wiring makes one."""

    deps: Deps
    journal: Journal
    dispatcher: Dispatcher
    plans: Plans
    memory: TriggerMemory = field(default_factory=TriggerMemory)
    gate: Gate = field(default_factory=Gate)
    """Closed while nothing new may be started; every way in from outside looks at it first."""


async def door_of(
    memory: TriggerMemory, plans: Plans, *, content_hash: str, definition: Definition | None = None
) -> Door:
    """The door of a version; read in a thread the first time, unless its definition is at hand."""
    known = memory.doors.get(content_hash)
    if known is not None:
        return known
    if definition is None:
        definition = await asyncio.to_thread(plans.of, content_hash)
    return memory.doors.put(content_hash, Door(definition, _check_of(definition.trigger.input_schema)))


def _check_of(schema: Json) -> Callable[[Json], bool]:
    if schema is None:
        return lambda value: True
    fits = jsonschema_rs.validator_for(json_text.plain(schema)).is_valid

    def check(value: Json) -> bool:
        try:
            return fits(value)
        except ValueError:  # a number in it is of a type that the validator does not take
            return fits(json_text.plain(value))

    return check


def problems_of_input(definitions: Definitions, door: Door, value: Json) -> Sequence[Problem]:
    """What of an input does not fit the version's trigger; nothing when it fits."""
    if door.fits(value):
        return ()
    return definitions.schema_problems(door.trigger.input_schema, value)


def check_input(definitions: Definitions, door: Door, value: Json, *, pointer: str = "") -> None:
    """Raises Invalid with each problem of the input, which stands at `pointer` of what was sent."""
    problems = problems_of_input(definitions, door, value)
    if problems:
        placed = [replace(problem, pointer=f"{pointer}{problem.pointer}") for problem in problems]
        raise Invalid("The input does not fit the flow's trigger.", problems=placed)


async def accepted_order(
    journal: Journal, read: Callable[[], Awaitable[Route]], order_on: Callable[[Route], Awaitable[Order]]
) -> tuple[Order, Accepted]:
    """Accepts what `order_on` makes of the route; both again while the route changes under the hand.

    The inserting statement decides which version runs, so a trigger after an answered promotion runs the new one (R14).
    """
    for _ in range(TRIES):
        order = await order_on(await read())
        accepted = await journal.accept(order)
        if accepted is not None:
            return order, accepted
    raise Unavailable("The flow's slots are changing again and again; try once more.")


def expected(order: Order) -> Accepted | None:
    """What an order becomes if its route still holds; None where it leads to no version."""
    route = order.route
    if route.version is None or route.hash is None:
        return None
    return Accepted(order.id, route.version, route.hash, route.slot, fresh=True)


async def worked_out(dispatcher: Dispatcher, order: Order, value: Json) -> Order:
    """The order with its run's end, if the run does nothing outside."""
    accepted = expected(order)
    if accepted is None:
        return order
    ending = await dispatcher.outright(loaded_from(order, accepted, value))
    return order if ending is None else replace(order, ending=ending)


def begin(dispatcher: Dispatcher, order: Order, accepted: Accepted, value: Json) -> None:
    """Has an accepted run worked on, unless it has ended already."""
    loaded = loaded_from(order, accepted, value)
    if order.ending is None:
        dispatcher.dispatch(accepted.id, loaded=loaded)
    else:
        dispatcher.ended_outright(loaded, order.ending)


def loaded_from(order: Order, accepted: Accepted, value: Json) -> Loaded:
    """An accepted run as its first stretch needs it, without reading it back."""
    route = order.route
    run = Run(
        id=accepted.id,
        flow=route.flow,
        workspace=route.workspace,
        registration=route.registration,
        version=accepted.version,
        hash=accepted.hash,
        slot=accepted.slot,
        status=RunStatus.QUEUED,
        trigger=order.trigger,
        input=value,
        outcome=None,
        error=None,
        queued_at=order.queued_at,
        started_at=None,
        ended_at=None,
        parent=order.parent,
        depth=order.depth,
        test=order.test,
    )
    return Loaded(
        run=run,
        input=value,
        entries={},
        config=route.config,
        connections=route.connections,
        flow_slug=route.flow_slug,
        workspace_slug=route.workspace_slug,
        cancel_requested=False,
    )
