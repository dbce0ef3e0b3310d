"""YAML 1.2 read as JSON: only true, false, null and JSON numbers are more than text; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from flowslot.base import json_text
from flowslot.base.errors import Malformed
from flowslot.base.json_text import Json

JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
JSON_WORDS: dict[str, Json] = {"": None, "~": None, "null": None, "true": True, "false": False}
_TEXT_TAG = "tag:yaml.org,2002:str"
_MOST_VALUES = 200_000
_Event = Any  # ruamel.yaml gives its events no types


def read_yaml(text: str) -> Json:
    """The value of the one document in a YAML text. Raises Malformed, with line and column."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        return _Reader(YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Malformed(f"Not YAML: {error.problem or error.context}{_place(mark)}.") from None
    except (YAMLError, ValueError) as error:
        raise Malformed(f"Not YAML: {' '.join(str(error).split())}.") from None


def _place(mark: Any) -> str:
    return f" (line {mark.line + 1}, column {mark.column + 1})" if mark is not None else ""


def _refuse(event: _Event, message: str) -> NoReturn:
    raise Malformed(f"{message}{_place(event.start_mark)}.")


class _Reader:
    """Turns the events of a YAML text into one value; counts, so that aliases cannot blow a document up."""

    def __init__(self, events: Iterator[_Event]) -> None:
        self._events = events
        self._anchors: dict[str, tuple[Json, int]] = {}
        self._values = 0

    def document(self) -> Json:
        self._next("StreamStartEvent")
        if type(start := next(self._events)).__name__ == "StreamEndEvent":
            _refuse(start, "The YAML text holds no document")
        found = self._value(next(self._events), depth=0)
        self._next("DocumentEndEvent")
        if type(rest := next(self._events)).__name__ != "StreamEndEvent":
            _refuse(rest, "The YAML text holds more than one document")
        return found

    def _next(self, name: str) -> _Event:
        event = next(self._events)
        if type(event).__name__ != name:
            _refuse(event, "Not YAML: unexpected content")
        return event

    def _value(self, event: _Event, *, depth: int) -> Json:
        if depth > json_text.MAX_DEPTH:
            _refuse(event, f"Nested deeper than {json_text.MAX_DEPTH} levels")
        before = self._values
        self._count(event, 1)
        name = type(event).__name__
        if name == "AliasEvent":
            return self._alias(event)
        if name == "ScalarEvent":
            found = _scalar(event)
        else:
            _refuse_tag(event)
            found = self._mapping(depth) if name == "MappingStartEvent" else self._list(depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (found, self._values - before)
        return found

    def _count(self, event: _Event, values: int) -> None:
        self._values += values
        if self._values > _MOST_VALUES:
            _refuse(event, f"The document has more than {_MOST_VALUES} values")

    def _alias(self, event: _Event) -> Json:
        if event.anchor not in self._anchors:
            _refuse(event, f"No finished value is called &{event.anchor}")
        value, values = self._anchors[event.anchor]
        self._count(event, values)
        return value

    def _list(self, depth: int) -> list[Json]:
        found = []
        while type(event := next(self._events)).__name__ != "SequenceEndEvent":
            found.append(self._value(event, depth=depth + 1))
        return found

    def _mapping(self, depth: int) -> dict[str, Json]:
        found: dict[str, Json] = {}
        while type(event := next(self._events)).__name__ != "MappingEndEvent":
            key = _key(event)
            if key in found:
                _refuse(event, f"The key {key[:100]!r} stands twice")
            found[key] = self._value(next(self._events), depth=depth + 1)
        return found


def _key(event: _Event) -> str:
    if type(event).__name__ != "ScalarEvent":
        _refuse(event, "A key must be text")
    if event.value == "<<" and event.style is None:
        _refuse(event, "Merge keys (<<) are not taken; write the keys out")
    _refuse_tag(event)
    return _text(event)


def _scalar(event: _Event) -> Json:
    _refuse_tag(event)
    if event.style is not None or event.tag is not None:
        return _text(event)
    if event.value in JSON_WORDS:
        return JSON_WORDS[event.value]
    if JSON_NUMBER.fullmatch(event.value):
        try:
            return json_text.parse(event.value)
        except Malformed as error:
            _refuse(event, error.detail.rstrip("."))
    return _text(event)


def _refuse_tag(event: _Event) -> None:
    """`!!str` says that a value is text; every other tag is refused."""
    if event.tag is not None and str(event.tag) != _TEXT_TAG:
        _refuse(event, f"Tags are not taken: {event.tag}")


def _text(event: _Event) -> str:
    """The text of a scalar; escapes of a surrogate pair (as JSON writes them) become the one character they mean."""
    try:
        return str(event.value).encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        _refuse(event, "A text has half of a surrogate pair")
