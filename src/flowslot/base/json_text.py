"""JSON as Flowslot reads and writes it: strict, exact and bounded.

Integers of any size stay exact; numbers with a fraction become `Decimal` and are written back with the same digits.
Refused: NaN and Infinity, duplicate keys, lone surrogates, numbers no double can hold, too deep nesting.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from math import inf, isinf
from typing import Any, NoReturn, TypeAlias

import msgspec

from flowslot.base.errors import Malformed, TooLarge

Json: TypeAlias = Any
"""None, bool, int, Decimal (float only where code made it), str, list or dict with str keys."""


class Written(Decimal):
    """A number that Python would write in another way: it stays as it was written, as 0.0000001 or 1e5."""

    __slots__ = ("_text",)
    _text: str

    def __new__(cls, text: str) -> Written:
        made = super().__new__(cls, text)
        made._text = str(text)
        return made

    def __str__(self) -> str:
        return self._text


def as_written(value: object) -> msgspec.Raw:
    """How an encoder writes what it does not know: a `Written`."""
    if isinstance(value, Written):
        return msgspec.Raw(str(value).encode())
    raise TypeError(f"{type(value).__name__} is no JSON")


MAX_DEPTH = 100
"""Twenty levels of steps in the branches of conditions fit."""
MAX_NUMBER = 1000
"""Digits a number may have."""

_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=as_written)


def parse(text: bytes | str, *, limit: int | None = None) -> Json:
    """The value of a JSON text. Raises Malformed (says where) or TooLarge when over `limit` bytes."""
    if limit is not None and len(text) > limit:
        raise TooLarge(f"The JSON text has {len(text)} bytes; at most {limit} are allowed.")
    try:
        source = text.decode("utf-8") if isinstance(text, bytes) else text
        value = _decoder.decode(source)
        if "\\u" in source:
            _refuse_lone_surrogates(value)
    except UnicodeDecodeError as error:
        raise Malformed(f"The text is not UTF-8 (byte {error.start}).") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"Not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    except RecursionError:
        raise Malformed(f"Nested deeper than {MAX_DEPTH} levels.") from None
    except ValueError as error:
        raise Malformed(f"Not JSON: {error}.") from None
    if source.count("[") + source.count("{") > MAX_DEPTH:
        _refuse_too_deep(value, MAX_DEPTH)
    return value


def stored(text: bytes | str) -> Json:
    """The value of a text that was checked before it was kept: nothing is refused again."""
    return _decoder.decode(text.decode("utf-8") if isinstance(text, bytes) else text)


def dump(value: Json) -> bytes:
    """The compact JSON text of a value, in UTF-8, object keys in the order they have."""
    return _encoder.encode(value)


def plain(value: Json) -> Json:
    """The same value for libraries that take no subclass of Decimal."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return Decimal(value) if isinstance(value, Written) else value


def _integer(text: str) -> int | Decimal:
    if text == "-0":
        return Decimal(text)  # an int would lose the sign
    if len(text) > MAX_NUMBER:
        raise ValueError(f"a number has more than {MAX_NUMBER} digits")
    return int(text)


def fraction(text: str) -> Decimal:
    """The number a text with a fraction or an exponent stands for, which is written back as that text."""
    if len(text) > MAX_NUMBER:
        raise ValueError(f"a number has more than {MAX_NUMBER} digits")
    try:
        number, double = Decimal(text), float(text)
    except InvalidOperation:
        number, double = Decimal("nan"), inf
    if isinf(double) or (number and not double):
        raise ValueError(f"the number {text[:20]} is out of range")
    return number if str(number) == text else Written(text)


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key {key[:100]!r} stands twice in one object")
            seen.add(key)
    return found


def _refuse_lone_surrogates(value: Json) -> None:
    try:
        _encoder.encode(value)
    except UnicodeEncodeError:
        raise ValueError("a string has half of a surrogate pair") from None


def _refuse_too_deep(value: Json, left: int) -> None:
    if left < 0:
        raise Malformed(f"Nested deeper than {MAX_DEPTH} levels.")
    if isinstance(value, dict):
        for inner in value.values():
            _refuse_too_deep(inner, left - 1)
    elif isinstance(value, list):
        for inner in value:
            _refuse_too_deep(inner, left - 1)


_decoder = json.JSONDecoder(
    parse_float=fraction, parse_int=_integer, parse_constant=_constant, object_pairs_hook=_object
)
