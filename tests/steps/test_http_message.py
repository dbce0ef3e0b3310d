"""Requests made from values, and what is given of an answer."""

from __future__ import annotations

from decimal import Decimal

import pytest

from flowslot.base.json_text import Json
from flowslot.flowlang.kinds import HttpResponse
from flowslot.steps.http_message import NotSendable, body_of, headers_of, output_of, pairs_of, shown_headers


def test_query_values_are_written_as_json_writes_them() -> None:
    values = {"a": "x", "b": 5, "c": Decimal("1.50"), "d": True, "e": None, "f": ["x", 1, None], "g": []}
    assert pairs_of("query", values) == [("a", "x"), ("b", "5"), ("c", "1.50"), ("d", "true"), ("f", "x"), ("f", "1")]


@pytest.mark.parametrize("values", [[], "a=b", 5, None, {"a": {}}, {"a": [[]]}])
def test_what_is_no_list_of_names_and_texts_is_refused(values: Json) -> None:
    with pytest.raises(NotSendable):
        pairs_of("query", values)


@pytest.mark.parametrize(
    "values",
    [
        {"X": "a\r\nY: b"},
        {"X\nY": "a"},
        {"Host": "x"},
        {"content-length": 5},
        {"Proxy-Connection": "x"},
        {"a b": "x"},
        {"": "x"},
    ],
)
def test_headers_that_frame_or_split_a_message_are_refused(values: Json) -> None:
    with pytest.raises(NotSendable) as refused:
        headers_of(values)
    assert refused.value.key == "headers"


def test_headers_that_are_null_are_left_out() -> None:
    assert headers_of({"X-A": "1", "X-B": None, "X-C": 3}) == [("X-A", "1"), ("X-C", "3")]


BODIES: dict[str, tuple[dict[str, Json], bytes | None, str | None]] = {
    "none": ({}, None, None),
    "json": (
        {"json": {"a": Decimal("1.50"), "b": 2**70}},
        b'{"a":1.50,"b":1180591620717411303424}',
        "application/json",
    ),
    "json null": ({"json": None}, b"null", "application/json"),
    "form": (
        {"form": {"a": "x y&z", "b": ["1", "2"], "c": "ä"}},
        b"a=x+y%26z&b=1&b=2&c=%C3%A4",
        "application/x-www-form-urlencoded",
    ),
    "text": ({"text": "grün"}, "grün".encode(), "text/plain; charset=utf-8"),
}


@pytest.mark.parametrize(("values", "body", "kind"), BODIES.values(), ids=BODIES)
def test_a_body_is_written_with_its_type(values: dict[str, Json], body: bytes | None, kind: str | None) -> None:
    assert body_of(values) == (body, kind)


ANSWERS: dict[str, tuple[str, str, Json]] = {
    "json": ("application/json", '{"a": 1.50}', {"a": Decimal("1.50")}),
    "json with a charset": ("application/json; charset=utf-8", "[1]", [1]),
    "a json of its own": ("application/problem+json", "[1]", [1]),
    "in capitals": ("Application/JSON", "[1]", [1]),
    "no type": ("", "[1]", [1]),
    "plain text that is json": ("text/plain", "[1]", [1]),
    "plain text": ("text/plain", "hello", "hello"),
    "broken json": ("application/json", "{", "{"),
    "html": ("text/html", "<p>", "<p>"),
    "csv": ("text/csv", "1", "1"),
    "nothing": ("application/json", "", None),
    "a huge number": ("application/json", "123456789012345678901234567890", 123456789012345678901234567890),
}


@pytest.mark.parametrize(("kind", "text", "body"), ANSWERS.values(), ids=ANSWERS)
def test_a_body_is_parsed_when_it_is_json(kind: str, text: str, body: Json) -> None:
    headers = {"content-type": kind} if kind else {}
    assert output_of(HttpResponse(200, headers, text)) == {
        "status": 200,
        "headers": headers,
        "body": body,
        "text": text,
    }


def test_headers_that_may_be_secret_are_not_shown() -> None:
    shown = shown_headers([("Authorization", "Bearer s3cret"), ("X-Api-Key", "s3cret"), ("Accept", "*/*")])
    assert shown == {"Authorization": "(not shown)", "X-Api-Key": "(not shown)", "Accept": "*/*"}
