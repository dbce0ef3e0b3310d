"""The program of a value tree: all its expressions in one text for the sandbox, each on a line of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flowslot.flowlang.prelude import chunks_for, prelude
from flowslot.flowlang.values_tree import LOOP_NAMES, MapTree, Part, Text, Tree, parts_in

SECONDS = 1.0
"""How long the expressions of a step may take; a mapping evaluates the same ones over and over."""

_STRICT = ", allow_nan=False, ensure_ascii=False, separators=(',', ':')"

_NOT_PLAIN = ("except (TypeError, ValueError):", "    _out = None", "if _out is None:")
"""What follows is not in the handler itself: there the sandbox tells the wrong line of a further error."""


@dataclass(frozen=True, slots=True)
class Program:
    """What the sandbox runs. It reads the JSON text `_in` and its last line is the JSON text of the answers."""

    text: str
    body: str
    """The text without the prelude."""
    parts: Mapping[int, tuple[Part, int]]
    """By line (from 1): the expression that stands there and the column (from 0) where it begins."""
    roots: frozenset[str]
    """The data it is sent."""
    asks_zones: bool
    """Whether it may ask the host for the rules of a time zone."""
    seconds: float
    is_map: bool


def values_program(parts: Sequence[Part]) -> Program | None:
    """The program that answers the parts of a value tree, a list in their order; None when there are none."""
    asked = [part for part in parts if part.slot is not None]
    if not asked:
        return None
    lines = _Lines(asked)
    names = [lines.part(part) for part in asked]
    lines.give(names)
    return lines.program(is_map=False)


def map_program(tree: MapTree) -> Program | None:
    """The program of a mapping: for each item kept `[index, answers…]`, and the keys where the host knows no items."""
    inside = [*parts_in(tree.to), *parts_in(tree.where)]
    asked = [part for part in (*parts_in(tree.over), *inside) if part.slot is not None]
    if not asked and tree.over_in_host:
        return None
    lines = _Lines([*parts_in(tree.over), *(part for part in inside if part.slot is not None)], loop=inside)
    lines.add(f"_over = {lines.value(tree.over)}")
    lines.add("_rows = []")
    lines.attributed("for index, (key, item) in enumerate(_pairs(_over)):", next(parts_in(tree.over), None))
    if tree.where is not True:
        lines.add(f"    if not {lines.value(tree.where, indent='    ')}:", "        continue")
    names = [lines.part(part, indent="    ") for part in parts_in(tree.to) if part.slot is not None]
    lines.add(f"    _rows.append([{', '.join(['index', *names])}])")
    lines.give_rows(names, keys="None" if tree.over_in_host else "_keys(_over)")
    return lines.program(is_map=True)


class _Lines:
    """The lines of a program while it is written."""

    def __init__(self, parts: Iterable[Part], *, loop: Sequence[Part] = ()) -> None:
        parts = list(parts)
        outer = frozenset(root for part in parts if part not in loop for root in part.expression.roots)
        inner = frozenset(root for part in parts if part in loop for root in part.expression.roots)
        self._roots = outer | (inner - LOOP_NAMES)
        used = frozenset(name for part in parts for name in part.expression.functions)
        more = {"_text"} if any(part.is_text for part in parts) else set()
        self._chunks = chunks_for(used | more | ({"_pairs"} if loop else set()))
        self._lines = prelude(self._chunks).split("\n")
        self._prelude = len(self._lines)
        self._parts: dict[int, tuple[Part, int]] = {}
        self._count = 0
        self._read_data()

    def _read_data(self) -> None:
        self.add("_data = _j.loads(_in)")
        steps = sorted(root for root in self._roots if root.startswith("steps."))
        self.add(*(f"{root} = _data[{root!r}]" for root in sorted(self._roots - set(steps))))
        if steps:
            self.add(f"steps = {{{', '.join(f'{root[6:]!r}: _data[{root!r}]' for root in steps)}}}")

    def add(self, *lines: str) -> None:
        self._lines.extend(lines)

    def attributed(self, line: str, part: Part | None) -> None:
        """A line whose failure is that of a part."""
        self.add(line)
        if part is not None:
            self._parts[len(self._lines)] = (part, -1)

    def part(self, part: Part, *, indent: str = "") -> str:
        """A line that computes a part; the name of its value."""
        name = f"_v{self._count}"
        self._count += 1
        before = f"{indent}{name} = _text(" if part.is_text else f"{indent}{name} = ("
        self.add(f"{before}{part.expression.text})")
        self._parts[len(self._lines)] = (part, len(before))
        return name

    def value(self, tree: Tree, *, indent: str = "") -> str:
        """A Python expression for a whole tree, with a line before it for each part."""
        if isinstance(tree, Part):
            return self.part(tree, indent=indent)
        if isinstance(tree, Text):
            pieces = [ascii(each) if isinstance(each, str) else self.part(each, indent=indent) for each in tree.pieces]
            return f"''.join(({', '.join(pieces)},))"
        if isinstance(tree, dict):
            return f"{{{', '.join(f'{key!a}: {self.value(each, indent=indent)}' for key, each in tree.items())}}}"
        if isinstance(tree, list):
            return f"[{', '.join(self.value(each, indent=indent) for each in tree)}]"
        return repr(float(tree)) if isinstance(tree, Decimal) else ascii(tree)

    def give(self, names: Sequence[str]) -> None:
        """Ends with the values as JSON; when they are not plain JSON, one by one, so that a failure has its place."""
        self.add("try:", f"    _out = _j.dumps([{', '.join(names)}]{_STRICT})")
        self.add(*_NOT_PLAIN, "    _out = '['")
        parts = list(self._parts.values())[-len(names) :]
        for number, (name, place) in enumerate(zip(names, parts, strict=True)):
            self._text_of(name, place, indent="    ", comma=bool(number))
        self.add("    _out = _out + ']'", "_out")

    def give_rows(self, names: Sequence[str], *, keys: str) -> None:
        """Ends with the rows of a mapping as JSON, and its keys."""
        parts = list(self._parts.values())[len(self._parts) - len(names) :]
        self.add("try:", f"    _out = _j.dumps(_rows{_STRICT})")
        self.add(*_NOT_PLAIN, "    _out = '['", "    for _row in _rows:")
        self.add("        _out = _out + (',[' if len(_out) > 1 else '[') + _json(_row[0])")
        for number, place in enumerate(parts):
            self._text_of(f"_row[{number + 1}]", place, indent="        ", comma=True)
        self.add("        _out = _out + ']'", "    _out = _out + ']'")
        self.add(f"'{{\"keys\":' + _json({keys}) + ',\"rows\":' + _out + '}}'")

    def _text_of(self, value: str, place: tuple[Part, int], *, indent: str, comma: bool) -> None:
        self.attributed(f"{indent}_out = _out + {repr(',') + ' + ' if comma else ''}_json({value})", place[0])

    def program(self, *, is_map: bool) -> Program:
        text, body = "\n".join(self._lines), "\n".join(self._lines[self._prelude :])
        return Program(text, body, self._parts, self._roots, "_zone" in self._chunks, SECONDS, is_map)
