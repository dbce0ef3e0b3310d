"""Where callers reach the server, as its settings or a request say."""

from __future__ import annotations

import re

from starlette.requests import Request

_HOST = re.compile(r"[0-9A-Za-z.-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?", re.ASCII)


def base_url(request: Request, public_url: str) -> str:
    """Without a slash at the end: as set, or else as this request says, where that is a plain host."""
    if public_url:
        return public_url.rstrip("/")
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        name, port = request.scope.get("server") or ("localhost", None)
        host = name if port is None else f"{name}:{port}"
    return f"{request.scope['scheme']}://{host}"
