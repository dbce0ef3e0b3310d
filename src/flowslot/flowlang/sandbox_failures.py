"""Says what went wrong in the sandbox as a failure of the step: in words, at the place in what the user wrote."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from flowslot.base.json_text import Json
from flowslot.domain.runs import RunError
from flowslot.flowlang.expressions_places import dotted, node_between, place_in_source
from flowslot.flowlang.expressions_source import Place
from flowslot.flowlang.kinds import StepFailure
from flowslot.flowlang.nearest import did_you_mean
from flowslot.flowlang.paths import PathError, path_of
from flowslot.flowlang.sandbox_pool import MAX_MEMORY
from flowslot.flowlang.values_failures import MAX_MESSAGE, expression_failure, of_item
from flowslot.flowlang.values_program import Program
from flowslot.flowlang.values_tree import LOOP_NAMES, Part

if TYPE_CHECKING:
    from pydantic_monty import Frame, MontyError

MAX_KEYS = 2000
"""Keys of the data that are looked through for the nearest right one."""

_NO_KEY = ("KeyError", "IndexError", "TypeError")


def evaluation_failure(
    error: MontyError, program: Program, data: Mapping[str, Json], *, item: int | None
) -> StepFailure:
    """The failure of a program of expressions; `item` is the number of the item that a mapping was at."""
    from pydantic_monty import MontyRuntimeError, MontySyntaxError

    if not isinstance(error, MontyRuntimeError | MontySyntaxError):
        return program_failure(program, "The expression was stopped: it took too much time or memory.")
    kind, message = _said(error)
    limit = _limit(kind, program.seconds)
    at = _place(error.traceback(), program)
    if limit is not None or at is None:
        return program_failure(program, limit or _sentence(kind, message))
    part, start, end = at
    known = {root: value for root, value in data.items() if not (program.is_map and root in LOOP_NAMES)}
    told, place = _told(part, start, end, kind, message, known)
    failure = expression_failure(part, told, place)
    return failure if item is None else of_item(failure, item)


def is_timeout(error: MontyError) -> bool:
    """Whether a program was stopped for taking too long."""
    from pydantic_monty import MontyRuntimeError

    return isinstance(error, MontyRuntimeError) and isinstance(error.exception(), TimeoutError)


def program_failure(program: Program, message: str) -> StepFailure:
    """The failure of a program as a whole; with a place when only one text of the definition can have caused it."""
    parts = {part.pointer: part for part, _ in program.parts.values()}
    return expression_failure(next(iter(parts.values())) if len(parts) == 1 else None, message)


def code_failure(error: MontyError, *, seconds: float) -> StepFailure:
    """The failure of a code step, with the line of the code."""
    from pydantic_monty import MontyRuntimeError, MontySyntaxError

    if not isinstance(error, MontyRuntimeError | MontySyntaxError):
        return StepFailure(RunError("code_error", "The code was stopped: it took too much time or memory."))
    kind, message = _said(error)
    code = "timeout" if kind == "TimeoutError" else "code_error"
    told = _limit(kind, seconds) or f"{kind}: {message}"
    for frame in reversed(error.traceback()):
        if frame.filename.endswith("-0>"):  # the first thing fed is the user's code; what calls it comes after
            return StepFailure(RunError(code, _cut(told), line=frame.line, column=frame.column))
    return StepFailure(RunError(code, _cut(told)))


def _said(error: MontyError) -> tuple[str, str]:
    kind = type(error.exception()).__name__
    return kind, _cut(str(error)).removeprefix(f"{kind}: ")


def _cut(text: str) -> str:
    return text if len(text) <= MAX_MESSAGE else f"{text[:MAX_MESSAGE]}…"


def _limit(kind: str, seconds: float) -> str | None:
    if kind == "TimeoutError":
        return f"This took longer than the {seconds:g} s it may take."
    if kind == "MemoryError":
        return f"This needs more than the {MAX_MEMORY // 1_000_000} MB of memory it may use."
    if kind == "RecursionError":
        return "This calls itself, or nests, too deep."
    return None


def _place(frames: Iterable[Frame], program: Program) -> tuple[Part, int, int] | None:
    """The part that failed and the columns in its program text (from 0; -1 when the whole of it failed)."""
    for frame in reversed(list(frames)):
        found = program.parts.get(frame.line)
        if found is not None:
            part, before = found
            if before < 0 or frame.end_line != frame.line:
                return part, -1, -1
            return part, frame.column - 1 - before, frame.end_column - 1 - before
    return None


def _told(
    part: Part, start: int, end: int, kind: str, message: str, data: Mapping[str, Json]
) -> tuple[str, Place | None]:
    expression = part.expression
    if start < 0:
        return _sentence(kind, message), None
    node = node_between(expression.text, start, end)
    at = node.slice.col_offset if isinstance(node, ast.Subscript) else start
    place = place_in_source(expression.source, expression.text, at)
    if isinstance(node, ast.Subscript) and kind in _NO_KEY:
        return _no_key(part, node, kind, message, data), place
    called = node.func if isinstance(node, ast.Call) else node
    if kind == "AttributeError" and isinstance(called, ast.Attribute):
        return _no_attribute(called, message), place
    return _sentence(kind, message), place


def _no_key(part: Part, node: ast.Subscript, kind: str, message: str, data: Mapping[str, Json]) -> str:
    path = path_of(node, part.expression.roots)
    if path is not None and path.root in data:
        try:
            path.read(data)
        except PathError as error:
            return error.message
    base = dotted(node.value)
    if kind == "KeyError":
        wanted = node.slice.value if isinstance(node.slice, ast.Constant) else message
        near = did_you_mean(str(wanted), _keys(data)) if isinstance(wanted, str) else ""
        return f"There is no field {str(wanted)[:100]!r} in {base}.{near}"
    if "NoneType" in message:
        return f"{base} is null, so it has no {dotted(node.slice)}."
    if kind == "IndexError":
        return f"{base} has no item at position {dotted(node.slice)}."
    return f"{_sentence(kind, message)} ({base})"


def _no_attribute(node: ast.Attribute, message: str) -> str:
    if "NoneType" in message:
        return f"{dotted(node.value)} is null, so .{node.attr}() cannot be called."
    return _sentence("AttributeError", message)


def _keys(data: Mapping[str, Json]) -> list[str]:
    """Keys of all objects in the data, each once, those near the roots first."""
    found: dict[str, None] = {}
    queue: list[Json] = list(data.values())
    while queue and len(found) < MAX_KEYS:
        value = queue.pop(0)
        if isinstance(value, dict):
            found.update(dict.fromkeys(value))
        if isinstance(value, dict | list):
            queue.extend(_some(value.values() if isinstance(value, dict) else value))
    return list(found)


def _some(values: Iterable[Json]) -> Iterator[Json]:
    yield from (value for _, value in zip(range(50), values, strict=False))


def _sentence(kind: str, message: str) -> str:
    """The sandbox's own words; the name of the error only where they say nothing without it."""
    if kind in ("KeyError", "NotImplementedError", "RuntimeError", "AssertionError") or not message:
        return f"{kind}: {message}" if message else kind
    text = message[0].upper() + message[1:]
    return text if text.endswith((".", "!", "?", ")")) else f"{text}."
