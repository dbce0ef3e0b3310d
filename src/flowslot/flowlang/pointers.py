"""JSON pointers (RFC 6901): making them, and finding what they name."""

from __future__ import annotations

from collections.abc import Iterable

from flowslot.base.json_text import Json


def escaped(key: str) -> str:
    """A key as one part of a pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def pointer_of(parts: Iterable[str | int]) -> str:
    """The pointer that keys and indexes lead along."""
    return "".join(f"/{escaped(str(part))}" for part in parts)


def resolve(root: Json, pointer: str) -> Json:
    """What a pointer names; KeyError when it names nothing."""
    found = root
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, dict) and key in found:
            found = found[key]
        elif isinstance(found, list) and key.isdecimal() and int(key) < len(found):
            found = found[int(key)]
        else:
            raise KeyError(pointer)
    return found
