"""The nearest right word for a wrong one, as the end of a message."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MAX_WORDS = 500


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'path'?`, or nothing when no known word is near."""
    words = [each for _, each in zip(range(MAX_WORDS), known, strict=False)]
    near = get_close_matches(word[:100].lower(), words, n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""
