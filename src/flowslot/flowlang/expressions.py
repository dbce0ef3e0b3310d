"""One expression: its text is read, checked against what the language allows, and rewritten for the sandbox."""

from __future__ import annotations

import ast
import re
import threading
import warnings
from dataclasses import dataclass
from functools import lru_cache
from keyword import kwlist

from flowslot.flowlang.expressions_rewrite import Rewriter
from flowslot.flowlang.expressions_source import (
    MAX_SOURCE,
    ExpressionError,
    Place,
    place_at,
    refuse_unbalanced,
)
from flowslot.flowlang.habits import sign_meant
from flowslot.flowlang.paths import Path, path_of

_NONE_SUCH = (SyntaxError, ValueError, MemoryError, RecursionError)
_KEYWORD_AS_KEY = re.compile(rf"\.\s*({'|'.join(kwlist)})\b")
_parsing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression ready for the sandbox."""

    source: str
    """As the user wrote it, without the leading `=` or the braces."""
    text: str
    """One line of ASCII that means the same, with dots on data rewritten to keys."""
    roots: frozenset[str]
    """The data it reads: `trigger`, `steps.total`, `item` …"""
    functions: frozenset[str]
    """What it uses: listed functions, `.method`, the prelude's own names, `Dict`, `Set`, `Tuple`, `Lambda`."""
    path: Path | None
    """Set when the expression only follows keys and positions, so that no sandbox is needed."""


@lru_cache(maxsize=1024)
def read_expression(source: str) -> Expression:
    """The expression that a source text (without the leading `=`) is. Raises ExpressionError with the place."""
    tree, rewriter = _rewritten(source)
    path = path_of(tree, rewriter.roots)
    text = _unparsed(tree) if path is None else path.text
    return Expression(source, text, frozenset(rewriter.roots), frozenset(rewriter.functions), path)


def place_of_root(source: str, root: str) -> Place:
    """Where a root stands first in a source that was read before."""
    node = _rewritten(source)[1].roots.get(root)
    return Place(1, 1) if node is None else place_of_node(source, node)


def rewritten_tree(source: str) -> ast.expr:
    """The rewritten tree of a source that was read before; it stands one line further down than the source."""
    return _rewritten(source)[0]


def place_of_node(source: str, node: ast.AST) -> Place:
    """Where a node of a tree of `source` begins."""
    lines = source.split("\n")
    line = getattr(node, "lineno", 2) - 1  # the tree is of the source in brackets, which take a line of their own
    if not 1 <= line <= len(lines):
        return place_at(source, len(source))
    before = lines[line - 1].encode()[: getattr(node, "col_offset", 0)]
    return Place(line, len(before.decode(errors="replace")) + 1)


def _rewritten(source: str) -> tuple[ast.expr, Rewriter]:
    if len(source) > MAX_SOURCE:
        message = f"An expression may have at most {MAX_SOURCE} characters; this one has {len(source)}."
        raise ExpressionError(message, Place(1, 1))
    tree = _parsed(source)
    rewriter = Rewriter(lambda node: place_of_node(source, node))
    return rewriter.visit(tree), rewriter


def _parsed(source: str) -> ast.expr:
    refuse_unbalanced(source)
    try:
        with _parsing, warnings.catch_warnings():  # one at a time: the filters are shared by all threads
            warnings.simplefilter("ignore")
            tree = ast.parse(f"(\n{source}\n)", mode="eval").body
    except _NONE_SUCH as error:
        raise _why_not(source, error) from None
    if tree.lineno == 1 and (isinstance(tree, ast.GeneratorExp) or not getattr(tree, "elts", True)):
        raise _why_not(source, SyntaxError("invalid syntax"))  # only the brackets put round it made it one
    return tree


def _why_not(source: str, error: Exception) -> ExpressionError:
    if not source.strip():
        return ExpressionError("Write an expression here, for example trigger.total > 100.", Place(1, 1))
    if isinstance(error, MemoryError | RecursionError):
        return ExpressionError("The expression nests too deep; split it into steps.", Place(1, 1))
    if not isinstance(error, SyntaxError):
        return ExpressionError(f"This is not an expression: {error}.", Place(1, 1))
    line = (error.lineno or 2) - 1
    if line > source.count("\n") + 1:
        return ExpressionError("The expression ends too early.", place_at(source, len(source)))
    place = Place(max(line, 1), max(error.offset or 1, 1))
    keyword = _KEYWORD_AS_KEY.search(source)
    if keyword is not None:
        word = keyword[1]
        message = f"{word!r} is a word of Python and cannot stand after a dot; write [{word!r}] for .{word}."
        return ExpressionError(message, place_at(source, keyword.start()))
    why = sign_meant(source) or error.msg.partition(" (")[0].rstrip(".?")
    return ExpressionError(f"This is not an expression: {why}.", place)


def _unparsed(tree: ast.expr) -> str:
    """The tree as one line; characters beyond ASCII can only stand in texts, where they are escaped."""
    return ast.unparse(tree).encode("ascii", "backslashreplace").decode()
