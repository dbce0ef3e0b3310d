"""Leads from a column of the program text of an expression back to the place in what the user wrote."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flowslot.flowlang.expressions import Expression, place_of_node, rewritten_tree
from flowslot.flowlang.expressions_nodes import key_at_end, span
from flowslot.flowlang.expressions_source import Place


def place_in_source(source: str, text: str, column: int) -> Place:
    """The place in `source` of what stands at a column (from 0) of `text`, the program text of the expression."""
    own = ast.parse(text, mode="eval").body
    found: tuple[int, int, ast.AST] | None = None
    for written, made in pairs(rewritten_tree(source), own):
        start, end = getattr(made, "col_offset", None), getattr(made, "end_col_offset", None)
        if start is None or end is None or not start <= column < end:
            continue
        if found is None or (start, -end) > (found[0], found[1]):
            found = (start, -end, written)
    return Place(1, 1) if found is None else place_of_node(source, found[2])


def place_of_method(source: str, text: str, node: ast.Attribute) -> Place:
    """The place in `source` of the name of a method that stands in the program text."""
    own = ast.parse(text, mode="eval").body
    for written, made in pairs(rewritten_tree(source), own):
        if isinstance(written, ast.Attribute) and span(made) == span(node):
            return place_of_node(source, key_at_end(written.attr, written))
    return place_in_source(source, text, node.col_offset)


def node_between(text: str, start: int, end: int) -> ast.expr | None:
    """The node of a program text that stands exactly between two columns (from 0), outermost first."""
    tree = ast.parse(text, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.expr) and (node.col_offset, node.end_col_offset) == (start, end):
            return node
    return None


def dotted(node: ast.expr) -> str:
    """A node of a program text as a user would write it: keys after dots."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        key = node.slice.value
        if isinstance(key, str) and key.isidentifier():
            return f"{dotted(node.value)}.{key}"
        return f"{dotted(node.value)}[{key!r}]"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return f"{dotted(node.func.value)}.{node.func.attr}(…)"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return f"{node.func.id}(…)"
    if isinstance(node, ast.Name | ast.Constant):
        return ast.unparse(node)
    return "(…)"


def pairs(written: ast.AST, made: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """The nodes of two trees of one shape, side by side."""
    if type(written) is not type(made):
        return
    yield written, made
    for left, right in zip(ast.iter_child_nodes(written), ast.iter_child_nodes(made), strict=False):
        yield from pairs(left, right)


def key_place(expression: Expression, number: int) -> Place:
    """Where a key of an expression that is a path stands in its source."""
    node = ast.parse(expression.text, mode="eval").body
    chain: list[ast.Subscript] = []
    while isinstance(node, ast.Subscript):
        chain.append(node)
        node = node.value
    at = chain[-1 - number - (1 if dotted(node) == "steps" else 0)].slice
    return place_in_source(expression.source, expression.text, at.col_offset)
