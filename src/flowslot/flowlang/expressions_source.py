"""The text of an expression: where it ends, whether its brackets close, and places in it."""

from __future__ import annotations

from typing import NamedTuple

from flowslot.base.errors import Problem

MAX_SOURCE = 10_000
"""Characters an expression may have; checked before anything parses it."""

_CLOSES = {")": "(", "]": "[", "}": "{"}


class Place(NamedTuple):
    """A line and a column, both counted from 1, in characters."""

    line: int
    column: int

    def after(self, start: Place) -> Place:
        """This place, told within a text that itself begins at `start`, as seen from outside."""
        column = self.column + start.column - 1 if self.line == 1 else self.column
        return Place(self.line + start.line - 1, column)


class ExpressionError(Exception):
    """An expression cannot be read; `place` is where in its own text."""

    def __init__(self, message: str, place: Place, *, code: str = "syntax_error") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.code = code

    def problem(self, pointer: str, start: Place) -> Problem:
        """The problem to report for the expression at `pointer` that begins at `start`."""
        place = self.place.after(start)
        return Problem(pointer, self.code, self.message, line=place.line, column=place.column)


def place_at(text: str, offset: int) -> Place:
    """The place of a character of a text."""
    return Place(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def refuse_unbalanced(source: str) -> None:
    """Raises ExpressionError when a bracket closes too early or never."""
    _scan(source, 0, in_template=False)


def end_of_expression(text: str, start: int) -> int | None:
    """Where the `}}` stands that ends the template expression beginning at `start`; None when there is none."""
    return _scan(text[: start + MAX_SOURCE], start, in_template=True)


def _scan(text: str, start: int, *, in_template: bool) -> int | None:
    open_brackets: list[int] = []
    at = start
    while at < len(text):
        char = text[at]
        if char in "\"'":
            at = after_string(text, at)
            continue
        if char == "#" and not in_template:
            at = _line_end(text, at)
        elif char in "([{":
            open_brackets.append(at)
        elif in_template and char == "}" and not open_brackets:
            return at if text.startswith("}}", at) else None
        elif char in _CLOSES:
            _close(text, at, open_brackets)
        at += 1
    if open_brackets and not in_template:
        at = open_brackets[-1]
        raise ExpressionError(f"This {text[at]} is never closed.", place_at(text, at))
    return None


def _close(text: str, at: int, open_brackets: list[int]) -> None:
    if not open_brackets or text[open_brackets.pop()] != _CLOSES[text[at]]:
        raise ExpressionError(f"This {text[at]} closes nothing.", place_at(text, at))


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def after_string(text: str, at: int) -> int:
    """The first character after the string literal that begins at `at`; one that never ends ends with its line."""
    quote = text[at] * 3 if text.startswith(text[at] * 3, at) else text[at]
    at += len(quote)
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text.startswith(quote, at):
            return at + len(quote)
        elif text[at] == "\n" and len(quote) == 1:
            return at
        else:
            at += 1
    return at
