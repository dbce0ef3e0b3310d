"""How an answer is made from a value that has what it shows."""

from __future__ import annotations

from typing import TypeVar

from msgspec import Struct, convert

from flowslot.base.json_text import Json

A = TypeVar("A", bound=Struct)


def shaped(answer: type[A], value: object, **more: Json) -> A:
    """The answer whose fields are in `more`, or else attributes of the same name."""
    fields = {name: more[name] if name in more else getattr(value, name) for name in answer.__struct_fields__}
    return convert(fields, answer, from_attributes=True)
