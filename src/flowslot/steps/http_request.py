"""The kind `http_request`: one HTTP request, through a connection or to a URL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, cast

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.flowlang.fields import seconds
from flowslot.flowlang.kinds import (
    CircuitOpen,
    HttpRequest,
    HttpResponse,
    StepCall,
    StepFailure,
    StepSettings,
    TypeWriter,
)
from flowslot.steps.http_message import NotSendable, body_of, headers_of, output_of, pairs_of, shown_headers
from flowslot.steps.http_settings import HttpRequestSettings
from flowslot.steps.json_values import kind_of
from flowslot.steps.retrying import chance, retry_after_of, why_not_again
from flowslot.steps.statuses import is_listed

QUOTED = 300
"""Characters of an unexpected answer that the error repeats."""

OUTPUT_SCHEMA: Json = {
    "type": "object",
    "title": "HttpAnswer",
    "required": ["status", "headers", "body", "text"],
    "additionalProperties": False,
    "properties": {
        "status": {"type": "integer"},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "body": {},
        "text": {"type": "string"},
    },
}


class HttpRequestStep:
    """Sends one HTTP request."""

    name: ClassVar[str] = "http_request"
    title: ClassVar[str] = "HTTP request"
    about: ClassVar[str] = """\
Sends an HTTP request, either through a connection (`connection` and `path`) or to a `url`.

```yaml
- id: post
  kind: http_request
  connection: erp
  method: POST
  path: /invoices
  json: {id: =trigger.invoice.id, lines: =steps.lines}
  retry: {attempts: 5, within: 24h}
```

The connection adds its base URL and signs in; each workspace binds its own. One of `json`, `form` and `text` is the
body. Requests only go to addresses of the public internet and to networks that the operator allows.

A status outside `expect` (`404`, or a list: `[200, 404, "3xx"]`) fails the step with `http_error`; no answer fails it
with `network_error`, or with `timeout` when a whole one did not come within `timeout` (30s unless given).
With `retry` the request is sent again, up to `attempts` times in all, after `delay`, then `factor` times as long each
time (and up to a quarter more by chance), at most `max_delay`; a `Retry-After` of the server is obeyed up to an hour.
No attempt begins later than `within` after the first one failed. `on` says what is worth another attempt; unless given
it is `["network", 408, 425, 429, "500-599"]`, where `"network"` means no answer. While it waits the run rests and
outlives restarts of the server; the run page shows the attempts so far and the last error.

A host that fails all the time is left alone for a while: the step then fails at once with `circuit_open`, or with
`retry` waits until the host is tried again. See [Retries](../retries.md).

Every request carries a header `Idempotency-Key`, the same in every attempt, so that a server that knows it does nothing
twice. It is your own if you set one. The headers Host, Content-Length, Transfer-Encoding,
Connection and Proxy-… are set by Flowslot alone.

Output: `status`, `headers` (names in lower case), `body` and `text`. `body` is the answer parsed when it is JSON, its
numbers as they were written; otherwise the text, and null when there is none.
"""
    settings: ClassVar[type[StepSettings]] = HttpRequestSettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = {
        "step": {
            "id": "post",
            "kind": "http_request",
            "connection": "erp",
            "method": "POST",
            "path": "/invoices/{{ trigger.id }}",
            "query": {"draft": True, "tag": ["a", "b"]},
            "json": {"total": "=trigger.total"},
        },
        "trigger": {"id": "i-1", "total": 12},
        "answers": [
            {
                "request": {"method": "POST", "url": "/invoices/i-1", "body": '{"total":12}'},
                "status": 201,
                "headers": {"content-type": "application/json"},
                "text": '{"id": 77}',
            }
        ],
        "expect": {
            "status": 201,
            "headers": {"content-type": "application/json"},
            "body": {"id": 77},
            "text": '{"id": 77}',
        },
    }

    def blocks(self, settings: HttpRequestSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        return ()

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(HttpRequestSettings, step.settings)
        for key, value in settings.computed().items():
            types.value(value, pointer=f"/{key}", expected={"type": "string"} if key in ("path", "url") else None)
        return types.cast(types.of_schema(OUTPUT_SCHEMA))

    async def run(self, call: StepCall) -> Json:
        settings: HttpRequestSettings = call.settings
        values = await call.evaluate(settings.computed())
        try:
            request = _request(call, settings, values)
        except NotSendable as error:
            raise call.fail("invalid_request", str(error), pointer=f"/{error.key}") from None
        call.set_input(_shown(request, values))

        async def do() -> Json:
            while True:
                output = await _attempt(call, settings, request)
                if output is not None:
                    return output

        return await call.effect(do)


def _request(call: StepCall, settings: HttpRequestSettings, values: dict[str, Json]) -> HttpRequest:
    key = "path" if settings.url is None else "url"
    target = values[key]
    if not isinstance(target, str):
        raise NotSendable(key, f"`{key}` must give a text; it gave {kind_of(target)}.")
    if key == "path" and not target.startswith(("/", "?")):
        raise NotSendable(key, "A path begins with /; it is put behind the connection's base URL.")
    headers = headers_of(values.get("headers", {}))
    body, content_type = body_of(values)
    return HttpRequest(
        method=settings.method,
        connection=settings.connection,
        url=target,
        query=pairs_of("query", values.get("query", {})),
        headers=headers,
        body=body,
        content_type=content_type,
        timeout=seconds(settings.timeout),
        idempotency_key=call.idempotency_key,
    )


def _shown(request: HttpRequest, values: dict[str, Json]) -> Json:
    found: dict[str, Json] = {"method": request.method, "url": request.url}
    if request.connection is not None:
        found["connection"] = request.connection
    if request.query:
        found["query"] = values["query"]
    if request.headers:
        found["headers"] = shown_headers(request.headers)
    return found | {key: values[key] for key in ("json", "form", "text") if key in values}


async def _attempt(call: StepCall, settings: HttpRequestSettings, request: HttpRequest) -> Json | None:
    """The step's output; None when the request is to be sent again. StepFailure when that is not worth it."""
    status: int | None = None
    after: float | None = None
    try:
        response = await call.http(request)
        if is_listed(response.status, settings.expect or ["2xx"]):
            return output_of(response)
        failure = call.fail("http_error", _unexpected(request, response))
        status, after = response.status, retry_after_of(response.headers, now=call.now())
    except CircuitOpen as circuit:
        failure, status = circuit, circuit.status
        after = circuit.seconds * (1 + chance(f"{request.idempotency_key}:{call.attempts_made()}") / 4)  # one by one
    except StepFailure as caught:
        failure = caught
    retry = settings.retry
    if retry is None or not retry.is_worth_it(failure.error, status):
        raise failure
    why_not = await why_not_again(call, retry, error=failure.error, retry_after=after)
    if why_not is None:
        return None
    if not why_not:
        raise failure
    raise StepFailure(replace(failure.error, message=f"{failure.error.message} ({why_not})"))


def _unexpected(request: HttpRequest, response: HttpResponse) -> str:
    place = request.url.partition("?")[0]
    said = " ".join(response.text.split())
    cut = f"{said[:QUOTED]}…" if len(said) > QUOTED else said
    return f"{request.method} {place} answered {response.status}{f': {cut}' if cut else ''}"
