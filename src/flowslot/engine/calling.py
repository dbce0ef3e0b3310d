"""Calls of other flows: each becomes a run of its own, on what its own registration resolves to (R13)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from flowslot.app.accepting import Bounded, accepted_order, door_of, loaded_from, problems_of_input
from flowslot.app.callers import SYSTEM
from flowslot.app.canceling import cancel_with_called
from flowslot.app.dispatch import Dispatcher
from flowslot.app.journal import Accepted, Entry, Order, Route, Target, Wait
from flowslot.base.errors import NotFound
from flowslot.base.ids import FlowId, RunId
from flowslot.base.json_text import Json, dump, parse
from flowslot.base.trace_context import traced
from flowslot.domain.resolve import CallSlot
from flowslot.domain.runs import RunError, RunStatus, Trigger, TriggerKind
from flowslot.engine.endings import Endings
from flowslot.engine.leaving import OverLimit, Parked
from flowslot.engine.limits import CALL_GRACE, MOST_DEPTH, MOST_DESCENDANTS
from flowslot.engine.tools import Tools
from flowslot.flowlang.fill import without_fill
from flowslot.flowlang.kinds import CallRequest

if TYPE_CHECKING:
    from flowslot.engine.step_call import Call

MOST_TREES = 10_000


class Calls:
    """Starts called flows and gets their results."""

    def __init__(self, tools: Tools, dispatcher: Dispatcher, endings: Endings) -> None:
        self._tools = tools
        self._dispatcher = dispatcher
        self._endings = endings
        self._descendants: Bounded[str, int] = Bounded(MOST_TREES)
        """Runs started below each root run, since this process began."""

    async def call(self, call: Call, request: CallRequest) -> Json:
        """What the called flow's stop said; parks the run while the called one goes on.

        The called run's end writes its result into this run's journal, in one transaction: nothing is recorded here.
        """
        path = f"{call.path}#run"
        known = call.stretch.entries.get(path)
        if known is not None:
            raise Parked(Wait(runs=(RunId(known.output),)))
        accepted = await self._accept(call, request)
        if not request.wait:
            output = {"run": accepted.id, "status": RunStatus.QUEUED.value, "message": None, "details": None}
            await call.stretch.record(Entry(call.stretch.loaded.run.id, call.path, output=output))
            return output
        if not accepted.fresh or await self._endings.wait(accepted.id, seconds=CALL_GRACE):
            await call.stretch.look()
            ended = call.stretch.entries.get(call.path)
            if ended is not None:
                return call.as_recorded(ended)
        await call.stretch.record(Entry(call.stretch.loaded.run.id, path, output=accepted.id))
        raise Parked(Wait(runs=(accepted.id,)))

    async def _accept(self, call: Call, request: CallRequest) -> Accepted:
        """The called run, durable. Asked again after a crash, the call finds the run it had started."""
        caller = call.stretch.loaded.run
        self._check_depth(caller.depth)
        flow = await asyncio.to_thread(self._flow, call, request)
        slot = CallSlot(request.slot)
        target = Target(flow=flow, workspace=caller.workspace, call=slot, caller_slot=caller.slot)
        root = str(caller.trigger.about.get("root", caller.id))

        async def read() -> Route:
            route = await asyncio.to_thread(self._tools.journal.route_of, flow, caller.workspace, target)
            if route is None:
                raise call.fail("call_failed", f"The flow {request.flow!r} is not registered in this workspace.")
            return route

        async def order_on(route: Route) -> Order:
            given = await self._checked(call, request, route)
            return Order(
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

        self._count_descendant(root)
        order, accepted = await accepted_order(self._tools.journal, read, order_on)
        if accepted.fresh:
            self._dispatcher.dispatch(accepted.id, loaded=loaded_from(order, accepted, parse(order.input)))
        return accepted

    async def give_up(self, run: RunId) -> None:
        """Cancels a called run that nobody waits for any more."""
        await cancel_with_called(self._tools.journal, self._dispatcher, run, at=self._tools.clock.now())

    def _flow(self, call: Call, request: CallRequest) -> FlowId:
        try:
            with self._tools.store.read(SYSTEM) as uow:
                return uow.flows.get(request.flow).id
        except NotFound:
            raise call.fail("call_failed", f"There is no flow {request.flow!r}.") from None

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
