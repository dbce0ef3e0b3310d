"""Traces of runs: a span for each run and for each of its steps, sent when the run has ended.

Their ids follow from the run's id and the step's path, so a run keeps nothing of them while it waits, and whichever
process ends it tells the whole of it. What a step sends out while it runs (a request, a called flow) goes below the
step's span.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

from flowslot.app.journal import Ending, Loaded
from flowslot.base.json_text import Json
from flowslot.base.spans import Attribute, Span, Spans
from flowslot.base.trace_context import KEY, TraceContext, context_from, current, span_id_of, trace_id_of
from flowslot.domain.runs import Run, RunStatus, StepRecord
from flowslot.engine.step_call import Call
from flowslot.flowlang.kinds import StepCall, StepKind

REACHING_OUT = ("http_request", "call_flow")
"""Kinds of step whose request or run goes below their span."""
MOST = 500
"""Steps of one run that get a span."""


class RunTraces:
    """Makes spans of runs that have ended, and keeps the trace going through steps that reach out."""

    def __init__(self, spans: Spans) -> None:
        self._spans = spans

    def context_of(self, run: Run) -> tuple[TraceContext, TraceContext | None]:
        """The span of a run and the one above it, which started the run."""
        parent = context_from(run.trigger.about.get(KEY))
        trace_id = trace_id_of(run.id) if parent is None else parent.trace_id
        return TraceContext(trace_id, span_id_of(run.id), self._spans.records(trace_id, parent)), parent

    def kinds(self, kinds: Mapping[str, StepKind]) -> Mapping[str, StepKind]:
        """The kinds of step, those that reach out with their place in the trace."""
        return {
            name: cast(StepKind, _InTrace(kind, self)) if name in REACHING_OUT else kind for name, kind in kinds.items()
        }

    def ended(self, loaded: Loaded, ending: Ending) -> None:
        """Sends the spans of a run whose end is durable."""
        context, parent = self.context_of(loaded.run)
        if not context.sampled:
            return
        self._spans.send(_run_span(loaded, ending, context, parent))
        for step in _shown(ending.steps):
            self._spans.send(_step_span(step, loaded.run, context, _above(step.path)))


class _InTrace:
    """A kind of step that runs inside its span; in all else as it is."""

    def __init__(self, kind: StepKind, traces: RunTraces) -> None:
        self._kind = kind
        self._traces = traces

    def __getattr__(self, name: str) -> object:
        return getattr(self._kind, name)

    async def run(self, call: StepCall) -> Json:
        assert isinstance(call, Call)
        run = call.stretch.loaded.run
        context, _ = self._traces.context_of(run)
        token = current.set(TraceContext(context.trace_id, span_id_of(run.id, call.path), context.sampled))
        try:
            return await self._kind.run(call)
        finally:
            current.reset(token)


def _shown(steps: Sequence[StepRecord]) -> Iterator[StepRecord]:
    """Steps that were begun; when there are very many, the first of them."""
    begun = [step for step in steps if step.started_at is not None and step.path and step.status != "skipped"]
    yield from begun[:MOST]


def _above(path: str) -> str:
    """The path of the loop around a step: `loop` for `loop[3].post`; nothing for a step of the flow itself."""
    return path.rpartition(".")[0].rpartition("[")[0]


def _run_span(loaded: Loaded, ending: Ending, context: TraceContext, parent: TraceContext | None) -> Span:
    run = loaded.run
    attributes: dict[str, Attribute] = {
        "flowslot.run.id": run.id,
        "flowslot.run.status": ending.status.value,
        "flowslot.run.queue_wait": max(0.0, (ending.started_at - run.queued_at).total_seconds()),
        "flowslot.trigger": run.trigger.kind.value,
        "flowslot.flow": loaded.flow_slug,
        "flowslot.slot": run.slot.value,
        "flowslot.workspace": loaded.workspace_slug,
        "flowslot.test": run.test,
    }
    if run.version is not None:
        attributes["flowslot.flow.version"] = run.version
    bad = ending.status in (RunStatus.FAILED, RunStatus.EXCEPTION)
    code = ending.error.code if ending.error is not None else "stopped" if bad else None
    if code is not None:
        attributes["error.type"] = code
    return Span(
        f"run {loaded.flow_slug}",
        "internal",
        context,
        parent=None if parent is None else parent.span_id,
        began=_nanoseconds(run.queued_at),
        ended=_nanoseconds(ending.ended_at),
        attributes=attributes,
        error=code if bad else None,
    )


def _step_span(step: StepRecord, run: Run, context: TraceContext, above: str) -> Span:
    assert step.started_at is not None
    attributes: dict[str, Attribute] = {
        "flowslot.run.id": run.id,
        "flowslot.step": step.path,
        "flowslot.step.kind": step.kind,
        "flowslot.step.status": step.status,
        "flowslot.step.attempts": step.attempts,
    }
    if step.error is not None:
        attributes["error.type"] = step.error.code
    return Span(
        f"{step.kind} {step.id}",
        "internal",
        TraceContext(context.trace_id, span_id_of(run.id, step.path), context.sampled),
        parent=span_id_of(run.id, above),
        began=_nanoseconds(step.started_at),
        ended=_nanoseconds(step.ended_at or step.started_at),
        attributes=attributes,
        error=None if step.error is None else step.error.code,
    )


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1_000
