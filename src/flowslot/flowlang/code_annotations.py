"""The source of a code step as the checker reads it: its parameters have the types of its inputs."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from flowslot.flowlang.type_writer_rows import Rows

_KNOWN = frozenset(("str", "int", "float", "bool", "list", "dict", "Any"))


@dataclass(frozen=True, slots=True)
class Annotated:
    """A program, and where each of its places stands in the source it was made from."""

    text: str
    before: int
    """Lines before those of the source."""
    inserted: tuple[tuple[int, int, int], ...]
    """What was put into lines of the source: line and column (from 1) in the source, and how many characters."""

    def place(self, line: int, column: int) -> tuple[int, int]:
        """Line and column in the source; the line is below 1 for what does not stand in it."""
        own = line - self.before
        for inserted, at, length in self.inserted:
            if inserted == own and column > at:
                column = max(at, column - length)
        return own, column


def annotated(source: str, types: Mapping[str, str], rows: Rows) -> Annotated:
    """The program of a source, given the types of its inputs as the checker told them."""
    told = {name: kind for name, text in types.items() if (kind := _as_annotation(text, rows)) is not None}
    numbers = {name: f"FS_input{number}" for number, name in enumerate(told)}
    lines = source.split("\n")
    inserted: list[tuple[int, int, int]] = []
    for parameter in reversed(_bare_parameters(source)):
        if parameter.arg in told:
            line, end = lines[parameter.lineno - 1], parameter.end_col_offset or 0
            column = len(line.encode()[:end].decode())
            lines[parameter.lineno - 1] = f"{line[:column]}: {numbers[parameter.arg]}{line[column:]}"
            inserted.append((parameter.lineno, column + 1, len(numbers[parameter.arg]) + 2))
    before = [*rows.declarations(), *(f"{numbers[name]} = {kind}" for name, kind in told.items())]
    return Annotated("\n".join([*before, *lines]), len(before), tuple(reversed(inserted)))


def _bare_parameters(source: str) -> list[ast.arg]:
    """The parameters of main that say nothing of their type, in the order they stand."""
    mains = (each for each in ast.parse(source).body if isinstance(each, ast.FunctionDef) and each.name == "main")
    found = [each for main in mains for each in (*main.args.args, *main.args.kwonlyargs)]
    return [each for each in found if each.annotation is None]


def _as_annotation(told: str, rows: Rows) -> str | None:
    """A type that a program can name; None for one that it cannot. What is one text is any text."""
    try:
        tree = _Widened().visit(ast.parse(told, mode="eval")).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    names = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
    if any(name not in _KNOWN and rows.fields_of(name) is None and name not in rows.types.objects for name in names):
        return None
    return ast.unparse(tree)


class _Widened(ast.NodeTransformer):
    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        if isinstance(node.value, ast.Name) and node.value.id == "Literal":
            values = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            kinds = {type(each.value).__name__ if isinstance(each, ast.Constant) else "int" for each in values}
            return ast.parse(" | ".join(sorted(kinds)).replace("NoneType", "None"), mode="eval").body
        return ast.Subscript(self.visit(node.value), self.visit(node.slice), ast.Load())

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name("Any", ast.Load()) if node.id == "Unknown" else node
