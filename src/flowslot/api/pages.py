"""The page at /, until the web page comes, and the answer to addresses that lead nowhere."""

from __future__ import annotations

from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from flowslot.api.problems import problem_response
from flowslot.base.errors import MethodNotAllowed, NotFound

_SAFE = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Flowslot</title>
<h1>Flowslot is running</h1>
<p>The web page comes with a later version. Until then everything is in the API and the command line.</p>
<ul>
<li><a href="/api/docs">The API's operations</a></li>
<li><a href="/api/v1/openapi.json">The API as an OpenAPI 3.1 document</a></li>
<li><a href="/health/ready">Whether the server is ready</a></li>
</ul>
<p>On the command line: <code>flowslot --help</code></p>
</html>
"""


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """An ASGI application that has one page."""
    response = _answer(scope["path"], scope["method"])
    response.headers.update(_SAFE)
    if scope["method"] == "HEAD":
        response.body = b""
    await response(scope, receive, send)


def _answer(path: str, method: str) -> Response:
    if path != "/":
        return problem_response(NotFound("There is nothing at this address."))
    if method not in ("GET", "HEAD"):
        return problem_response(MethodNotAllowed(extra={"allow": "GET, HEAD"}))
    return HTMLResponse(_PAGE)
