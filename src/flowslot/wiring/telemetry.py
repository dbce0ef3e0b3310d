"""Traces over OTLP: OpenTelemetry's own exporter, batches and sampling, set by its standard variables.

Nothing of OpenTelemetry is imported until one of its endpoints is set.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from flowslot.base.log import get_log
from flowslot.base.spans import Span
from flowslot.base.trace_context import TraceContext

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import SpanProcessor
    from opentelemetry.sdk.trace.sampling import Sampler
    from opentelemetry.trace import SpanContext

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


class Telemetry:
    """Sends spans in batches, from a thread of its own (the Spans port)."""

    def __init__(self, resource: Resource, sampler: Sampler, processor: SpanProcessor) -> None:
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope
        from opentelemetry.trace import SpanKind, Status, StatusCode

        self._sampler = sampler
        self._processor = processor
        self._span = ReadableSpan
        self._kinds = {"server": SpanKind.SERVER, "internal": SpanKind.INTERNAL, "client": SpanKind.CLIENT}
        self._good, self._bad = Status(StatusCode.UNSET), StatusCode.ERROR
        self._status = Status
        self._same = {"resource": resource, "instrumentation_scope": InstrumentationScope("flowslot")}

    def records(self, trace_id: int, parent: TraceContext | None) -> bool:
        from opentelemetry.sdk.trace.sampling import Decision
        from opentelemetry.trace import NonRecordingSpan, set_span_in_context

        above = None if parent is None else set_span_in_context(NonRecordingSpan(_context(parent, remote=True)))
        return self._sampler.should_sample(above, trace_id, "flowslot").decision is Decision.RECORD_AND_SAMPLE

    def send(self, span: Span) -> None:
        if not span.context.sampled:
            return
        context = span.context
        above = None if span.parent is None else TraceContext(context.trace_id, span.parent, context.sampled)
        made = self._span(
            span.name,
            context=_context(context),
            parent=None if above is None else _context(above, remote=span.kind == "server"),
            attributes=dict(span.attributes),
            kind=self._kinds[span.kind],
            status=self._good if span.error is None else self._status(self._bad, span.error),
            start_time=span.began,
            end_time=max(span.began, span.ended),
            **self._same,  # type: ignore[arg-type]  # the two of them that never change
        )
        self._processor.on_end(made)

    def close(self) -> None:
        """Sends what has not been sent; what the collector does not take in its time is lost."""
        self._processor.shutdown()


def telemetry(environment: Mapping[str, str], *, process: str = "p1") -> Telemetry | None:
    """Where spans go; None, at no cost, unless an OTLP endpoint is set. Its variables are read from os.environ."""
    wanted = any(environment.get(name) for name in ENDPOINTS)
    disabled = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    if not wanted or disabled or environment.get("OTEL_TRACES_EXPORTER") == "none":
        return None
    if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
        hint = "An OTLP endpoint is set: pip install 'flowslot[telemetry]' to send traces there."
        get_log("telemetry").warning("telemetry.missing", hint=hint)
        return None
    return _started(process)


def _started(process: str) -> Telemetry:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    _log_as_we_do()
    resource = _resource(process)
    sampler = TracerProvider(resource=resource, shutdown_on_exit=False).sampler  # as OTEL_TRACES_SAMPLER says
    return Telemetry(resource, sampler, BatchSpanProcessor(OTLPSpanExporter()))


def _resource(process: str) -> Resource:
    """Who sends: what OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say, and otherwise our own name."""
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource

    from flowslot import __version__

    own = {
        "service.name": "flowslot",
        "service.version": __version__,
        "service.instance.id": f"{socket.gethostname()}:{process}",
    }
    said = OTELResourceDetector().detect().attributes
    return Resource.create({name: value for name, value in own.items() if name not in said})


def _context(context: TraceContext, *, remote: bool = False) -> SpanContext:
    from opentelemetry.trace import SpanContext, TraceFlags

    flags = TraceFlags(int(context.sampled))
    return SpanContext(context.trace_id, context.span_id, is_remote=remote, trace_flags=flags)


class _OurLog(logging.Handler):
    """What OpenTelemetry has to say (a collector that does not answer), as lines of our log."""

    def emit(self, record: logging.LogRecord) -> None:
        get_log("telemetry").warning("telemetry.trouble", message=record.getMessage())


def _log_as_we_do() -> None:
    theirs = logging.getLogger("opentelemetry")
    if not any(isinstance(each, _OurLog) for each in theirs.handlers):
        theirs.addHandler(_OurLog(logging.WARNING))
        theirs.propagate = False
