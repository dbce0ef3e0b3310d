"""Operations on runs: start, look at, run again, cancel, resume (R1, R7, R14, R20)."""

from __future__ import annotations

from functools import partial

from anyio import to_thread

from flowslot.api.answers.runs import RunAnswer, open_run_answer, run_answer
from flowslot.api.ask import Ask, Reply
from flowslot.api.paging import PageAnswer
from flowslot.api.requests.runs import NewRun, Rerun, RunsQuery, Signal, WaitQuery
from flowslot.api.routing import Routes
from flowslot.app import runs
from flowslot.app.callers import Role
from flowslot.app.views import RunFilter
from flowslot.base.errors import AlreadyEnded, Inactive, NoMainVersion, NotWaiting, PayloadRemoved, RunNotEnded
from flowslot.base.ids import RunId
from flowslot.domain.runs import RunStatus

routes = Routes("runs")


@routes.post(
    "/flows/{flow}/registrations/{ws}/runs",
    Role.AUTHOR,
    status=202,
    statuses={200: "The run, which ended in the time to wait."},
    location="/runs/{id}",
    errors=[NoMainVersion, Inactive],
)
async def start_run(ask: Ask, *, flow: str, ws: str, query: WaitQuery, body: NewRun) -> Reply[RunAnswer]:
    """Start a run by hand.

    It runs the version that the registration resolves to. Naming a version makes it a test run of that version: a
    draft can be tried in the workspace it was saved in (R1). With `wait` the answer comes when the run has ended, or
    when that time is over.
    """
    started = await runs.start_run(
        ask.parts.runs,
        ask.caller,
        flow=flow,
        workspace=ws,
        run_input=body.input,
        version=body.version,
        test=body.test,
        idempotency_key=ask.idempotency_key,
    )
    return await answered(ask, started.run, wait=query.wait)


@routes.get("/runs", Role.VIEWER)
def list_runs(ask: Ask, *, query: RunsQuery) -> PageAnswer[RunAnswer]:
    """List runs, newest first.

    Filters that no index answers are looked for in a bounded number of runs at a time: a part may be short, or empty,
    and still have a `next`. What is large is left out of a list; `shortened` says what.
    """
    status = frozenset(RunStatus(each) for each in (query.status or "").split(",") if each)
    only = RunFilter(
        flow=query.flow,
        workspace=query.workspace,
        status=status,
        slot=query.slot,
        version=query.version,
        since=query.since,
        until=query.until,
        text=query.text,
    )
    return ask.paged(ask.views.runs(ask.scope, only=only, page=ask.page(query)), run_answer)


@routes.get("/runs/{run}", Role.VIEWER)
async def show_run(ask: Ask, *, run: str) -> RunAnswer:
    """Show a run with its input and what its steps did.

    While it goes on: what is known so far, with the steps that are being executed (`running`). An event `run.step` on
    GET /events says when there is more to see.
    """
    return await _shown(ask, run)


@routes.post("/runs/{run}/cancel", Role.AUTHOR, errors=[AlreadyEnded])
async def cancel_run(ask: Ask, *, run: str) -> RunAnswer:
    """Cancel a run.

    One that waits ends now; one that is being worked on ends before its next effect.
    """
    await runs.cancel(ask.parts.runs, ask.caller, run=RunId(run))
    return await _shown(ask, run)


@routes.post(
    "/runs/{run}/rerun",
    Role.AUTHOR,
    status=202,
    location="/runs/{id}",
    errors=[NoMainVersion, Inactive, RunNotEnded, PayloadRemoved],
)
async def rerun(ask: Ask, *, run: str, body: Rerun) -> Reply[RunAnswer]:
    """Run again with the same input.

    On the version it had, or the one its registration resolves to now; from the start, or from a step: then what was
    done before that step is not done again.
    """
    started = await runs.rerun(
        ask.parts.runs,
        ask.caller,
        run=RunId(run),
        version=body.version,
        from_step=body.from_step,
        idempotency_key=ask.idempotency_key,
    )
    return await answered(ask, started.run, wait=0)


@routes.post("/runs/{run}/signals/{step}", Role.AUTHOR, errors=[AlreadyEnded, NotWaiting])
async def send_signal(ask: Ask, *, run: str, step: str, body: Signal) -> RunAnswer:
    """Resume a step that waits for a signal.

    The body is what the step gets: any JSON value.
    """
    await runs.signal(ask.parts.runs, ask.caller, run=RunId(run), step=step, payload=body.root)
    return await _shown(ask, run)


async def answered(ask: Ask, run: RunId, *, wait: float) -> Reply[RunAnswer]:
    """The answer for a run that was begun: waits that long for its end."""
    ended = wait > 0 and await ask.parts.runs.dispatcher.ended(run, seconds=wait)
    return Reply(200 if ended else 202, await _shown(ask, run))


async def _shown(ask: Ask, run: str) -> RunAnswer:
    under_way = ask.parts.broadcast.under_way(run)
    row = await to_thread.run_sync(partial(ask.views.run, ask.scope, run, under_way=under_way))
    so_far = None if row.ended_at is not None else ask.parts.runs.dispatcher.so_far(RunId(run))
    return run_answer(row) if so_far is None else open_run_answer(row, so_far)
