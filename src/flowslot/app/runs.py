"""Runs by hand: start one, run one again, cancel one, send one a signal (R1, R7, R14, R20)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flowslot.app.accepting import RunParts, accepted_order, check_input, door_of, loaded_from
from flowslot.app.callers import Caller, Role
from flowslot.app.canceling import cancel_with_called
from flowslot.app.journal import Accepted, Entry, Loaded, Order, Route, Target, Trial
from flowslot.base.clock import time_text
from flowslot.base.errors import (
    AlreadyEnded,
    FlowslotError,
    IdempotencyKeyReused,
    Inactive,
    Invalid,
    NoMainVersion,
    NotFound,
    NotWaiting,
    PayloadRemoved,
    RunNotEnded,
)
from flowslot.base.ids import RunId
from flowslot.base.json_text import Json, dump
from flowslot.base.trace_context import traced
from flowslot.domain.definition import Definition
from flowslot.domain.runs import ENDED, Run, RunStatus, StepRecord, Trigger, TriggerKind
from flowslot.domain.slots import Slot
from flowslot.domain.starting import RerunVersion, kept_paths, may_test, steps_before
from flowslot.domain.steering import waiting_paths, why_no_signal, why_not_rerun_from

MOST_NAMED = 100
"""Waiting steps that a refusal names."""


@dataclass(frozen=True, slots=True)
class Started:
    """A run that was accepted. `fresh` is false when the same Idempotency-Key had started it before."""

    run: RunId
    version: int | None
    """None for a trial."""
    slot: Slot
    fresh: bool


async def start_run(
    parts: RunParts,
    caller: Caller,
    *,
    flow: str,
    workspace: str,
    run_input: Json,
    version: int | None = None,
    test: bool = False,
    idempotency_key: str | None = None,
) -> Started:
    """Starts a run by hand. A `version` makes it a test run; where inactive, only a test runs (R1, R20)."""
    caller.needs(Role.AUTHOR)
    target = await asyncio.to_thread(_target, parts, caller, flow=flow, workspace=workspace, version=version)
    wanted = Wanted(
        trigger=Trigger(TriggerKind.ON_DEMAND, traced({"by": caller.name})),
        run_input=run_input,
        key=None if idempotency_key is None else f"key:{caller.user}:{idempotency_key}",
        test=test or version is not None,
    )
    return await begin(parts, target, wanted)


async def rerun(
    parts: RunParts,
    caller: Caller,
    *,
    run: RunId,
    version: RerunVersion,
    from_step: str | None = None,
    idempotency_key: str | None = None,
) -> Started:
    """Runs a run again, on the same version or the current one; what was done before `from_step` is not done again."""
    caller.needs(Role.AUTHOR)
    first = await _seen(parts, caller, run)
    if first.run.payload_removed_at is not None:
        removed = time_text(first.run.payload_removed_at)
        raise PayloadRemoved(f"The input of the run {run} was removed at {removed}; start a new run instead.")
    if from_step is not None and first.run.status not in ENDED:
        raise RunNotEnded(f"The run {run} has not ended; rerun it from a step when it has.")
    same = version is RerunVersion.SAME
    trigger = first.run.trigger
    wanted = Wanted(
        trigger=Trigger(trigger.kind, traced({**trigger.about, "rerun_of": run})),
        run_input=first.input,
        key=None if idempotency_key is None else f"key:{caller.user}:{idempotency_key}",
        test=first.run.test,
        from_step=from_step,
        entries=first.entries,
        records=first.run.steps,
    )
    target = Target(flow=first.run.flow, workspace=first.run.workspace)
    if same:
        target = replace(target, version=first.run.version, trial=await _tried(parts, caller, first.run))
    return await begin(parts, target, wanted)


async def _tried(parts: RunParts, caller: Caller, run: Run) -> Trial | None:
    """The definition that a trial ran; None for a run of a version."""
    if run.version is not None:
        return None
    document = await asyncio.to_thread(parts.journal.definition, run.hash)
    return Trial(run.hash, dump(document), caller.name)


async def cancel(parts: RunParts, caller: Caller, *, run: RunId) -> RunStatus:
    """Asks a run to end: one that waits ends now, one being worked on before its next effect. Its status after."""
    caller.needs(Role.AUTHOR)
    loaded = await _seen(parts, caller, run)
    if loaded.run.status in ENDED:
        raise AlreadyEnded(f"The run {run} has ended ({loaded.run.status.value}).")
    return await cancel_with_called(parts.journal, parts.dispatcher, run, at=parts.deps.clock.now())


async def signal(parts: RunParts, caller: Caller, *, run: RunId, step: str, payload: Json) -> None:
    """Resumes a step that waits for a signal; `step` is its path in the run, or its id where only one waits."""
    caller.needs(Role.AUTHOR)
    loaded = await _seen(parts, caller, run)
    if loaded.run.status in ENDED:
        raise AlreadyEnded(f"The run {run} has ended ({loaded.run.status.value}).")
    if not await parts.journal.signal(run, step, payload, parts.deps.clock.now()):
        raise await _not_waiting(parts, run, step)
    parts.dispatcher.dispatch(run)


async def _not_waiting(parts: RunParts, run: RunId, step: str) -> FlowslotError:
    """The refusal of a signal: what the run waits for instead, as it stands now."""
    loaded = await parts.journal.load(run)
    if loaded.run.status in ENDED:
        return AlreadyEnded(f"The run {run} has ended ({loaded.run.status.value}).")
    definition = await asyncio.to_thread(parts.plans.of, loaded.run.hash)
    paths = loaded.entries
    waiting = [path for path in waiting_paths(definition, loaded.run.steps) if path not in paths]
    why = why_no_signal(definition, step, waiting=waiting, paths=paths.keys())
    return NotWaiting(why, extra={"waiting": waiting[:MOST_NAMED]})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run to begin, whatever it will execute."""

    trigger: Trigger
    run_input: Json
    key: str | None
    test: bool
    from_step: str | None = None
    entries: Mapping[str, Entry] | None = None
    records: Sequence[StepRecord] = ()
    """What the run that is run again did."""
    definition: Definition | None = None
    """Of a trial that is not stored yet."""


def _target(parts: RunParts, caller: Caller, *, flow: str, workspace: str, version: int | None) -> Target:
    """Who is asked for, by id. Raises NotFound for what is not there or not the caller's."""
    with parts.deps.store.read(caller) as uow:
        place = uow.workspaces.get(workspace)
        found = uow.flows.get(flow)
        if version is not None and not may_test(uow.versions.get(found.id, version), place.id):
            raise NotFound(f"Version {version} is a draft of another workspace.")
    return Target(flow=found.id, workspace=place.id, version=version)


async def _seen(parts: RunParts, caller: Caller, run: RunId) -> Loaded:
    """The run, if it is in the caller's scope; NotFound otherwise."""
    loaded = await parts.journal.load(run)
    if not caller.scope.sees(loaded.workspace_slug):
        raise NotFound
    return loaded


async def begin(parts: RunParts, target: Target, wanted: Wanted) -> Started:
    """Accepts a run and has it worked on."""
    if parts.gate.closed is not None:
        raise parts.gate.closed()

    async def read() -> Route:
        return await _route(parts, target)

    async def order_on(route: Route) -> Order:
        return await _order(parts, route, target, wanted)

    order, accepted = await accepted_order(parts.journal, read, order_on)
    if accepted.fresh:
        has_entries = wanted.from_step is not None
        parts.dispatcher.dispatch(
            accepted.id, loaded=None if has_entries else loaded_from(order, accepted, wanted.run_input)
        )
    else:
        await _refuse_other(parts, accepted, target, wanted)
    return Started(accepted.id, accepted.version, accepted.slot, accepted.fresh)


async def _route(parts: RunParts, target: Target) -> Route:
    if target.flow is None or target.workspace is None:
        raise ValueError("a run by hand names its flow and workspace")
    route = await asyncio.to_thread(parts.journal.route_of, target.flow, target.workspace, target)
    if route is None:
        raise NotFound("The flow is not registered in this workspace.")
    return route if target.trial is None else replace(route, hash=target.trial.hash)


async def _order(parts: RunParts, route: Route, target: Target, wanted: Wanted) -> Order:
    now = parts.deps.clock.now()
    if not route.active and not wanted.test:
        raise Inactive
    if route.hash is None:
        await parts.journal.refuse(route, wanted.trigger, NoMainVersion.code, now)
        raise NoMainVersion
    door = await door_of(parts.memory, parts.plans, content_hash=route.hash, definition=wanted.definition)
    check_input(parts.deps.definitions, door, wanted.run_input, pointer="/input")
    run = RunId(parts.deps.ids.new("run"))
    if wanted.from_step is not None:
        await _keep_entries(parts, run, door.definition, wanted)
    return Order(
        id=run,
        route=route,
        target=target,
        trigger=wanted.trigger,
        trigger_key=wanted.key,
        input=dump(wanted.run_input),
        queued_at=now,
        test=wanted.test,
    )


async def _keep_entries(parts: RunParts, run: RunId, definition: Definition, wanted: Wanted) -> None:
    """Gives the new run the effects before `from_step`; done before it is accepted, so no crash parts the two."""
    step, entries = wanted.from_step or "", wanted.entries or {}
    problem = why_not_rerun_from(definition, step, records=wanted.records, paths=entries.keys())
    if problem is not None:
        raise Invalid(problem.message, problems=(problem,))
    steps = steps_before(definition, step) or frozenset()
    kept = [replace(entries[path], run=run) for path in kept_paths(entries, steps)]
    await asyncio.gather(*(parts.journal.record(entry) for entry in kept))


async def _refuse_other(parts: RunParts, accepted: Accepted, target: Target, wanted: Wanted) -> None:
    """An Idempotency-Key names one input, and one definition where that came along."""
    if target.trial is not None and target.trial.hash != accepted.hash:
        raise IdempotencyKeyReused
    first = await parts.journal.load(accepted.id)
    if first.input != wanted.run_input and first.run.payload_removed_at is None:
        raise IdempotencyKeyReused
