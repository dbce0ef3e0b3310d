"""Keeps numbers as they were written when they pass through the sandbox, which knows fractions only as doubles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from flowslot.base.json_text import Json, dump, fraction

_FRACTION = re.compile(r"-?\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)")


def as_written(answers: Json, data: Iterable[Json]) -> Json:
    """The answers with each fraction that is the double of a number in `data` written as it was there.

    Both are the same number to the sandbox; where two different numbers of the data share a double, neither is taken.
    """
    if not _has_fraction(answers):
        return answers
    written = _written(" ".join(dump(value).decode() for value in data))
    return _restored(answers, written) if written else answers


def _has_fraction(value: Json) -> bool:
    if isinstance(value, list):
        return any(_has_fraction(inner) for inner in value)
    if isinstance(value, dict):
        return any(_has_fraction(inner) for inner in value.values())
    return isinstance(value, Decimal)


def _written(sent: str) -> Mapping[float, Decimal]:
    """The numbers that a double writes otherwise; digits in texts are seen as well, which does no harm."""
    found: dict[float, Decimal | None] = {}
    differs = False
    for text in set(_FRACTION.findall(sent)):
        try:
            double, number = float(text), fraction(text)
        except ValueError:  # digits of a text, which no number has
            continue
        known = found.setdefault(double, number)
        if known is not None and str(known) != text:
            found[double] = None
        differs = differs or repr(double) != text
    return {double: number for double, number in found.items() if number is not None} if differs else {}


def _restored(value: Json, written: Mapping[float, Decimal]) -> Json:
    if isinstance(value, Decimal):
        return written.get(float(value), value)
    if isinstance(value, dict):
        return {key: _restored(inner, written) for key, inner in value.items()}
    if isinstance(value, list):
        return [_restored(inner, written) for inner in value]
    return value
