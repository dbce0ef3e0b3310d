"""Lists in parts: `limit`, and a cursor that only the list it came from takes."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Annotated, Generic, TypeVar

import msgspec
from msgspec import Meta
from pydantic import BaseModel, ConfigDict, Field

from flowslot.app.views import Key
from flowslot.base.errors import Invalid, Problem

T = TypeVar("T")
MAX_LIMIT = 200
_CHECK = 6


class Query(BaseModel):
    """Base of all query models: unknown and repeated parameters are refused, empty ones count as not given."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class PageQuery(Query):
    limit: int = Field(50, ge=1, le=MAX_LIMIT, description="How many items at most.")
    cursor: str | None = Field(
        None, max_length=500, description="The `next` of the page before; left out for the first."
    )

    @property
    def list_order(self) -> str:
        """What tells the order from others of the same list: a cursor belongs to one."""
        return ""


class PageAnswer(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list."""

    items: Annotated[list[T], Meta(description="The items of this part.")]
    next: Annotated[str | None, Meta(description="The cursor of the next part; null when this was the last.")]


class CountedPageAnswer(PageAnswer[T], Generic[T], frozen=True):
    """A part of a list whose length is known."""

    total: Annotated[int, Meta(description="How many items there are in all, under the filter.")]


def cursor_text(key: Key, *, list_name: str) -> str:
    """The key in a text that callers take as it is."""
    kind = "i" if isinstance(key, int) else "s"
    plain = f"{kind}{key}".encode()
    return base64.urlsafe_b64encode(_check(plain, list_name) + plain).decode().rstrip("=")


def key_from(cursor: str | None, *, list_name: str) -> Key | None:
    """The key of a cursor. Raises Invalid for a text that this list did not give."""
    if cursor is None:
        return None
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        check, plain = raw[:_CHECK], raw[_CHECK:]
        if not plain or check != _check(plain, list_name):
            raise ValueError
        return int(plain[1:]) if plain[:1] == b"i" else plain[1:].decode()
    except (ValueError, binascii.Error):
        problem = Problem("/cursor", "cursor_invalid", "This is no cursor of this list; start again without one.")
        raise Invalid("The cursor does not belong to this list.", problems=[problem]) from None


def _check(plain: bytes, list_name: str) -> bytes:
    """Tells a damaged or foreign cursor. It protects nothing: whatever a cursor says, only what may be seen is read."""
    return hashlib.blake2b(list_name.encode() + b"\0" + plain, digest_size=_CHECK).digest()
