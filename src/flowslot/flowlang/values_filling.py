"""Puts a value together from its tree: paths read in the host, the rest as the sandbox answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from flowslot.base.json_text import Json, dump
from flowslot.flowlang.expressions_places import key_place
from flowslot.flowlang.kinds import StepFailure
from flowslot.flowlang.paths import Path, PathError
from flowslot.flowlang.values_failures import expression_failure, of_item
from flowslot.flowlang.values_tree import MapTree, Part, Text, Tree

MAX_RESULT = 1_048_576
"""Characters that the JSON text of a result may have."""

TOO_LARGE = f"The result is too large: as JSON it may have at most {MAX_RESULT} characters."
_SMALL = 64
"""A text up to this long is not counted: no value holds enough of them to matter."""


class Budget:
    """Counts what a result takes up, so that the same data named many times cannot grow without end."""

    def __init__(self) -> None:
        self._left = MAX_RESULT
        self._sizes: dict[int, int] = {}

    def take(self, size: int, part: Part | None) -> None:
        """Raises StepFailure when the whole gets too large."""
        self._left -= size
        if self._left < 0:
            raise expression_failure(part, TOO_LARGE)

    def take_value(self, value: Json, part: Part) -> None:
        if isinstance(value, str):
            if len(value) > _SMALL:
                self.take(len(value), part)
        elif isinstance(value, dict | list) and value:
            size = self._sizes.get(id(value))
            if size is None:
                size = self._sizes[id(value)] = len(dump(value))
            self.take(size, part)


def fill(tree: Tree, data: Mapping[str, Json], answers: Sequence[Json], budget: Budget) -> Json:
    """The value of a tree. Raises StepFailure where a path leads nowhere."""
    if isinstance(tree, Part):
        return _part(tree, data, answers, budget)
    if isinstance(tree, Text):
        return _text(tree, data, answers, budget)
    if isinstance(tree, dict):
        return {key: fill(value, data, answers, budget) for key, value in tree.items()}
    if isinstance(tree, list):
        return [fill(value, data, answers, budget) for value in tree]
    return tree


def fill_map(tree: MapTree, data: Mapping[str, Json], answers: Json, budget: Budget) -> Json:
    """The mapped list or object. `answers` are the rows of the sandbox, or None when it was not asked."""
    keys, scopes = _items(tree, data, answers)
    made: list[tuple[int, Json]] = []
    for scope, row in scopes:
        if answers is None and not fill(tree.where, scope, (), budget):
            continue
        budget.take(tree.constant_size, None)
        try:
            made.append((scope["index"], fill(tree.to, scope, row, budget)))
        except StepFailure as failure:
            raise of_item(failure, scope["index"]) from None
    return [value for _, value in made] if keys is None else {keys[index]: value for index, value in made}


Scoped = Iterator[tuple[Mapping[str, Json], Sequence[Json]]]


def _items(tree: MapTree, data: Mapping[str, Json], answers: Json) -> tuple[Sequence[str] | None, Scoped]:
    """The keys, if it is an object that is mapped, and each item's scope with what the sandbox said of it."""
    if not tree.over_in_host:
        keys = answers["keys"]
        return keys, (({**data, "index": row[0]}, row[1:]) for row in answers["rows"])
    over = fill(tree.over, data, (), Budget())
    if not isinstance(over, dict | list):
        part = tree.over if isinstance(tree.over, Part) else None
        raise expression_failure(part, "over must give a list or an object.")
    keys = list(over) if isinstance(over, dict) else None
    items = list(over.values()) if isinstance(over, dict) else over
    rows = ([index] for index in range(len(items))) if answers is None else answers["rows"]
    return keys, ((_scope(data, items, keys, row[0]), row[1:]) for row in rows)


def _scope(data: Mapping[str, Json], items: Sequence[Json], keys: Sequence[str] | None, index: int) -> dict[str, Json]:
    return {**data, "item": items[index], "index": index, "key": None if keys is None else keys[index]}


def _part(part: Part, data: Mapping[str, Json], answers: Sequence[Json], budget: Budget) -> Json:
    if part.slot is not None:
        return answers[part.slot]
    path = part.expression.path
    assert path is not None
    value = _read(path, part, data)
    budget.take_value(value, part)
    return value


def _read(path: Path, part: Part, data: Mapping[str, Json]) -> Json:
    try:
        return path.read(data)
    except PathError as error:
        place = key_place(part.expression, error.number)
        raise expression_failure(part, error.message, place) from None


def _text(text: Text, data: Mapping[str, Json], answers: Sequence[Json], budget: Budget) -> str:
    pieces: list[str] = []
    for piece in text.pieces:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        value = as_text(_part(piece, data, answers, budget))
        budget.take(len(value), piece)
        pieces.append(value)
    return "".join(pieces)


def as_text(value: Json) -> str:
    """A value as it stands in a template: null is nothing, numbers as written, objects and lists as JSON."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return str(value)
    return dump(value).decode()
