"""Types that the checker told, for hints: as words, as fields, and as methods."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from keyword import iskeyword

from flowslot.domain.hints import HintItem
from flowslot.flowlang.hints_methods import METHODS_OF, OBJECT_METHODS
from flowslot.flowlang.type_writer_rows import Rows

_OURS = re.compile(r"[TM]\d+")
_PLAIN = {"Unknown": "Any", "LiteralString": "str", "Never": "Any"}
MAX_SHOWN = 200
"""Characters of a type that are shown."""


def shown(told: str) -> str:
    """A type as it is shown: objects with known fields are `object`."""
    try:
        text = ast.unparse(_Shown().visit(ast.parse(told.replace("*", ""), mode="eval")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        text = "Any"
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"


class _Shown(ast.NodeTransformer):
    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name("object" if _OURS.fullmatch(node.id) else _PLAIN.get(node.id, node.id))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if isinstance(node.value, ast.Name) and _OURS.fullmatch(node.value.id):
            return ast.Name("object")
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return self.visit(node.left) if isinstance(node.op, ast.BitAnd) else self.generic_visit(node)


class Members:
    """What may stand after a value of a type."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def after_dot(self, told: str) -> Sequence[HintItem]:
        """Fields with names that can stand there, then methods."""
        fields = [each for each in self.fields(told) if each.label.isidentifier() and not iskeyword(each.label)]
        return [*fields, *self._methods(told)]

    def keys(self, told: str, *, quoted: bool = False) -> Sequence[HintItem]:
        """Keys as they stand in brackets."""
        found = self.fields(told)
        if not quoted:
            return found
        return [HintItem(_quoted(each.label), each.kind, each.type, each.about) for each in found]

    def fields(self, told: str) -> Sequence[HintItem]:
        """The known fields of an object; of one of several types those of all."""
        found: dict[str, HintItem] = {}
        for node in _alternatives(told):
            for field, kind, about in self._fields_of(node):
                found.setdefault(field, HintItem(field, "field", shown(kind), about))
        return list(found.values())

    def about(self, told: str, field: str) -> str:
        """What the schema says of a field."""
        return next((each.about for each in self.fields(told) if each.label == field), "")

    def _fields_of(self, node: ast.expr) -> Iterator[tuple[str, str, str]]:
        name, given = _name_of(node)
        if name in self._rows.types.objects:
            about: Mapping[str, str] = self._rows.types.about.get(name, {})
            for field, kind in self._rows.types.objects[name][0].items():
                yield field, kind, about.get(field, "")
            return
        for number, field in enumerate(self._rows.fields_of(name) or ()):
            yield field, given[number] if number < len(given) else "Any", ""

    def _methods(self, told: str) -> Sequence[HintItem]:
        found: dict[str, HintItem] = {}
        for node in _alternatives(told):
            name = "str" if _is_text(node) else _name_of(node)[0].rpartition(".")[2]
            methods = OBJECT_METHODS if _OURS.fullmatch(name) else METHODS_OF.get(name, ())
            for each in methods:
                found.setdefault(each.name, HintItem(each.name, each.kind, each.type, each.about))
        return list(found.values())


def _alternatives(told: str) -> Iterator[ast.expr]:
    """The types that a type is one of, None left out."""
    try:
        waiting = [ast.parse(told.replace("*", ""), mode="eval").body]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.BinOp):
            waiting[:0] = [node.left, node.right] if isinstance(node.op, ast.BitOr) else [node.left]
        elif not (isinstance(node, ast.Constant) and node.value is None):
            yield node


def _name_of(node: ast.expr) -> tuple[str, Sequence[str]]:
    """The name of a type and what it is made of."""
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return ast.unparse(node.value), [ast.unparse(each) for each in inner]
    return ast.unparse(node), ()


def _is_text(node: ast.expr) -> bool:
    if not (isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal"):
        return False
    first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
    return isinstance(first, ast.Constant) and isinstance(first.value, str)


def _quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
