"""A collector of traces on loopback: takes what is sent over OTLP, and keeps it in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

KINDS = {1: "internal", 2: "server", 3: "client"}


@dataclass(frozen=True)
class Seen:
    """A span that arrived."""

    name: str
    kind: str
    trace: str
    id: str
    parent: str
    attributes: dict[str, Any]
    failed: bool
    seconds: float


@dataclass
class Collector:
    """What arrived. `raw` holds the requests as they were sent."""

    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    resource: dict[str, Any] = field(default_factory=dict)
    _spans: list[Seen] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def spans(self) -> list[Seen]:
        with self._changed:
            return list(self._spans)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self._changed:
            self.raw.append(body)
            for each in request.resource_spans:
                self.resource.update(_values(each.resource.attributes))
                self._spans += [_seen(span) for scope in each.scope_spans for span in scope.spans]
            self._changed.notify_all()

    def until(self, condition: Callable[[list[Seen]], bool], *, seconds: float = 15) -> list[Seen]:
        """All spans, once the condition holds of them."""
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self._spans), seconds), self._spans
            return list(self._spans)

    def named(self, *names: str) -> list[Seen]:
        """One span of each name, once they are all there."""
        spans = self.until(lambda spans: set(names) <= {span.name for span in spans})
        return [next(span for span in spans if span.name == name) for name in names]


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens until left."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _seen(span: Any) -> Seen:
    return Seen(
        name=span.name,
        kind=KINDS[span.kind],
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        attributes=_values(span.attributes),
        failed=span.status.code == 2,
        seconds=(span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
    )


def _values(attributes: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in attributes}
