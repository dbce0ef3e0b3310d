"""The program for the checker while it is written: its lines, and which expression stands in which of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword

from flowslot.flowlang.checker_forms import needs_forms, with_forms
from flowslot.flowlang.sandbox_checks import Diagnostic
from flowslot.flowlang.schema_types import SchemaTypes
from flowslot.flowlang.values_tree import Part

_HEADER = "from typing import Any, Literal, TypedDict, cast as FS_cast, reveal_type as FS_reveal"
_REVEALED = re.compile(r"^Revealed type: `(.*)`$", re.DOTALL)
_NAMES = re.compile(r"[A-Za-z_]\w*")
_INDENT = "    "
_NO_FIELD = ("P_", "__")


@dataclass(frozen=True, slots=True)
class Row:
    """What a line of the program is for."""

    part: Part
    text: str
    """The part as it stands in the line: its program text, or with the forms for the checker."""
    column: int
    """Where it begins in the line, from 0."""
    about: str = ""
    """What the line asks, where it is not the expression itself: `item`, `fits` …"""
    wanted: str = ""
    """For `fits`: what is wanted, in words."""


class Rows:
    """Writes the program: one function with a line for each expression."""

    def __init__(self) -> None:
        self.types = SchemaTypes()
        self.rows: dict[int, Row] = {}
        """By number of the statement, from 0."""
        self._statements: list[str] = []
        self._makers: dict[tuple[str, ...], str] = {}
        self._maker_lines: list[str] = []
        self._count = 0

    def assign(self, value: str, *, name: str | None = None, row: Row | None = None) -> str:
        """A line that gives a value a name; the name."""
        if name is None:
            self._count += 1
            name = f"v{self._count}_"
        if row is not None:
            self.rows[len(self._statements)] = row
        self._statements.append(f"{_INDENT}{name} = {value}")
        return name

    def part(self, part: Part, *, names: Mapping[str, str]) -> str:
        """A line for an expression; the name of its value.

        `names` are those that other lines give other values. The checker takes all of these into account inside a
        lambda, so there they stand for the one of this line.
        """
        text = self.text_of(part)
        before, after = self._around(part, names)
        self._count += 1
        name = f"v{self._count}_"
        row = Row(part, text, len(f"{_INDENT}{name} = {before}"))
        return self.assign(f"{before}{text}{after}", name=name, row=row)

    @staticmethod
    def _around(part: Part, names: Mapping[str, str]) -> tuple[str, str]:
        if "Lambda" in part.expression.functions and names:
            return "[", "".join(f" for {name} in ({value},)" for name, value in names.items()) + "][0]"
        return "", ""

    def question(self, part: Part, text: str, *, names: Mapping[str, str]) -> tuple[int, int]:
        """A line with questions about an expression, whose text they stand in: its number, and where the text begins.

        The line belongs to nobody: what is wrong in it is no problem of the definition.
        """
        before, after = self._around(part, names)
        self._count += 1
        name = f"v{self._count}_"
        self.assign(f"{before}{text}{after}", name=name)
        return len(self._statements) - 1, len(f"{_INDENT}{name} = {before}")

    def text_of(self, part: Part) -> str:
        """The program text of an expression, with the forms for the checker where it has any."""
        expression = part.expression
        if not needs_forms(expression.functions):
            return expression.text
        return ast.unparse(with_forms(expression.text, self.maker))

    def ask(self, value: str, row: Row, *, wanted: str | None = None) -> str:
        """A line that asks something of a value: that an operation is possible, or that it has a type."""
        self._count += 1
        name = f"v{self._count}_"
        return self.assign(value, name=f"{name}: {wanted}" if wanted else name, row=row) and name

    def reveal(self, value: str) -> int:
        """A line that tells the type of a value; its number, for `types_told`."""
        self.assign(f"FS_reveal({value})")
        return len(self._statements) - 1

    def types_told(self, diagnostics: Iterable[Diagnostic]) -> Mapping[int, str]:
        """The types that lines of `reveal` told, by the number of the line."""
        first = len(self._before("")) + 1
        told = ((each.line - first, revealed(each)) for each in diagnostics)
        return {number: found for number, found in told if found is not None}

    def fields_of(self, maker: str) -> Sequence[str] | None:
        """The fields of the objects that a maker makes, by the name of their type."""
        return next((fields for fields, made in self._makers.items() if f"M{made[4:-1]}" == maker), None)

    def maker(self, fields: Sequence[str]) -> str:
        """The function that makes an object with these fields and keeps the type of each."""
        key = tuple(fields)
        if key not in self._makers:
            self._makers[key] = self._made(key, len(self._makers) + 1)
        return self._makers[key]

    def _made(self, fields: tuple[str, ...], number: int) -> str:
        name, kind = f"make{number}_", f"M{number}"
        if all(_is_plain(field) for field in fields):
            given = ", ".join(f"P_{place}" for place in range(len(fields)))
            self._maker_lines.append(f"class {kind}[{given}](TypedDict):")
            self._maker_lines.extend(f"    {field}: P_{place}" for place, field in enumerate(fields))
            parameters = ", ".join(f"p{place}: P_{place}" for place in range(len(fields)))
            self._maker_lines.append(f"def {name}[{given}]({parameters}) -> {kind}[{given}]: raise ValueError")
            return name
        written = ", ".join(f"{field!a}: Any" for field in fields)
        self._maker_lines.append(f"{kind} = TypedDict({kind!r}, {{{written}}})")
        self._maker_lines.append(f"def {name}(*values: object) -> {kind}: raise ValueError")
        return name

    def program(self, parameters: str) -> tuple[str, dict[int, Row]]:
        """The whole program, and what its lines (from 1) are for."""
        before = self._before(parameters)
        first = len(before) + 1
        text = "\n".join([*before, *(self._statements or [f"{_INDENT}pass"]), ""])
        return text, {first + number: row for number, row in self.rows.items()}

    def part_of_program(self, parameters: str, wanted: Iterable[int]) -> tuple[str, Mapping[int, int]]:
        """The program with only some statements and what their values are made of; its lines, with their statements."""
        kept: list[int] = []
        needed: set[str] = set()
        asked = set(wanted)
        for number in range(len(self._statements) - 1, -1, -1):
            name, _, value = self._statements[number].strip().partition(" = ")
            name = name.partition(":")[0]
            if number in asked or name in needed:
                kept.append(number)
                needed.discard(name)
                needed.update(_NAMES.findall(value or name))
        before = self._before(parameters)
        lines = [self._statements[number] for number in reversed(kept)] or [f"{_INDENT}pass"]
        places = {len(before) + 1 + place: number for place, number in enumerate(reversed(kept))}
        return "\n".join([*before, *lines, ""]), places

    def declarations(self) -> Sequence[str]:
        """What a program begins with: the types that it names."""
        return [_HEADER, *self.types.lines, *self._maker_lines]

    def _before(self, parameters: str) -> Sequence[str]:
        return [*self.declarations(), f"def flow({parameters}) -> None:"]


def _is_plain(field: str) -> bool:
    """Whether a field can stand in a class without quotes, and not be taken for a type there."""
    return field.isidentifier() and field.isascii() and not iskeyword(field) and not field.startswith(_NO_FIELD)


def revealed(diagnostic: Diagnostic) -> str | None:
    """The type that a diagnostic tells; None when it is about something else."""
    found = _REVEALED.search(diagnostic.message) if diagnostic.rule == "revealed-type" else None
    return None if found is None else found[1]
