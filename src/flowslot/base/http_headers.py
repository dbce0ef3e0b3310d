"""Which headers an outgoing request may carry: no line breaks, and none that frames or routes the message."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_HEADERS = 100
MAX_BYTES = 65_536
RESERVED = frozenset(
    {
        "connection",
        "content-length",
        "expect",
        "host",
        "http2-settings",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    }
)
"""Set by the client itself, or meant for the next hop only; `proxy-…` too."""

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_BAD_VALUE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")


def why_refused(headers: Sequence[tuple[str, str]]) -> str | None:
    """What is wrong with a request's headers, without repeating a value; None when nothing is."""
    if len(headers) > MAX_HEADERS:
        return f"more than {MAX_HEADERS} headers"
    for name, value in headers:
        if not _NAME.fullmatch(name):
            return "a header's name has characters that no name has"
        if is_reserved(name):
            return f"the header {name} is set by the server itself"
        if _BAD_VALUE.search(value):
            return f"the value of the header {name} has line breaks or control characters"
    if sum(len(name) + len(value.encode()) + 4 for name, value in headers) > MAX_BYTES:
        return f"the headers have more than {MAX_BYTES} bytes"
    return None


def is_reserved(name: str) -> bool:
    """Whether a flow or a connection may not set this header."""
    return name.lower() in RESERVED or name.lower().startswith("proxy-")
