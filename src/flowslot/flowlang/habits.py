"""Words that people bring from other tools and languages, and what they are here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

KEYS: Mapping[str, tuple[str, ...]] = {
    "body": ("json",),
    "data": ("json",),
    "over": ("in",),
    "each": ("in",),
    "in": ("over",),
    "items": ("in", "over"),
    "condition": ("if",),
    "when": ("if",),
    "otherwise": ("else",),
    "source": ("code",),
    "script": ("code",),
    "params": ("query",),
    "type": ("kind",),
    "except": ("catch",),
    "duration": ("for",),
    "seconds": ("for",),
    "output": ("details",),
    "result": ("details",),
}
"""Keys of steps: what may be meant, the likeliest first."""
KINDS: Mapping[str, tuple[str, ...]] = {
    "if": ("condition",),
    "switch": ("condition",),
    "loop": ("for_each",),
    "foreach": ("for_each",),
    "http": ("http_request", "webhook"),
    "request": ("http_request",),
    "fetch": ("http_request",),
    "call": ("call_flow",),
    "subflow": ("call_flow",),
    "return": ("stop",),
    "end": ("stop",),
    "fail": ("stop",),
    "sleep": ("wait",),
    "delay": ("wait",),
    "transform": ("map",),
    "script": ("code",),
    "python": ("code",),
    "csv": ("parse_csv",),
    "variable": ("set",),
    "cron": ("schedule",),
    "timer": ("schedule",),
    "interval": ("schedule",),
    "manual": ("on_demand",),
    "callable": ("on_demand",),
    "hook": ("webhook",),
}
"""Kinds of steps and triggers."""
CLOCKS = frozenset(("now", "today", "utcnow", "time"))
"""Functions that would read a clock."""
_TEXTS = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_SIGNS = (
    ("===", "write `==` for `===`"),
    ("&&", "write `and` for `&&`"),
    ("||", "write `or` for `||`"),
    ("?", "write `a if test else b` for `test ? a : b`"),
)


def meant(word: str, known: Iterable[str], habits: Mapping[str, tuple[str, ...]]) -> str | None:
    """The known word that somebody used to other tools means by a word."""
    here = set(known)
    return next((each for each in habits.get(word.lower(), ()) if each in here), None)


def sign_meant(source: str) -> str | None:
    """What to write for a sign of other languages in an expression that cannot be read."""
    bare = _TEXTS.sub("", source)
    for sign, advice in _SIGNS:
        if sign in bare:
            return advice
    return "write `not` for `!`" if re.search(r"!(?!=)", bare) else None
