"""Calls of other flows: each becomes a run of its own, on what its own registration resolves to (R13)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from flowslot.app.accepting import Bounded, accepted_order, begin, door_of, problems_of_input, worked_out
from flowslot.app.callers import SYSTEM
from flowslot.app.canceling import cancel_with_called
from flowslot.app.dispatch import Dispatcher
from flowslot.app.journal import Accepted, Ending, Entry, Order, Route, Target, Wait, result_for_parent
from flowslot.base.errors import NotFound
from flowslot.base.ids import FlowId, RunId, WorkspaceId
from flowslot.base.json_text import Json, dump, parse
from flowslot.base.trace_context import traced
from flowslot.domain.resolve import CallSlot
from flowslot.domain.runs import Run, RunError, RunStatus, Trigger, TriggerKind
from flowslot.domain.slots import Slot
from flowslot.engine.endings import Endings
from flowslot.engine.leaving import OverLimit, Parked
from flowslot.engine.limits import CALL_GRACE, MOST_DEPTH, MOST_DESCENDANTS
from flowslot.engine.tools import Tools
from flowslot.flowlang.fill import without_fill
from flowslot.flowlang.kinds import CallRequest, StepFailure

if TYPE_CHECKING:
    from flowslot.engine.step_call import Call

MOST_TREES = 10_000
MOST_ROUTES = 10_000


class Calls:
    """Starts called flows and gets their results."""

    def __init__(self, tools: Tools, dispatcher: Dispatcher, endings: Endings) -> None:
        self._tools = tools
        self._dispatcher = dispatcher
        self._endings = endings
        self._descendants: Bounded[str, int] = Bounded(MOST_TREES)
        """Runs started below each root run, since this process began."""
        self._routes: Bounded[tuple[str, WorkspaceId, str, Slot], Route] = Bounded(MOST_ROUTES)
        """By flow, workspace, and the slots that decide. Nothing here decides: accepting checks the row again."""

    async def call(self, call: Call, request: CallRequest) -> Json:
        """What the called flow's stop said; parks the run while the called one goes on.

        The called run's end writes its result into this run's journal, in one transaction: nothing is recorded here.
        """
        path = f"{call.path}#run"
        known = call.stretch.entries.get(path)
        if known is not None:
            raise Parked(Wait(runs=(RunId(known.output),)))
        accepted, ending = await self._accept(call, request)
        if not request.wait:
            output = {"run": accepted.id, "status": RunStatus.QUEUED.value, "message": None, "details": None}
            await call.stretch.record(Entry(call.stretch.loaded.run.id, call.path, output=output))
            return output
        if ending is None and accepted.fresh:
            ending = await self._endings.wait(accepted.id, seconds=CALL_GRACE)
        if ending is not None and not call.stretch.asked:
            return call.as_recorded(self._result(call, ending))
        if not accepted.fresh or ending is not None:
            await call.stretch.look()
            ended = call.stretch.entries.get(call.path)
            if ended is not None:
                return call.as_recorded(ended)
        await call.stretch.record(Entry(call.stretch.loaded.run.id, path, output=accepted.id))
        raise Parked(Wait(runs=(accepted.id,)))

    def _result(self, call: Call, ending: Ending) -> Entry:
        """What a called run gave that has ended; it stands in the caller's journal already."""
        entry = replace(result_for_parent(ending), run=call.stretch.loaded.run.id, path=call.path)
        call.stretch.entries[call.path] = entry
        return entry

    async def _accept(self, call: Call, request: CallRequest) -> tuple[Accepted, Ending | None]:
        """The called run, durable, and its end if it did nothing outside.

        Asked again after a crash, the call finds the run it had started.
        """
        caller = call.stretch.loaded.run
        self._check_depth(caller.depth)
        root = str(caller.trigger.about.get("root", caller.id))
        place = (request.flow, caller.workspace, request.slot, caller.slot)

        async def read() -> Route:
            return self._routes.put(place, await asyncio.to_thread(self._route, call, request))

        async def order_on(route: Route) -> Order:
            given = await self._checked(call, request, route)
            target = _target(route.flow, caller, request)
            order = Order(
                id=RunId(self._tools.ids.new("run")),
                route=route,
                target=target,
                trigger=Trigger(TriggerKind.CALL, traced({"run": caller.id, "step": call.path, "root": root})),
                trigger_key=f"call:{caller.id}:{call.path}",
                input=dump(given),
                queued_at=self._tools.clock.now(),
                parent=caller.id,
                parent_path=call.path if request.wait else f"{call.path}#end",
                depth=caller.depth + 1,
                test=caller.test,
            )
            return await worked_out(self._dispatcher, order, given) if request.wait else order

        self._count_descendant(root)
        known = self._routes.get(place)
        order, accepted = await self._as_remembered(known, order_on) or await accepted_order(
            self._tools.journal, read, order_on
        )
        if not accepted.fresh:
            return accepted, None
        begin(self._dispatcher, order, accepted, parse(order.input))
        return accepted, order.ending

    async def give_up(self, run: RunId) -> None:
        """Cancels a called run that nobody waits for any more."""
        await cancel_with_called(self._tools.journal, self._dispatcher, run, at=self._tools.clock.now())

    async def _as_remembered(
        self, route: Route | None, order_on: Callable[[Route], Awaitable[Order]]
    ) -> tuple[Order, Accepted] | None:
        """The called run by a route that was read before; None when it has to be read again: the row decides."""
        if route is None:
            return None
        try:
            order = await order_on(route)
        except StepFailure:  # perhaps only because what is remembered is out of date
            return None
        accepted = await self._tools.journal.accept(order)
        return None if accepted is None else (order, accepted)

    def _route(self, call: Call, request: CallRequest) -> Route:
        caller = call.stretch.loaded.run
        try:
            with self._tools.store.read(SYSTEM) as uow:
                flow = uow.flows.get(request.flow).id
        except NotFound:
            raise call.fail("call_failed", f"There is no flow {request.flow!r}.") from None
        route = self._tools.journal.route_of(flow, caller.workspace, _target(flow, caller, request))
        if route is None:
            raise call.fail("call_failed", f"The flow {request.flow!r} is not registered in this workspace.")
        return route

    async def _checked(self, call: Call, request: CallRequest, route: Route) -> Json:
        """The input as the flow takes it. Raises StepFailure when the flow cannot be called with it."""
        if not route.active and not call.stretch.loaded.run.test:
            raise call.fail("call_failed", f"The flow {request.flow!r} is inactive in this workspace.")
        if route.hash is None:
            raise call.fail("call_failed", f"The flow {request.flow!r} has no version to run in this workspace.")
        door = await door_of(self._tools.memory, self._tools.plans, content_hash=route.hash)
        if door.trigger.kind != TriggerKind.ON_DEMAND.value:
            message = f"The flow {request.flow!r} starts by {door.trigger.kind}; only on_demand flows can be called."
            raise call.fail("call_failed", message)
        given = request.input
        problems = problems_of_input(self._tools.definitions, door, given)
        if problems:  # perhaps only because what was absent for the caller is null for its expressions
            given = without_fill(door.trigger.input_schema, given)
            problems = problems_of_input(self._tools.definitions, door, given)
        if problems:
            found = "; ".join(f"{problem.pointer or '/'}: {problem.message}" for problem in problems[:5])
            raise call.fail("invalid_input", f"The input does not fit the flow {request.flow!r}: {found}")
        return given

    def _check_depth(self, depth: int) -> None:
        if depth >= MOST_DEPTH:
            message = f"Flows called each other more than {MOST_DEPTH} levels deep."
            raise OverLimit(RunError("limit_depth", message))

    def _count_descendant(self, root: str) -> None:
        count = (self._descendants.get(root) or 0) + 1
        self._descendants.put(root, count)
        if count > MOST_DESCENDANTS:
            message = f"More than {MOST_DESCENDANTS} runs were started below the run {root}."
            raise OverLimit(RunError("limit_runs", message))


def _target(flow: FlowId, caller: Run, request: CallRequest) -> Target:
    return Target(flow=flow, workspace=caller.workspace, call=CallSlot(request.slot), caller_slot=caller.slot)
