"""The static check of code steps: their source, with the types of its inputs, as a program of its own.

Code may do with its inputs what it likes, so only what is wrong whatever it does is told.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flowslot.base.errors import Problem
from flowslot.flowlang.checker_stubs import STUBS
from flowslot.flowlang.checker_words import readable, type_in_words
from flowslot.flowlang.code_annotations import Annotated, annotated
from flowslot.flowlang.nearest import did_you_mean
from flowslot.flowlang.prelude_names import LISTED
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.sandbox_checks import CheckFailed, Diagnostic
from flowslot.flowlang.type_writer_rows import Rows

MAX_CHECKED = 200_000
"""Characters of code that are checked in one definition; what is beyond is not checked before it runs."""
IMPORTED = frozenset(("datetime", "date", "timedelta", "timezone", "Decimal", "math", "re"))
"""Names that code has to import, and expressions have."""
_UNKNOWN_KEY = re.compile(r'Unknown key "(.*?)" for TypedDict .*?(?:did you mean "(.*?)"\?)?$', re.DOTALL)
_NO_ATTRIBUTE = re.compile(r"Object of type `(.*)` has no attribute `(\w+)`")
_NAME = re.compile(r"`([\w.]+)`")
_PARAMETER = re.compile(r"required parameter `(\w+)` of [a-z ]*`(.*?)`")
_BETWEEN = re.compile(r"Operator `(.+?)` is not supported between (?:two )?objects of type `(.*?)`(?: and `(.*)`)?$")
_OURS = re.compile(r"^[TM]\d+\b")
_LOOSE = re.compile(r"\bobject\b|\bNone\b")


@dataclass(frozen=True, slots=True)
class CodeToCheck:
    """The source of a code step, and the questions for the types of its inputs."""

    source: str
    pointer: str
    inputs: Mapping[str, int]
    """The number of the line that tells the type of each input."""


def code_problems(
    codes: Sequence[CodeToCheck], told: Mapping[int, str], rows: Rows, sandbox: Sandbox
) -> Iterator[Problem]:
    """What is wrong in the sources, given what was told of the types of the inputs. Blocking."""
    left = MAX_CHECKED
    for code in codes:
        left -= len(code.source)
        if left < 0:
            return
        types = {name: told[number] for name, number in code.inputs.items() if number in told}
        yield from _checked(code, annotated(code.source, types, rows), sandbox)


def _checked(code: CodeToCheck, program: Annotated, sandbox: Sandbox) -> Iterator[Problem]:
    try:
        found = sandbox.check(program.text, STUBS)
    except CheckFailed:
        return
    source = _Source(code.source)
    yield from _not_here(code, source)
    for diagnostic in found:
        tell = _TELL.get(diagnostic.rule)
        line, column = program.place(diagnostic.line, diagnostic.column)
        node = source.node(line, program.place(diagnostic.line, diagnostic.end_column)[1], column)
        message = None if tell is None or line < 1 else tell(source, node, diagnostic)
        if message is not None:
            line, column = source.shown(node, diagnostic, line=line, column=column)
            yield Problem(code.pointer, "code_problem", message, line=line, column=column)


class _Source:
    """The source as its author wrote it."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._tree = ast.parse(text)
        self.names = {each.id for each in ast.walk(self._tree) if isinstance(each, ast.Name)}
        self.names |= {each.arg for each in ast.walk(self._tree) if isinstance(each, ast.arg)}
        self.added = set(_added(self._tree))
        """Fields that the code gives to some object: they may be anywhere."""

    def node(self, line: int, end: int, column: int) -> ast.expr | None:
        """The expression that stands at a place (from 1), or that a key at that place is for."""
        for each in ast.walk(self._tree):
            if isinstance(each, ast.Subscript) and self._place(each.slice) == (line, column):
                return each
        for each in ast.walk(self._tree):
            if isinstance(each, ast.expr) and self._place(each) == (line, column) and self._end(each) == (line, end):
                return each
        return None

    def shown(self, node: ast.expr | None, diagnostic: Diagnostic, *, line: int, column: int) -> tuple[int, int]:
        """The place to show: of an attribute its name."""
        if isinstance(node, ast.Attribute) and diagnostic.rule == "unresolved-attribute":
            last_line, last_column = self._end(node)
            return last_line, last_column - len(node.attr)
        return line, column

    def _place(self, node: ast.expr) -> tuple[int, int]:
        return node.lineno, self._column(node.lineno, node.col_offset)

    def _end(self, node: ast.expr) -> tuple[int, int]:
        return node.end_lineno or 0, self._column(node.end_lineno or 1, node.end_col_offset or 0)

    def _column(self, line: int, offset: int) -> int:
        return len(self._lines[line - 1].encode()[:offset].decode(errors="ignore")) + 1

    def unbound(self) -> Iterator[tuple[str, int, int]]:
        """The names that are read and nowhere given a value, with their first place."""
        bound, seen = set(_bound(self._tree)), set[str]()
        for each in ast.walk(self._tree):
            if isinstance(each, ast.Name) and each.id not in bound | seen:
                seen.add(each.id)
                yield (each.id, *self._place(each))


def _bound(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name


def _not_here(code: CodeToCheck, source: _Source) -> Iterator[Problem]:
    """Names that the checker knows from expressions, and code has not got."""
    for name, line, column in source.unbound():
        if name in IMPORTED:
            message = f"There is no name {name!r} here; import it first."
        elif name in LISTED and not hasattr(builtins, name):
            message = f"{name} is for expressions; code has Python's own modules."
        else:
            continue
        yield Problem(code.pointer, "code_problem", message, line=line, column=column)


def _added(tree: ast.AST) -> Iterator[object]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            yield getattr(node.slice, "value", None)
        elif isinstance(node, ast.Dict):
            yield from (getattr(key, "value", None) for key in node.keys)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            yield getattr(node.args[0], "value", None)  # .setdefault("total", …)


def _field_of(node: ast.expr | None) -> object:
    """The name of the field that an expression reads; None when it reads none."""
    found = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value
    return found if isinstance(found, str) else None


# ---------------------------------------------------------------- in words


def _tell_key(source: _Source, node: ast.expr | None, diagnostic: Diagnostic) -> str | None:
    found = _UNKNOWN_KEY.search(diagnostic.message)
    if found is None or not isinstance(node, ast.Subscript) or found[1] in source.added:
        return None
    near = f" Did you mean {found[2]!r}?" if found[2] else ""
    return f"There is no field {found[1]!r} in {ast.unparse(node.value)}.{near}"


def _tell_attribute(source: _Source, node: ast.expr | None, diagnostic: Diagnostic) -> str | None:
    if not isinstance(node, ast.Attribute) or _field_of(node.value) in source.added:
        return None
    base = ast.unparse(node.value)
    if " on `None` in union" in diagnostic.message:
        return None if _field_of(node.value) is None else f"{base} may be null; check it first."
    found = _NO_ATTRIBUTE.search(diagnostic.message)
    if found is None or _LOOSE.search(found[1]):
        return None
    if _OURS.search(found[1]):
        return f"{base} is an object, and in code its fields stand in brackets: {base}[{node.attr!r}]."
    return f"{base} is {type_in_words(found[1])}, and that has no .{found[2]}."


def _tell_name(source: _Source, node: ast.expr | None, diagnostic: Diagnostic) -> str | None:
    found = _NAME.search(diagnostic.message)
    if found is None:
        return None
    return f"There is no name {found[1]!r} here.{did_you_mean(found[1], sorted(source.names - {found[1]}))}"


def _tell_module(source: _Source, node: ast.expr | None, diagnostic: Diagnostic) -> str | None:
    found = _NAME.search(diagnostic.message)
    return None if found is None else f"The sandbox has no module {found[1]!r}."


def _tell_operator(source: _Source, node: ast.expr | None, diagnostic: Diagnostic) -> str | None:
    found = _BETWEEN.search(diagnostic.message)
    if found is None or found[1] in ("|", "|=") or _LOOSE.search(diagnostic.message):
        return None
    parts = [] if node is None else [_field_of(each) for each in ast.walk(node) if isinstance(each, ast.expr)]
    if source.added.intersection(filter(None, parts)):
        return None
    one, other = type_in_words(found[2]), type_in_words(found[3] or found[2])
    return f"{found[1]} cannot stand between {one} and {other}."


def _tell_argument(source: _Source, node: ast.expr | None, diagnostic: Diagnostic) -> str | None:
    found = _PARAMETER.search(diagnostic.message)
    return (
        readable(diagnostic.message)
        if found is None
        else f"This call leaves out the parameter {found[1]!r} of {found[2]}."
    )


_TELL: dict[str, Callable[[_Source, ast.expr | None, Diagnostic], str | None]] = {
    "invalid-key": _tell_key,
    "unresolved-attribute": _tell_attribute,
    "unresolved-reference": _tell_name,
    "unresolved-import": _tell_module,
    "unsupported-operator": _tell_operator,
    "missing-argument": _tell_argument,
    "too-many-positional-arguments": _tell_argument,
    "unknown-argument": _tell_argument,
}
