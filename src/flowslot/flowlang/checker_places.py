"""Where a diagnostic of the type checker points: from a column of the checked program to the user's own text."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace

from flowslot.flowlang.checker_forms import Maker, needs_forms, with_forms
from flowslot.flowlang.expressions_nodes import span
from flowslot.flowlang.expressions_places import dotted, node_between, pairs, place_in_source, place_of_method
from flowslot.flowlang.expressions_source import Place
from flowslot.flowlang.type_writer_rows import Row


@dataclass(frozen=True, slots=True)
class At:
    """A node of the program text of an expression, and the column it begins at (from 0)."""

    row: Row
    node: ast.expr | None
    column: int
    is_key: bool = False
    """Whether the key of this subscript is meant, rather than the whole."""

    @property
    def base(self) -> str:
        """What stands before the key or the method, as the user would write it."""
        node = self._named()
        return dotted(node.value) if isinstance(node, ast.Subscript | ast.Attribute) else "this"

    @property
    def text(self) -> str:
        """The node itself, as the user would write it."""
        return "this" if self.node is None else dotted(self.node)

    def member(self, name: str) -> str:
        """A name after a dot: a method where it is called."""
        return f".{name}()" if isinstance(self.node, ast.Call) or self._is_called() else f".{name}"

    def key_of(self) -> At:
        """The subscript that this node stands before."""
        for node in ast.walk(ast.parse(self.row.part.expression.text, mode="eval")):
            if isinstance(node, ast.Subscript) and self.node is not None and span(node.value) == span(self.node):
                return replace(self, node=node, is_key=True)
        return self

    def place(self, *, of_key: bool) -> Place:
        """The place in the user's text: of the key or method that the node ends with, or of where it begins."""
        source, text = self.row.part.expression.source, self.row.part.expression.text
        node = self._named() if of_key else None
        if isinstance(node, ast.Attribute):
            return place_of_method(source, text, node)
        return place_in_source(source, text, node.slice.col_offset if isinstance(node, ast.Subscript) else self.column)

    def _named(self) -> ast.expr | None:
        return self.node.func if isinstance(self.node, ast.Call) else self.node

    def _is_called(self) -> bool:
        for node in ast.walk(ast.parse(self.row.part.expression.text, mode="eval")):
            if isinstance(node, ast.Call) and self.node is not None and span(node.func) == span(self.node):
                return True
        return False


def located(row: Row, start: int, end: int, maker: Maker) -> At:
    """What stands between two columns (from 0) of the text of a row."""
    expression = row.part.expression
    if needs_forms(expression.functions):
        start, end = _before_forms(row, start, end, maker)
    return At(row, _subscript_at(expression.text, start) or node_between(expression.text, start, end), start)


def _before_forms(row: Row, start: int, end: int, maker: Maker) -> tuple[int, int]:
    """Columns of the program text, from columns of the text with the forms for the checker."""
    own = ast.parse(row.text, mode="eval").body
    found: list[tuple[int, tuple[int, int]]] = []
    for made, written in pairs(with_forms(row.part.expression.text, maker), own):
        first, last = span(written)
        if (first, last) == (start, end):
            return span(made)
        if first <= start < last:
            found.append((last - first, span(made)))
    return min(found)[1] if found else (0, 0)


def _subscript_at(text: str, column: int) -> ast.expr | None:
    """The subscript whose key stands at a column."""
    for node in ast.walk(ast.parse(text, mode="eval")):
        if isinstance(node, ast.Subscript) and node.slice.col_offset == column:
            return node
    return None
