"""The web page: its built files, the page itself at every address that a browser opens, and 404 for the rest.

Names are looked up in a listing made once, never in the file system: no name can lead out of the folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from flowslot.api.problems import problem_response
from flowslot.base.errors import MethodNotAllowed, NotFound

BUILT = Path(__file__).parents[1] / "ui"
"""Where web/build.py puts the page."""

_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_SAFE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",  # not no-referrer: the origin of a sign-in would be hidden from us too
    "X-Content-Type-Options": "nosniff",
}
_NOT_THE_PAGE = ("/api", "/hooks", "/assets", "/health", "/metrics")
_ASSETS = "/assets/"
_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
"""Not the system's table of types, which is another on each machine."""
_INDEX = "/index.html"
_PACKED = ".gz"

_NOT_BUILT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Flowslot</title>
<h1>Flowslot is running</h1>
<p>The web page was not built. In a checkout, <code>make setup</code> builds it; the wheel brings it along.
Then start the server again.</p>
<p>All that the page does is in the API and the command line:</p>
<ul>
<li><a href="/api/docs">The API's operations</a></li>
<li><a href="/api/v1/openapi.json">The API as an OpenAPI 3.1 document</a></li>
<li><a href="/health/ready">Whether the server is ready</a></li>
</ul>
<p>On the command line: <code>flowslot --help</code></p>
</html>
"""
_NO_SCRIPTS = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class _File:
    """A built file, and the same in gzip where that was made."""

    body: bytes
    packed: bytes | None
    media_type: str
    etag: str


class Pages:
    """The ASGI application of everything that is not the API. Its files are read at the first request for one."""

    def __init__(self, folder: Path = BUILT) -> None:
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(scope["path"], scope["method"], Headers(scope=scope))
        for name, value in _SAFE.items():
            response.headers.setdefault(name, value)
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    async def _answer(self, path: str, method: str, headers: Headers) -> Response:
        files: Mapping[str, _File] = await to_thread.run_sync(lambda: self._files)
        name = path if path in files and path != _INDEX else _INDEX if _is_page(path, headers) else None
        if name is None:
            return _refused(NotFound("There is nothing at this address."))
        if method not in ("GET", "HEAD"):
            if path == "/" or name != _INDEX:
                return _refused(MethodNotAllowed(extra={"allow": "GET, HEAD"}))
            return _refused(NotFound("There is nothing at this address."))
        if name not in files:
            return HTMLResponse(
                _NOT_BUILT, headers={"Content-Security-Policy": _NO_SCRIPTS, "Cache-Control": "no-cache"}
            )
        return _shown(files[name], headers, for_ever=name.startswith(_ASSETS))

    @cached_property
    def _files(self) -> Mapping[str, _File]:
        found = dict(_built_files(self._folder))
        return found if _INDEX in found else {}


def _is_page(path: str, headers: Headers) -> bool:
    """Whether the page answers: it has addresses of its own, which a browser opens as any other."""
    if path == "/":
        return True
    elsewhere = any(path == each or path.startswith(each + "/") for each in _NOT_THE_PAGE)
    return not elsewhere and "text/html" in headers.get("accept", "")


def _shown(file: _File, headers: Headers, *, for_ever: bool) -> Response:
    about = {
        "Cache-Control": "public, max-age=31536000, immutable" if for_ever else "no-cache",
        "Content-Security-Policy": _POLICY,
        "ETag": file.etag,
        "Vary": "Accept-Encoding",
    }
    if file.etag in (each.strip() for each in headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=about)
    if file.packed is not None and _takes_gzip(headers.get("accept-encoding", "")):
        return Response(file.packed, headers=about | {"Content-Encoding": "gzip", "Content-Type": file.media_type})
    return Response(file.body, headers=about | {"Content-Type": file.media_type})


def _takes_gzip(accepted: str) -> bool:
    for each in accepted.lower().split(","):
        coding, _, quality = each.replace(" ", "").partition(";q=")
        if coding in ("gzip", "x-gzip"):
            return not quality or quality.strip("0.") != ""
    return False


def _refused(error: NotFound | MethodNotAllowed) -> Response:
    response = problem_response(error)
    response.headers["Content-Security-Policy"] = _NO_SCRIPTS
    return response


def _built_files(folder: Path) -> Iterator[tuple[str, _File]]:
    if not folder.is_dir():
        return
    paths = {"/" + path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    for name, path in paths.items():
        media_type = _TYPES.get(path.suffix)
        if media_type is None or "/." in name:
            continue
        body, packed = path.read_bytes(), paths.get(name + _PACKED)
        # Weak: the same for both encodings.
        etag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
        yield name, _File(body, None if packed is None else packed.read_bytes(), media_type, etag)
