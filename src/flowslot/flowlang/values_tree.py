"""A value tree with its expressions read: the JSON itself, with a Part or Text wherever a text was more than itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.flowlang.expressions import Expression, read_expression
from flowslot.flowlang.expressions_source import ExpressionError, Place
from flowslot.flowlang.pointers import escaped
from flowslot.flowlang.templates import Template, Written, read_text

LOOP_NAMES = frozenset(("item", "index", "key"))
"""What a mapping adds to the scope of `to` and `where`."""


@dataclass(frozen=True, slots=True)
class Part:
    """One expression of a tree."""

    expression: Expression
    pointer: str
    """Where the text that holds it stands."""
    start: Place
    """Where it begins in that text."""
    slot: int | None
    """Its number among what the sandbox answers; None when the host reads it itself."""
    is_text: bool = False
    """Whether it stands in a template, so that its value is wanted as a text."""


@dataclass(frozen=True, slots=True)
class Text:
    """A template: texts and parts to be joined."""

    pieces: tuple[str | Part, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Stands for an expression that cannot be read, where the rest of its tree is of use."""


Tree: TypeAlias = Json
"""JSON with a Part or a Text in places; a dict or list without any is as it was written."""


@dataclass(frozen=True, slots=True)
class MapTree:
    """A mapping: `to` for each item of `over` for which `where` is true."""

    over: Tree
    to: Tree
    where: Tree
    over_in_host: bool
    """Whether the host knows the items, so that the sandbox need only say what it was asked about them."""
    constant_size: int
    """Bytes that the constant parts of `to` take for each item."""


class TreeReader:
    """Reads trees: numbers the parts that the sandbox has to answer, and collects what is wrong."""

    def __init__(self, *, sandboxed: frozenset[str] | None = frozenset(), unreadable: Tree = "") -> None:
        self.problems: list[Problem] = []
        self._unreadable = unreadable
        """What stands for an expression that cannot be read."""
        self.slots = 0
        self._sandboxed = sandboxed
        """Roots that only the sandbox knows; None leaves everything to the sandbox."""

    def read(self, values: Json, pointer: str) -> Tree:
        """The tree of a value that stands at `pointer`."""
        if isinstance(values, str):
            return self._text(values, pointer)
        if isinstance(values, dict):
            return {key: self.read(value, f"{pointer}/{escaped(key)}") for key, value in values.items()}
        if isinstance(values, list):
            return [self.read(value, f"{pointer}/{number}") for number, value in enumerate(values)]
        return values

    def _text(self, text: str, pointer: str) -> Tree:
        try:
            found = read_text(text)
        except ExpressionError as error:
            self.problems.append(error.problem(pointer, Place(1, 1)))
            return self._unreadable
        if isinstance(found, Written):
            return self._part(found, pointer, is_text=False)
        if isinstance(found, Template):
            pieces = [
                each if isinstance(each, str) else self._part(each, pointer, is_text=True) for each in found.parts
            ]
            return Text(tuple(pieces))
        return found

    def _piece(self, piece: str | Written, pointer: str) -> str | Part:
        return piece if isinstance(piece, str) else self._part(piece, pointer, is_text=True)

    def _part(self, written: Written, pointer: str, *, is_text: bool) -> Tree:
        try:
            expression = read_expression(written.source)
        except ExpressionError as error:
            self.problems.append(error.problem(pointer, written.start))
            return "" if is_text else self._unreadable
        slot = None if self._in_host(expression) else self.slots
        if slot is not None:
            self.slots += 1
        return Part(expression, pointer, written.start, slot, is_text)

    def _in_host(self, expression: Expression) -> bool:
        path = expression.path
        return path is not None and self._sandboxed is not None and path.root not in self._sandboxed


def parts_in(tree: Tree) -> Iterator[Part]:
    """The expressions of a tree in the order they stand."""
    if isinstance(tree, Part):
        yield tree
    elif isinstance(tree, Text):
        yield from (piece for piece in tree.pieces if isinstance(piece, Part))
    elif isinstance(tree, dict):
        for value in tree.values():
            yield from parts_in(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from parts_in(value)
