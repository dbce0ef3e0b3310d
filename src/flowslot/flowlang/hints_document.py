"""The document that hints are asked in: with the text in its place, and without the steps that come after it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flowslot.base.json_text import Json
from flowslot.flowlang.expressions import read_expression
from flowslot.flowlang.expressions_source import ExpressionError
from flowslot.flowlang.pointers import pointer_of
from flowslot.flowlang.templates import Template, Written, read_text
from flowslot.flowlang.unread import BLOCKS

MAX_LEVELS = 100
_ANY_ID = "fs_hint"


def is_readable(text: str) -> bool:
    """Whether a text with expressions can be evaluated as it is."""
    try:
        found = read_text(text)
        written = found.parts if isinstance(found, Template) else (found,)
        for each in written:
            if isinstance(each, Written):
                read_expression(each.source)
    except ExpressionError:
        return False
    return not isinstance(found, str)


def stand_in(text: str) -> str:
    """A text of the same form that can be evaluated."""
    return "=None" if text.startswith("=") else "{{ None }}"


@dataclass(frozen=True, slots=True)
class Placed:
    """A document with a text in it; the one it is made of stays as it is."""

    document: dict[str, Json]
    path: tuple[str | int, ...]
    """Where the text stands."""
    steps: tuple[tuple[str | int, ...], ...]
    """Where the steps around it stand, outermost first."""

    @property
    def pointer(self) -> str:
        return pointer_of(self.path)

    def as_set(self) -> Iterator[Placed]:
        """The same text in a step `set`, in place of each step around it: for steps that cannot be read as they are."""
        text: Json = self.document
        for part in self.path:
            text = text[part]
        for place in reversed(self.steps):
            step: Json = self.document
            for part in place:
                step = step[part]
            known = step.get("id") if isinstance(step, dict) else None
            one = {"id": known if isinstance(known, str) else _ANY_ID, "kind": "set", "value": text}
            document, _ = _with(self.document, [str(part) for part in place], one)
            yield Placed(document, (*place, "value"), ())


def placed(document: Json, pointer: str, text: str) -> Placed | None:
    """A document with a text at a pointer; None where that is in no step."""
    path = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    steps = _steps_on(path)
    if not isinstance(document, dict) or not steps or not steps[-1] < len(path) - 1 < MAX_LEVELS:
        return None
    found, way = _with(document, path, text)
    return Placed(found, way, tuple(way[: each + 1] for each in steps))


def _steps_on(path: Sequence[str]) -> Sequence[int]:
    """Which parts of a path are numbers of steps."""
    found: list[int] = []
    at = 0
    while at + 1 < len(path) and path[at] in BLOCKS and path[at + 1].isdecimal():
        found.append(at + 1)
        at += 4 if path[at + 2 : at + 3] == ["elif"] else 2
    return found if path[:1] == ["steps"] else []


def _with(
    document: Mapping[str, Json], path: Sequence[str], value: Json
) -> tuple[dict[str, Json], tuple[str | int, ...]]:
    """A copy with a value at a path, without the steps that stand after those on the path; the path as it then is."""
    steps = _steps_on(path)
    root: dict[str, Json] = dict(document)
    here: Json = root
    way: list[str | int] = []
    for depth, part in enumerate(path):
        key: Any = part  # Any: of an object the name, of a list the number
        if isinstance(here, list):
            key = min(int(part), len(here)) if part.isdecimal() and len(part) < 6 else len(here)
            here[key + 1 if depth in steps else len(here) :] = []
            here[key:] = here[key:] or [None]
        old = here[key] if isinstance(here, list) else here.get(key)
        new: Json = [] if depth + 1 in steps else {}
        here[key] = value if depth == len(path) - 1 else old.copy() if isinstance(old, dict | list) else new
        here = here[key]
        way.append(key)
    return root, tuple(way)
