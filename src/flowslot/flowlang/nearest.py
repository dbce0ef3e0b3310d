"""The nearest right word for a wrong one, as the end of a message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from itertools import islice

from flowslot.flowlang.habits import meant

MAX_WORDS = 1000


def did_you_mean(word: str, known: Iterable[str], *, habits: Mapping[str, tuple[str, ...]] | None = None) -> str:
    """` Did you mean 'path'?`, or nothing when no known word is near; capitals make no difference.

    `habits` are words of other tools, each with what may be meant by it.
    """
    words = list(known)
    near = meant(word, words, habits or {}) or nearest(word, words)
    return "" if near is None else f" Did you mean {near!r}?"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is near, if any."""
    words = {each.lower(): each for each in islice(known, MAX_WORDS)}
    near = get_close_matches(word[:100].lower(), words, n=1, cutoff=0.6)
    return words[near[0]] if near else None
