"""Long answers travel packed, where whoever asks can unpack them: a list of flows becomes a tenth of its size."""

from __future__ import annotations

import gzip

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

LEAST = 1400
"""Bytes that fit one packet of the network: packing less saves nothing."""
MUCH = 32_000
"""More is packed in a thread, so that nobody waits for it."""
LEVEL = 4


async def packed(request: Request, response: Response) -> Response:
    """The answer with its body packed by gzip, where that is asked for and worth it. Only what is read is packed.

    What could be guessed from the size of a packed answer (BREACH) needs requests from another site with the person's
    sign-in; the session's cookie is not sent with those (SameSite=Strict).
    """
    if request.method != "GET" or isinstance(response, StreamingResponse) or "content-encoding" in response.headers:
        return response
    if len(response.body) < LEAST:
        return response
    response.headers.add_vary_header("Accept-Encoding")
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return response
    body = bytes(response.body)
    small = await to_thread.run_sync(_pack, body) if len(body) > MUCH else _pack(body)
    response.body = small
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Content-Length"] = str(len(small))
    return response


def _pack(body: bytes) -> bytes:
    return gzip.compress(body, LEVEL, mtime=0)
