"""Walks a version's tree of steps. Deterministic: given the journal of effects it always takes the same way."""

from __future__ import annotations

from dataclasses import replace

from flowslot.app.journal import Ending, Entry, Wait
from flowslot.base.errors import Unavailable
from flowslot.base.json_text import Json, dump
from flowslot.base.log import get_log
from flowslot.domain.definition import Step
from flowslot.domain.runs import Outcome, RunError, RunStatus
from flowslot.engine.ahead import NOTHING, Ahead, Made
from flowslot.engine.leaving import CancelAsked, JournalFailed, OverLimit, Parked
from flowslot.engine.limits import MOST_OUTPUT
from flowslot.engine.record_book import Note
from flowslot.engine.scope import Scope
from flowslot.engine.step_call import Call
from flowslot.engine.stretch import Stretch
from flowslot.flowlang.kinds import StepFailure, Stopped

log = get_log("engine")


async def work_on(stretch: Stretch) -> Ending | Wait:
    """Goes on with a run until it ends or waits."""
    try:
        await run_steps(stretch, stretch.plan.definition.steps, scope=stretch.scope(), prefix="")
    except Stopped as stopped:
        good = stopped.outcome.status == "success"
        return stretch.ending(RunStatus.SUCCESS if good else RunStatus.FAILED, outcome=stopped.outcome)
    except StepFailure as failure:
        return stretch.ending(RunStatus.FAILED, error=failure.error)
    except OverLimit as over:
        return stretch.ending(RunStatus.EXCEPTION, error=over.error)
    except CancelAsked:
        return stretch.ending(RunStatus.CANCELED)
    except Parked as parked:
        return parked.wait
    except Unavailable as fault:  # the database may be back soon: the stretch is begun anew
        raise JournalFailed from fault
    except Exception as fault:  # the engine's edge: a fault of ours ends this run, not the server
        run = stretch.loaded.run
        log.error("run.fault", run=run.id, flow=stretch.loaded.flow_slug, version=run.version, exc_info=fault)
        error = RunError("engine_error", "Flowslot could not go on with this run; the server's log says why.")
        return stretch.ending(RunStatus.EXCEPTION, error=error, unfinished="failed")
    return stretch.ending(RunStatus.SUCCESS, outcome=Outcome())


async def run_steps(
    stretch: Stretch, steps: tuple[Step, ...], *, scope: Scope, prefix: str, ahead: Made = NOTHING
) -> Json:
    """Runs steps one after the other; the output of the last one. `ahead` is what was evaluated for them already."""
    output: Json = None
    for at, step in enumerate(steps):
        made = ahead.get(step.id)
        if made is None:
            ahead = await stretch.plan.habits.evaluate(steps, at, scope=scope, sandbox=stretch.tools.sandbox)
            made = ahead.get(step.id)
        output = await _run_step(stretch, step, scope=scope, path=f"{prefix}{step.id}", ahead=made)
        if made is not None and output is not made.value:
            ahead = NOTHING
    return output


async def _run_step(stretch: Stretch, step: Step, *, scope: Scope, path: str, ahead: Ahead | None) -> Json:
    stretch.count_step()
    if stretch.asked:
        await stretch.look()
    note = stretch.book.open(step, path, stretch.now())
    call = Call(stretch, step, scope=scope, note=note, ahead=ahead)
    try:
        if step.disabled or not await _passes(call, step):
            return _skipped(stretch, note)
        output = await _done(call)
    except StepFailure as failure:
        raise await _failed(call, failure) from None
    except Stopped as stopped:
        _learn(call, None)
        outcome = stopped.outcome
        said: Json = {"status": outcome.status, "message": outcome.message, "details": outcome.details}
        note.output = stretch.book.shown(said)
        stretch.book.close(note, "success", stretch.now())
        raise
    except Parked:
        note.status = "suspended"
        raise
    _learn(call, output)
    scope.keep(step.id, output)
    stretch.book.close(note, "success", stretch.now())
    return output


def _learn(call: Call, output: Json) -> None:
    """Keeps what the step evaluated first, so that it can be evaluated ahead the next time."""
    habits = call.stretch.plan.habits
    if habits.knows(call.step):
        return
    habit, value = call.first or (None, None)
    if habit is not None and output is value:
        habit = replace(habit, gave_it=True)
    habits.learn(call.step, habit)


async def _passes(call: Call, step: Step) -> bool:
    return step.condition is None or bool(await call.evaluate(step.condition, pointer="/if"))


def _skipped(stretch: Stretch, note: Note) -> Json:
    note.attempts = 0
    stretch.book.close(note, "skipped", stretch.now())
    return None


async def _done(call: Call) -> Json:
    """The output of a step that is not skipped: as recorded if its failure is on record, or by its kind."""
    stretch = call.stretch
    recorded = stretch.entries.get(call.path)
    if recorded is not None and recorded.error is not None:
        call.note.attempts = recorded.attempts
        raise StepFailure(recorded.error)
    output = await stretch.plan.kinds[call.step.kind].run(call)
    size = len(dump(output))
    if size > MOST_OUTPUT:
        raise call.fail("output_too_large", f"The step's output has {size} bytes; at most {MOST_OUTPUT} are allowed.")
    call.note.output = stretch.book.shown(output, size=size)
    return output


async def _failed(call: Call, failure: StepFailure) -> StepFailure:
    """The failure with its place; on record where an effect had a part in it, so that a replay fails alike."""
    stretch, note, error = call.stretch, call.note, failure.error
    if error.step is None:
        error = replace(error, step=call.step.id, pointer=error.pointer or call.step.pointer)
    if call.acted and call.path not in stretch.entries:
        entry = Entry(
            stretch.loaded.run.id,
            call.path,
            error=error,
            attempts=note.attempts,
            started_at=note.started_at,
            ended_at=stretch.now(),
        )
        await stretch.record(entry)
    note.error = error
    stretch.book.close(note, "failed", stretch.now())
    return StepFailure(error)
