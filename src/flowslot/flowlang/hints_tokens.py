"""Tokens of an expression that need not be whole: enough to find what stands before a dot, and what is still open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from keyword import iskeyword

from flowslot.flowlang.expressions_source import after_string

_WORD = re.compile(r"[^\W\d]\w*|\d[\w.]*")
_CLOSES = {")": "(", "]": "[", "}": "{"}
_OPENS = {opens: closes for closes, opens in _CLOSES.items()}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a text, or one sign."""

    start: int
    end: int
    text: str

    @property
    def is_operand(self) -> bool:
        """Whether a dot or a bracket after it means something of its value."""
        last = self.text[-1]
        return last in ")]}\"'" or ((last.isalnum() or last == "_") and not _is_operator(self.text))


def _is_operator(text: str) -> bool:
    return iskeyword(text) and text not in ("True", "False", "None")


def tokens_of(source: str) -> list[Token]:
    """The tokens of a source, spaces left out; a text that is never closed ends with its line."""
    found = []
    at = 0
    while at < len(source):
        word = _WORD.match(source, at)
        if word is not None:
            end = word.end()
        elif source[at] in "\"'":
            end = after_string(source, at)
        else:
            end = at + 1
        if not source[at].isspace():
            found.append(Token(at, end, source[at:end]))
        at = end
    return found


def start_of_operand(source: str, end: int) -> int | None:
    """Where the value begins that ends at `end`: of `f(a).b[0]` the `f`. None when no value ends there."""
    tokens = tokens_of(source[:end])
    opened = _matches(tokens)
    place = len(tokens) - 1
    while place >= 0 and tokens[place].is_operand:
        token = tokens[place]
        if token.text in _CLOSES:
            if place not in opened:
                return None
            place = opened[place]
            if place and tokens[place].text != "{" and tokens[place - 1].is_operand:
                place -= 1
                continue
        if place >= 2 and tokens[place - 1].text == ".":
            place -= 2
            continue
        return tokens[place].start
    return None


def _matches(tokens: Sequence[Token]) -> dict[int, int]:
    """For each closing bracket the one that it closes, by number."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for number, token in enumerate(tokens):
        if token.text in _OPENS:
            waiting.append(number)
        elif token.text in _CLOSES and waiting and tokens[waiting[-1]].text == _CLOSES[token.text]:
            found[number] = waiting.pop()
    return found


def string_around(source: str, offset: int) -> Token | None:
    """The text in quotes, perhaps without its last one, that a caret is in."""
    for token in tokens_of(source):
        ends = token.end if is_closed(token) else token.end + 1
        if token.text[0] in "\"'" and token.start < offset < ends:
            return token
    return None


def is_closed(token: Token) -> bool:
    """Whether a text has its last quote."""
    quote = token.text[0] * 3 if token.text.startswith(token.text[0] * 3) else token.text[0]
    return len(token.text) >= 2 * len(quote) and token.text.endswith(quote)


def closing(source: str) -> str:
    """What closes everything that a source leaves open."""
    tokens = tokens_of(source)
    quote = tokens[-1].text[0] if tokens and tokens[-1].text[0] in "\"'" and not is_closed(tokens[-1]) else ""
    waiting: list[str] = []
    for token in tokens:
        if token.text in _OPENS:
            waiting.append(_OPENS[token.text])
        elif waiting and token.text == waiting[-1]:
            waiting.pop()
    return quote + "".join(reversed(waiting))
