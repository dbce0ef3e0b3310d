"""What step kinds ask and say of JSON values: their kind in words, a short text of them, whether two are equal."""

from __future__ import annotations

from decimal import Decimal

from flowslot.base import json_text
from flowslot.base.json_text import Json

SHOWN = 200
"""Characters of a value that a message repeats."""


def kind_of(value: Json) -> str:
    """The kind of a value, for a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else "a number"


def shown(value: Json) -> str:
    """The JSON text of a value, cut where it is long."""
    text = json_text.dump(value).decode()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def text_of(value: Json) -> str:
    """A value as text: a text as it is, null as nothing, anything else as JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else json_text.dump(value).decode()


def is_number(value: Json) -> bool:
    """Whether a value is a JSON number; true and false are none."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def equal(one: Json, other: Json) -> bool:
    """Whether two values are equal as JSON: 1 equals 1.0, but not true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(equal(*pair) for pair in zip(one, other, strict=True))
    if is_number(one) and is_number(other):
        return bool(one == other)
    return type(one) is type(other) and bool(one == other)
