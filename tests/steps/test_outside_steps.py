"""The kinds that reach outside the run: http_request, call_flow and wait."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from one_call import Outside, error_of, outcome_of

from flowslot.base.json_text import Json
from flowslot.domain.runs import RunError
from flowslot.flowlang.kinds import CallRequest, HttpResponse

Around = Callable[..., Outside]
NETWORK = RunError("network_error", "No answer.")


def http(**keys: Json) -> Json:
    return {"id": "h", "kind": "http_request", "url": "https://example.com/x", **keys}


def ok(text: str = "", status: int = 200, **headers: str) -> HttpResponse:
    return HttpResponse(status, {name.replace("_", "-"): value for name, value in headers.items()}, text)


# ---------------------------------------------------------------- one request


def test_a_request_is_made_of_computed_values(around: Around) -> None:
    outside = around({"id": "a b", "n": Decimal("1.50")}, answers=[ok()])
    step = {
        "id": "h",
        "kind": "http_request",
        "connection": "erp",
        "method": "PUT",
        "path": "/orders/{{ trigger.id }}",
        "query": {"n": "=trigger.n", "none": None, "many": [1, "x"]},
        "headers": {"X-Id": "=trigger.id", "X-None": None},
        "json": {"n": "=trigger.n"},
        "timeout": "5s",
    }
    outcome_of(step, outside)
    (request,) = outside.sent
    assert (request.method, request.connection, request.url) == ("PUT", "erp", "/orders/a b")
    assert request.query == [("n", "1.50"), ("many", "1"), ("many", "x")]
    assert request.headers == [("X-Id", "a b")]
    assert (request.body, request.content_type, request.timeout) == (b'{"n":1.50}', "application/json", 5.0)


def test_the_run_page_shows_the_request_but_no_secret_header(around: Around) -> None:
    outside = around({"t": "s3cret"}, answers=[ok()])
    outcome_of(http(method="POST", headers={"Authorization": "Bearer {{ trigger.t }}"}, json={"a": 1}), outside)
    assert outside.inputs["h"] == {
        "method": "POST",
        "url": "https://example.com/x",
        "headers": {"Authorization": "(not shown)"},
        "json": {"a": 1},
    }


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"])
def test_every_request_carries_the_key_of_its_step(method: str, around: Around) -> None:
    outside = around(answers=[ok()])
    outcome_of(http(method=method), outside)
    assert outside.sent[0].idempotency_key == "run_1.h"


def test_the_answer_is_given_with_its_body_parsed(around: Around) -> None:
    answer = ok('{"price": 19.90, "id": 123456789012345678901}', content_type="application/json", x_a="1")
    given = outcome_of(http(), around(answers=[answer]))
    assert given["status"] == 200
    assert given["headers"] == {"content-type": "application/json", "x-a": "1"}
    assert (str(given["body"]["price"]), given["body"]["id"]) == ("19.90", 123456789012345678901)
    assert given["text"] == answer.text


@pytest.mark.parametrize(
    ("status", "expect"),
    [(204, None), (299, None), (404, [200, 404]), (304, ["3xx"]), (500, ["200-599"]), (404, 404), (304, "3xx")],
)
def test_an_expected_status_is_no_error(status: int, expect: Json, around: Around) -> None:
    keys = {} if expect is None else {"expect": expect}
    assert outcome_of(http(**keys), around(answers=[ok(status=status)]))["status"] == status


@pytest.mark.parametrize(
    ("status", "expect"),
    [(300, None), (404, None), (500, None), (200, [404]), (201, ["200-200"]), (200, 404), (500, "4xx")],
)
def test_any_other_status_is_an_http_error(status: int, expect: Json, around: Around) -> None:
    keys = {} if expect is None else {"expect": expect}
    error = error_of(http(**keys), around(answers=[ok("no  such\nthing", status=status)]))
    assert error.code == "http_error"
    assert error.message == f"GET https://example.com/x answered {status}: no such thing"


def test_the_error_repeats_neither_the_query_nor_a_long_answer(around: Around) -> None:
    step = {**http(), "url": "https://example.com/x?key=s3cret"}
    error = error_of(step, around(answers=[ok("y" * 10_000, status=500)]))
    assert "s3cret" not in error.message
    assert len(error.message) < 400


WRONG: dict[str, tuple[Json, Json, str]] = {
    "a path that is no path": ({"url": None, "connection": "erp", "path": "=trigger"}, "orders", "/steps/0/path"),
    "a url that is no text": ({"url": "=trigger"}, 5, "/steps/0/url"),
    "a query that is no object": ({"query": "=trigger"}, [1], "/steps/0/query"),
    "a line break in a header": ({"headers": {"X": "=trigger"}}, "a\r\nY: b", "/steps/0/headers"),
    "a header that is an object": ({"headers": {"X": "=trigger"}}, {"a": 1}, "/steps/0/headers"),
    "a header of the message itself": ({"headers": "=trigger"}, {"Content-Length": "0"}, "/steps/0/headers"),
    "a form of lists": ({"method": "POST", "form": "=trigger"}, {"a": [[1]]}, "/steps/0/form"),
}


@pytest.mark.parametrize(("keys", "trigger", "pointer"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_sent_is_not_sent(keys: Json, trigger: Json, pointer: str, around: Around) -> None:
    outside = around(trigger)
    step = {key: value for key, value in {**http(), **keys}.items() if value is not None}
    error = error_of(step, outside)
    assert (error.code, error.pointer) == ("invalid_request", pointer)
    assert not outside.sent


# ---------------------------------------------------------------- again


def test_without_retry_there_is_one_attempt(around: Around) -> None:
    outside = around(answers=[NETWORK, ok()])
    assert error_of(http(), outside).code == "network_error"
    assert len(outside.sent) == 1


def test_a_request_is_sent_again_with_the_same_key_until_it_succeeds(around: Around) -> None:
    outside = around(answers=[NETWORK, ok(status=503), RunError("timeout", "…"), ok("fine")])
    given = outcome_of(http(method="POST", retry={"attempts": 4, "delay": "10s"}), outside)
    assert given["text"] == "fine"
    assert {request.idempotency_key for request in outside.sent} == {"run_1.h"}
    assert all(least <= wait <= least * 1.25 for wait, least in zip(outside.waited, (10, 20, 40), strict=True))


def test_the_last_attempt_says_why(around: Around) -> None:
    outside = around(answers=[ok(status=500), ok(status=502)])
    assert "answered 502" in error_of(http(retry={"attempts": 2}), outside).message
    assert len(outside.waited) == 1


def test_what_is_not_worth_it_is_not_sent_again(around: Around) -> None:
    outside = around(answers=[ok(status=404)])
    assert error_of(http(retry={"attempts": 5}), outside).code == "http_error"
    assert not outside.waited
    blocked = around(answers=[RunError("blocked_address", "…")])
    assert error_of(http(retry={"attempts": 5}), blocked).code == "blocked_address"


def test_a_retry_after_is_obeyed(around: Around) -> None:
    outside = around(answers=[ok(status=429, retry_after="120"), ok(status=503, retry_after="99999999"), ok()])
    outcome_of(http(retry={"attempts": 3}), outside)
    assert outside.waited == [120.0, 3600.0]


def test_no_attempt_begins_after_the_time_within(around: Around) -> None:
    outside = around(answers=[ok(status=500)] * 10)
    error_of(http(retry={"attempts": 10, "delay": "10s", "factor": 1, "within": "35s"}), outside)
    assert 2 <= len(outside.waited) <= 3
    assert sum(outside.waited) <= 35


def test_a_recorded_answer_is_not_asked_for_again(around: Around) -> None:
    outside = around(answers=[ok("once")])
    assert outcome_of(http(), outside) == outcome_of(http(), outside)
    assert len(outside.sent) == 1


# ---------------------------------------------------------------- call_flow


def test_a_call_hands_on_what_it_was_told(around: Around) -> None:
    said = {"status": "failure", "message": "no", "details": [1]}
    outside = around({"n": 1}, called={"other": said})
    step = {
        "id": "c",
        "kind": "call_flow",
        "flow": "other",
        "input": {"n": "=trigger.n"},
        "slot": "caller",
        "wait": False,
    }
    assert outcome_of(step, outside) == {"run": "run_1", **said}
    assert outside.calls == [CallRequest("other", {"n": 1}, False, "caller")]


def test_a_call_without_input_hands_on_an_empty_object(around: Around) -> None:
    outside = around(called={"other": {}})
    outcome_of({"id": "c", "kind": "call_flow", "flow": "other"}, outside)
    assert outside.calls == [CallRequest("other", {}, True, "own")]


# ---------------------------------------------------------------- wait

WAITS: dict[str, tuple[Json, Json, float]] = {
    "a duration": ({"for": "15m"}, None, 900.0),
    "a computed duration": ({"for": "=trigger"}, "250ms", 0.25),
    "a template": ({"for": "{{ trigger }}h"}, 2, 7200.0),
    "a number of seconds": ({"for": "=trigger"}, 90, 90.0),
    "a fraction of seconds": ({"for": "=trigger"}, Decimal("1.5"), 1.5),
    "no time": ({"for": "=trigger"}, 0, 0.0),
    "a time": ({"until": "2026-01-31T13:00:00Z"}, None, 3600.0),
    "a time elsewhere": ({"until": "=trigger"}, "2026-01-31T14:00:00+01:00", 3600.0),
    "a time that is over": ({"until": "=trigger"}, "2026-01-31T11:59:00Z", -60.0),
}


@pytest.mark.parametrize(("keys", "trigger", "seconds"), WAITS.values(), ids=WAITS)
def test_wait_waits_as_long_as_it_says(keys: Json, trigger: Json, seconds: float, around: Around) -> None:
    outside = around(trigger)
    assert outcome_of({"id": "w", "kind": "wait", **keys}, outside) is None
    assert outside.waited == [seconds]


@pytest.mark.parametrize("given", [None, True, -1, "soon", "5m\n", [], {}, "999999999d", 10**30, Decimal("1e300")])
def test_wait_for_no_length_of_time_fails(given: Json, around: Around) -> None:
    error = error_of({"id": "w", "kind": "wait", "for": "=trigger"}, around(given))
    assert (error.code, error.pointer) == ("invalid_input", "/steps/0/for")


@pytest.mark.parametrize("given", [None, 5, "", "2026-01-31", "2026-01-31T12:00:00", "0001-01-01T00:00:00+23:00", []])
def test_wait_until_no_time_fails(given: Json, around: Around) -> None:
    error = error_of({"id": "w", "kind": "wait", "until": "=trigger"}, around(given))
    assert (error.code, error.pointer) == ("invalid_input", "/steps/0/until")


def test_a_signal_brings_its_payload_and_a_timeout_null(around: Around) -> None:
    step = {"id": "w", "kind": "wait", "signal": "approval", "timeout": "=trigger"}
    assert outcome_of(step, around("7d", signals={"w": {"by": "Ann"}})) == {"by": "Ann"}
    outside = around(60)
    assert outcome_of(step, outside) is None
    assert outside.waited == [60.0]


def test_a_signal_without_timeout_is_waited_for_without_end(around: Around) -> None:
    outside = around()
    outcome_of({"id": "w", "kind": "wait", "signal": True}, outside)
    assert outside.waited == [-1.0]
