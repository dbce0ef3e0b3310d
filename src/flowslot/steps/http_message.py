"""HTTP requests made from the values of a step, and what a step gives of the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from flowslot.base import json_text
from flowslot.base.errors import FlowslotError
from flowslot.base.http_headers import why_refused
from flowslot.base.json_text import Json
from flowslot.flowlang.kinds import HttpResponse
from flowslot.steps.json_values import kind_of, text_of

Pairs = Sequence[tuple[str, str]]

_SECRET = re.compile(r"auth|cookie|token|secret|key|signature|password|credential", re.IGNORECASE)
_JSON = re.compile(r"application/([a-z0-9.!#$&^_-]+\+)?json", re.ASCII)


class NotSendable(ValueError):
    """A value cannot be sent; `key` is the setting it stands in."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def pairs_of(key: str, values: Json) -> list[tuple[str, str]]:
    """Names and texts of a query or form: null leaves a name out, a list gives it several times."""
    if not isinstance(values, dict):
        raise NotSendable(key, f"`{key}` must give an object; it gave {kind_of(values)}.")
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict | list):
                raise NotSendable(key, f"{name!r} in `{key}` must be a text, a number, a boolean, or a list of them.")
            if each is not None:
                found.append((name, text_of(each)))
    return found


def headers_of(values: Json) -> list[tuple[str, str]]:
    """The headers to send: null leaves one out."""
    headers = pairs_of("headers", values)
    refused = why_refused(headers)
    if refused is not None:
        raise NotSendable("headers", f"The request was not sent: {refused}.")
    return headers


def body_of(values: Json) -> tuple[bytes | None, str | None]:
    """The body of a request and its content type, from whichever of json, form and text was given."""
    if "json" in values:
        return json_text.dump(values["json"]), "application/json"
    if "form" in values:
        pairs = pairs_of("form", values["form"])
        return urlencode(pairs).encode("ascii"), "application/x-www-form-urlencoded"
    if "text" in values:
        return text_of(values["text"]).encode(), "text/plain; charset=utf-8"
    return None, None


def shown_headers(headers: Pairs) -> Json:
    """Headers for the run page: values that may be secret are not shown."""
    return {name: "(not shown)" if _SECRET.search(name) else value for name, value in headers}


def output_of(response: HttpResponse) -> Json:
    """What the step gives: {status, headers, body, text}."""
    return {
        "status": response.status,
        "headers": dict(response.headers),
        "body": _body(response),
        "text": response.text,
    }


def _body(response: HttpResponse) -> Json:
    if not response.text:
        return None
    media = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if _JSON.fullmatch(media) or media in ("", "text/plain", "text/json"):
        try:
            return json_text.parse(response.text)
        except FlowslotError:
            return response.text
    return response.text
