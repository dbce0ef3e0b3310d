"""The bytes of a request's body, bounded while they stream: for the API and for webhooks alike."""

from __future__ import annotations

from asyncio import timeout

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from flowslot.base.errors import Malformed, TooLarge

SLOWEST = 30.0
"""Seconds a body may take to arrive."""
READ_IN_VAIN = 16 * 1024 * 1024
"""Bytes of a too large body that are still taken in, unkept: who is cut off while sending never sees the answer."""


async def body_of(receive: Receive, *, declared: str, limit: int) -> bytes:
    """The whole body; `declared` is the Content-Length header. Raises TooLarge, or Malformed when it is slow."""
    try:
        async with timeout(SLOWEST):
            return await _read(receive, declared, limit)
    except TimeoutError:
        raise Malformed(f"The body did not arrive within {SLOWEST:.0f} seconds.") from None


async def _read(receive: Receive, declared: str, limit: int) -> bytes:
    length = int(declared[:20]) if declared.isascii() and declared.isdigit() else 0
    if length > READ_IN_VAIN:
        raise _too_large(limit)
    parts, size, more = [], 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        part = message.get("body", b"")
        size += len(part)
        if size <= limit:
            parts.append(part)
        elif size > READ_IN_VAIN:
            raise _too_large(limit)
        more = message.get("more_body", False)
    if size > limit:
        raise _too_large(limit)
    return b"".join(parts)


def _too_large(limit: int) -> TooLarge:
    return TooLarge(f"The body has more than {limit} bytes.")
