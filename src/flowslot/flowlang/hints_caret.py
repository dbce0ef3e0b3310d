"""Where a caret stands in a text: in which expression, after which value, within which word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from flowslot.flowlang.expressions_source import MAX_SOURCE, end_of_expression
from flowslot.flowlang.hints_tokens import Token, is_closed, start_of_operand, string_around

Span = tuple[int, int]


class After(Enum):
    """What a word at the caret would be."""

    NOTHING = "nothing"  # a name or a function
    DOT = "dot"  # a field or a method of what stands before
    BRACKET = "bracket"  # a key in quotes, or anything that gives one
    QUOTE = "quote"  # a key, within its quotes


@dataclass(frozen=True, slots=True)
class Caret:
    """A caret in one expression; all places but `start` are counted in its source."""

    start: int
    """Where the source begins in the text."""
    source: str
    after: After
    word: Span
    """The word that the caret is in, or behind; empty where none is begun."""
    base: Span | None = None
    """The value before the dot or the bracket."""
    end: int = 0
    """Where that begins which follows the word: behind the quote and the bracket of a key."""

    @property
    def written(self) -> str:
        return self.source[slice(*self.word)]

    @property
    def value(self) -> str:
        """The text of the value before the dot or the bracket."""
        return "" if self.base is None else self.source[slice(*self.base)]

    @property
    def rest(self) -> str:
        """What follows the word."""
        return self.source[self.end :]

    @property
    def is_called(self) -> bool:
        return self.rest.lstrip().startswith("(")


def caret_in(text: str, offset: int) -> Caret | None:
    """Where a caret stands; None outside of expressions, and where nothing can be completed."""
    offset = min(max(offset, 0), len(text))
    if len(text) > MAX_SOURCE:
        return None
    if text.startswith("=") and not text.startswith("=="):
        return _caret(text[1:], offset - 1, start=1) if offset else None
    at = 0
    while (opens := text.find("{{", at)) >= 0 and opens + 2 <= offset:
        ends = end_of_expression(text, opens + 2)
        if ends is None:
            ends = _word(text, offset)[1]  # what follows may be no part of it
        if offset <= ends:
            return _caret(text[opens + 2 : ends], offset - opens - 2, start=opens + 2)
        at = ends + 2
    return None


def _caret(source: str, offset: int, *, start: int) -> Caret | None:
    string = string_around(source, offset)
    if string is not None:
        return _in_string(source, offset, string, start=start)
    word = _word(source, offset)
    if source[word[0] : word[0] + 1].isdigit():
        return None
    before = source[: word[0]].rstrip()
    if before.endswith("."):
        base = _value_before(source, len(before) - 1)
        return None if base is None else Caret(start, source, After.DOT, word, base, word[1])
    if before.endswith("[") and word[0] == word[1]:
        base = _value_before(source, len(before) - 1)
        if base is not None:
            return Caret(start, source, After.BRACKET, word, base, word[1])
    return Caret(start, source, After.NOTHING, word, None, word[1])


def _in_string(source: str, offset: int, string: Token, *, start: int) -> Caret | None:
    if source[string.start - 1 : string.start] in ("f", "F") and string.start:
        return _in_format(source, offset, string, start=start)
    before = source[: string.start].rstrip()
    base = _value_before(source, len(before) - 1) if before.endswith("[") else None
    if base is None:
        return None
    closed = is_closed(string)
    end = string.end
    if closed and source[end:].lstrip().startswith("]"):
        end = source.index("]", end) + 1
    return Caret(start, source, After.QUOTE, (string.start + 1, string.end - closed), base, end)


def _in_format(source: str, offset: int, string: Token, *, start: int) -> Caret | None:
    """A caret in a text with values in it: each of them is an expression by itself."""
    opens = source.rfind("{", string.start, offset)
    if opens < 0 or "}" in source[opens:offset]:
        return None
    ends = min(at for at in (*(source.find(sign, offset) for sign in '}:!"'), len(source)) if at >= 0)
    found = _caret(source[opens + 1 : ends], offset - opens - 1, start=0)
    return None if found is None else replace(found, start=start + opens + 1)


def _value_before(source: str, end: int) -> Span | None:
    """The value that ends before the dot or bracket at `end`."""
    first = start_of_operand(source, end)
    if first is None or source[first].isdigit():
        return None
    return first, len(source[:end].rstrip())


def _word(text: str, offset: int) -> Span:
    first = last = offset
    while first > 0 and _is_of_word(text[first - 1]):
        first -= 1
    while last < len(text) and _is_of_word(text[last]):
        last += 1
    return first, last


def _is_of_word(char: str) -> bool:
    return char == "_" or char.isalnum()
