"""The nearest right word for a wrong one, as the end of a message."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from itertools import islice

MAX_WORDS = 1000


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'path'?`, or nothing when no known word is near; capitals make no difference."""
    words = {each.lower(): each for each in islice(known, MAX_WORDS)}
    near = get_close_matches(word[:100].lower(), words, n=1, cutoff=0.6)
    return f" Did you mean {words[near[0]]!r}?" if near else ""
