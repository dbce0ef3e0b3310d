"""What a text in a value stands for: itself, an expression (`=…`), or a template (`… {{ expression }} …`)."""

from __future__ import annotations

from dataclasses import dataclass

from flowslot.flowlang.expressions_source import ExpressionError, Place, end_of_expression, place_at

MAX_EXPRESSIONS = 1000
"""Expressions one template may hold."""


@dataclass(frozen=True, slots=True)
class Written:
    """The source of an expression and where it begins in the text it was written in."""

    source: str
    start: Place


@dataclass(frozen=True, slots=True)
class Template:
    """A text with expressions in it."""

    parts: tuple[str | Written, ...]


def read_text(text: str) -> str | Written | Template:
    """What a text stands for. Raises ExpressionError when a `{{` has no end or too many expressions stand in it."""
    if text.startswith("="):
        if not text.startswith("=="):
            return Written(text[1:], Place(1, 2))
        return _template(text, 1)
    return _template(text, 0)


def _template(text: str, start: int) -> str | Template:
    if "{{" not in text:
        return text[start:]
    parts: list[str | Written] = []
    at, count = start, 0
    while (opens := text.find("{{", at)) >= 0:
        if opens > at:
            parts.append(text[at:opens])
        ends = end_of_expression(text, opens + 2)
        if ends is None:
            message = "This {{ has no }} near it that ends it. To write {{ itself, put {{ '{{' }}."
            raise ExpressionError(message, place_at(text, opens))
        count += 1
        if count > MAX_EXPRESSIONS:
            raise ExpressionError(f"A text may hold at most {MAX_EXPRESSIONS} expressions.", place_at(text, opens))
        parts.append(_written(text, opens + 2, ends))
        at = ends + 2
    if at < len(text):
        parts.append(text[at:])
    return Template(tuple(parts))


def _written(text: str, start: int, end: int) -> Written:
    source = text[start:end]
    start += len(source) - len(source.lstrip())
    return Written(source.strip(), place_at(text, start))
