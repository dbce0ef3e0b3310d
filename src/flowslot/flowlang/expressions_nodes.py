"""Small things done with nodes of a syntax tree: new nodes at the place of old ones, and what a node is."""

from __future__ import annotations

import ast
from typing import TypeVar

Node = TypeVar("Node", bound=ast.AST)


def at(node: Node, old: ast.AST) -> Node:
    """A new node, at the place of the one it stands for."""
    return ast.copy_location(node, old)


def key_at_end(key: str, node: ast.Attribute) -> ast.Constant:
    """The key that an attribute becomes, at the place of its name: the last thing in the node."""
    found = ast.Constant(key)
    found.lineno = found.end_lineno = node.end_lineno or node.lineno
    found.end_col_offset = node.end_col_offset or node.col_offset
    found.col_offset = max(found.end_col_offset - len(node.attr.encode()), 0)
    return found


def span(node: ast.AST) -> tuple[int, int]:
    """The columns (from 0) that a node takes in a text of one line."""
    return getattr(node, "col_offset", -1), getattr(node, "end_col_offset", -1)


def is_text(text: str) -> bool:
    """Whether a text can be written in UTF-8: it holds no half of a surrogate pair."""
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def is_next_of_generator(node: ast.Call) -> bool:
    """Whether a call is `next(x for x in …)`."""
    is_next = isinstance(node.func, ast.Name) and node.func.id == "next"
    return is_next and bool(node.args) and isinstance(node.args[0], ast.GeneratorExp)
