"""Traces, from the request that starts a run to the requests that the run sends, as a collector gets them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from account import Account, definition
from api_server import running
from collector import Collector, Seen, collecting

TRACE, ABOVE = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SENT = {"traceparent": f"00-{TRACE}-{ABOVE}-01"}
OPEN = {"kind": "webhook", "auth": "none"}


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


@pytest.fixture(scope="module")
def traced(collector: Collector, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A server that sends traces to the collector."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        patch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
        patch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
        from ipaddress import ip_network

        with running(tmp_path_factory.mktemp("traced"), allow_networks=(ip_network("127.0.0.0/8"),)) as server:
            yield server


@pytest.fixture
def account(traced: Any) -> Iterator[Account]:
    with traced.signed_in(traced.token) as client:
        yield Account(traced, client)


@pytest.fixture
def target() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Where steps send to, and the headers that came."""
    got: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append({name.lower(): value for name, value in self.headers.items()})
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(503 if self.path == "/down" else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", got
    server.shutdown()
    thread.join()
    server.server_close()


def post(url: str, **more: Any) -> dict[str, Any]:
    return {"id": "post", "kind": "http_request", "method": "POST", "url": url, "json": "=trigger", **more}


def hook(account: Account, body: Any = None, headers: dict[str, str] = SENT) -> str:
    shown = account.get(f"/flows/{account.flow}/registrations/{account.home}")
    answer = httpx.post(shown["webhook"]["main"], json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["run"])


def spans_of(collector: Collector, run: str, *names: str) -> list[Seen]:
    """The spans of one run, by name."""
    spans = collector.until(
        lambda spans: set(names) <= {each.name for each in spans if each.attributes.get("flowslot.run.id") == run}
    )
    mine = [each for each in spans if each.attributes.get("flowslot.run.id") == run]
    return [next(each for each in mine if each.name == name) for name in names]


def by_id(collector: Collector, span: str) -> Seen:
    return next(each for each in collector.until(lambda spans: any(s.id == span for s in spans)) if each.id == span)


def test_a_webhooks_trace_goes_on_to_what_its_run_sends(
    account: Account, collector: Collector, target: tuple[str, list[dict[str, str]]]
) -> None:
    url, got = target
    account.on_main(definition(post(f"{url}/pay?key=hidden-in-the-query"), trigger=OPEN))
    run = hook(account, {"secret": "hidden-in-the-body"})
    whole, step = spans_of(collector, run, f"run {account.flow}", "http_request post")
    request = by_id(collector, whole.parent)
    assert (request.name, request.kind, request.parent) == ("POST /hooks/{token}", "server", ABOVE)
    assert request.attributes["http.response.status_code"] == 202
    (sent,) = [each for each in collector.spans if each.parent == step.id]
    assert (step.parent, sent.kind, sent.name) == (whole.id, "client", "POST")
    assert {each.trace for each in (request, whole, step, sent)} == {TRACE}
    assert got[0]["traceparent"] == f"00-{TRACE}-{sent.id}-01"
    assert sent.attributes["server.address"] == "127.0.0.1"
    assert account.get(f"/runs/{run}")["trigger"]["traceparent"] == f"00-{TRACE}-{request.id}-01"


def test_nothing_that_was_sent_stands_in_a_span(
    account: Account, collector: Collector, target: tuple[str, list[dict[str, str]]]
) -> None:
    url, _ = target
    path = f"{url}/hidden-in-the-path?key=hidden-in-the-query"
    account.on_main(definition(post(path, headers={"X-Key": "hidden-in-a-header"}), trigger=OPEN))
    shown = account.get(f"/flows/{account.flow}/registrations/{account.home}")
    run = hook(account, {"secret": "hidden-in-the-body"})
    spans_of(collector, run, f"run {account.flow}", "http_request post")
    token = shown["webhook"]["main"].rpartition("/")[2]
    everything = b"".join(collector.raw)
    assert b"hidden-in" not in everything
    assert token.encode() not in everything
    assert account.server.token.encode() not in everything


def test_a_failed_request_and_its_run_say_so(
    account: Account, collector: Collector, target: tuple[str, list[dict[str, str]]]
) -> None:
    account.on_main(definition(post(f"{target[0]}/down"), trigger=OPEN))
    whole, step = spans_of(collector, hook(account), f"run {account.flow}", "http_request post")
    (sent,) = [each for each in collector.spans if each.parent == step.id]
    assert (sent.failed, sent.attributes["error.type"]) == (True, "503")
    assert (step.failed, step.attributes["error.type"]) == (True, "http_error")
    assert (whole.failed, whole.attributes["flowslot.run.status"]) == (True, "failed")


def test_a_called_flow_continues_the_trace(account: Account, collector: Collector) -> None:
    called, calling = account.flow, account.new_flow()
    account.on_main(definition())
    account.flow = calling
    call = {"id": "ask", "kind": "call_flow", "flow": called, "input": {"a": 1}}
    account.on_main(definition(call, trigger=OPEN))
    _, step = spans_of(collector, hook(account), f"run {calling}", "call_flow ask")
    (below,) = collector.named(f"run {called}")
    assert (below.trace, below.parent) == (TRACE, step.id)


def test_a_run_that_waited_goes_on_in_its_trace(
    account: Account, collector: Collector, target: tuple[str, list[dict[str, str]]]
) -> None:
    url, got = target
    account.on_main(definition({"id": "wait", "kind": "wait", "signal": True}, post(url), trigger=OPEN))
    run = hook(account)
    while account.get(f"/runs/{run}")["status"] != "suspended":
        pass
    assert not [each for each in collector.spans if each.attributes.get("flowslot.run.id") == run]
    account.post(f"/runs/{run}/signals/wait", {})
    whole, waited, step = spans_of(collector, run, f"run {account.flow}", "wait wait", "http_request post")
    assert (waited.parent, step.parent, step.trace) == (whole.id, whole.id, TRACE)
    assert got[0]["traceparent"].split("-")[1] == TRACE


def test_a_rerun_belongs_to_the_request_that_asked_for_it(account: Account, collector: Collector) -> None:
    account.on_main(definition(trigger=OPEN))
    first = hook(account)
    spans_of(collector, first, f"run {account.flow}")
    second = account.post(f"/runs/{first}/rerun", {}, status=202)["id"]
    (whole,) = spans_of(collector, second, f"run {account.flow}")
    assert whole.trace != TRACE
    assert by_id(collector, whole.parent).name == "POST /api/v1/runs/{run}/rerun"


def test_a_trace_that_is_not_recorded_above_is_not_recorded_here(account: Account, collector: Collector) -> None:
    account.on_main(definition(trigger=OPEN))
    unwanted = hook(account, headers={"traceparent": f"00-{TRACE}-{ABOVE}-00"})
    wanted = hook(account)
    spans_of(collector, wanted, f"run {account.flow}")
    assert not [each for each in collector.spans if each.attributes.get("flowslot.run.id") == unwanted]


@pytest.mark.parametrize(
    "header", ["", "x", f"00-{'0' * 32}-{ABOVE}-01", f"ff-{TRACE}-{ABOVE}-01", f"00-{TRACE.upper()}-{ABOVE}-01"]
)
def test_a_header_that_is_none_begins_a_new_trace(account: Account, collector: Collector, header: str) -> None:
    account.on_main(definition(trigger=OPEN))
    (whole,) = spans_of(collector, hook(account, headers={"traceparent": header}), f"run {account.flow}")
    assert whole.trace != TRACE
    assert by_id(collector, whole.parent).parent == ""


def test_the_resource_says_who_sends(account: Account, collector: Collector) -> None:
    collector.until(lambda spans: bool(spans))
    assert collector.resource["service.name"] == "flowslot"
    assert collector.resource["deployment.environment.name"] == "test"
    assert collector.resource["service.instance.id"].endswith(":p1")


def test_loops_hold_their_steps(account: Account, collector: Collector) -> None:
    each = {"id": "twice", "kind": "set", "value": "=item * 2"}
    loop = {"id": "loop", "kind": "for_each", "in": "=[1, 2]", "steps": [each]}
    account.on_main(definition(loop, trigger=OPEN))
    _, around = spans_of(collector, hook(account), f"run {account.flow}", "for_each loop")
    spans = collector.until(lambda spans: sum(span.parent == around.id for span in spans) == 2)
    inside = [span.attributes["flowslot.step"] for span in spans if span.parent == around.id]
    assert inside == ["loop[0].twice", "loop[1].twice"]
