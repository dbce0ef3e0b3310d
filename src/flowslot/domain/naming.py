"""Slugs and texts that people give: what may stand in them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flowslot.base.errors import Problem

SLUG = r"[a-z0-9][a-z0-9-]{0,62}"
NAME_LENGTH = 200
NOTE_LENGTH = 2000

_SLUG = re.compile(SLUG, re.ASCII)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def slug_problems(**slugs: str) -> tuple[Problem, ...]:
    """What is wrong with each slug, by the field it stands in."""
    message = "Use 1 to 63 of the characters a–z, 0–9 and -, not beginning with -."
    return tuple(Problem(f"/{field}", "slug", message) for field, text in slugs.items() if not _SLUG.fullmatch(text))


def name_problems(**names: str | None) -> tuple[Problem, ...]:
    """What is wrong with each name, by the field it stands in; a name has at least one visible character."""
    given = {field: text for field, text in names.items() if text is not None}
    blank = [field for field, text in given.items() if not text.strip()]
    empty = [Problem(f"/{field}", "empty", "Write something here.") for field in blank]
    return (*empty, *_text_problems(given, limit=NAME_LENGTH))


def note_problems(**notes: str) -> tuple[Problem, ...]:
    """What is wrong with each note, by the field it stands in; a note may be empty."""
    return tuple(_text_problems(notes, limit=NOTE_LENGTH))


def _text_problems(texts: Mapping[str, str], *, limit: int) -> list[Problem]:
    found = []
    for field, text in texts.items():
        if len(text) > limit:
            found.append(Problem(f"/{field}", "too_long", f"At most {limit} characters; this has {len(text)}."))
        if _UNPRINTABLE.search(text):
            found.append(Problem(f"/{field}", "unprintable", "Control characters are not allowed here."))
    return found
