"""The one place that talks HTTP to a server: exact JSON in and out, a refusal for every answer that is no success."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from flowslot.base.json_text import Json, dump, parse
from flowslot.cli.refusals import NotReached, Refused

if TYPE_CHECKING:
    import httpx

DEFAULT_SERVER = "http://127.0.0.1:8080"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said, as bytes; `value` reads them."""

    status: int
    raw: bytes

    @property
    def value(self) -> Json:
        return parse(self.raw) if self.raw.strip() else None


class Client:
    """A connection to one server with one token. Opens nothing before the first request."""

    def __init__(self, server: str, *, token: str | None = None, timeout: float = 60) -> None:
        self.server = server.rstrip("/")
        self._token = token
        self._timeout = timeout
        self._open: httpx.Client | None = None

    def get(self, *path: str | int, query: Mapping[str, object] | None = None) -> Answer:
        return self.send("GET", *path, query=query)

    def post(self, *path: str | int, body: Json) -> Answer:
        return self.send("POST", *path, content=dump(body))

    def put(self, *path: str | int, body: Json) -> Answer:
        return self.send("PUT", *path, content=dump(body))

    def patch(self, *path: str | int, body: Json) -> Answer:
        return self.send("PATCH", *path, content=dump(body))

    def delete(self, *path: str | int) -> Answer:
        return self.send("DELETE", *path)

    def send(
        self, method: str, *path: str | int, content: bytes | None = None, query: Mapping[str, object] | None = None
    ) -> Answer:
        """Sends one request below /api/v1. Raises Refused for what is no success, NotReached when nobody answers."""
        import uuid

        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        if content is not None:
            headers["Content-Type"] = "application/json"
        httpx, address = _httpx(), self.address(*path)
        try:
            answer = self._http().request(method, address, headers=headers, content=content, params=_given(query))
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise NotReached(self._silence(error)) from None
        return _answer(answer.status_code, answer.content)

    def lines(self, *path: str | int) -> Iterator[str]:
        """The lines of an answer that stays open, as they come; ends when the server ends it. Raises as `send` does."""
        httpx, address = _httpx(), self.address(*path)
        timeout = httpx.Timeout(self._timeout, connect=5)
        try:
            with self._http().stream("GET", address, timeout=timeout) as answer:
                if answer.status_code >= 300:
                    answer.read()
                    _answer(answer.status_code, answer.content)
                yield from answer.iter_lines()
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise NotReached(self._silence(error)) from None

    def every(self, *path: str | int, query: Mapping[str, object] | None = None) -> Iterator[Json]:
        """All items of a list, page by page."""
        cursor = None
        while True:
            page = self.get(*path, query={"limit": _PAGE, **(query or {}), "cursor": cursor}).value
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def address(self, *path: str | int) -> str:
        """The full address of a path of the API."""
        return "/".join([self.server, "api/v1", *(quote(str(part), safe="") for part in path)])

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _http(self) -> httpx.Client:
        if self._open is None:
            from flowslot import __version__

            httpx = _httpx()

            headers = {"User-Agent": f"flowslot/{__version__}", "Accept": "application/json"}
            if self._token:
                headers["Authorization"] = f"Bearer {self._token}"
            # A proxy of the environment cannot reach this machine's loopback address.
            proxied = urlsplit(self.server).hostname not in _LOOPBACK
            timeout = httpx.Timeout(self._timeout, connect=5)
            self._open = httpx.Client(headers=headers, timeout=timeout, trust_env=proxied)
        return self._open

    def _silence(self, error: Exception) -> str:
        return (
            f"No server answers at {self.server} ({type(error).__name__}: {error}). "
            "Start one with `flowslot serve`, or name another with --server or FLOWSLOT_SERVER."
        )


def _httpx() -> ModuleType:
    """httpx without its own command line, which would bring rich and pygments along: 0.1 s for each command."""
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None is how a module is said to be missing
    import httpx

    return httpx


def _given(query: Mapping[str, object] | None) -> dict[str, str]:
    return {name: _query_text(value) for name, value in (query or {}).items() if value is not None}


def _query_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _answer(status: int, raw: bytes) -> Answer:
    if status < 300:
        return Answer(status, raw)
    try:
        problem = parse(raw)
    except Exception:  # noqa: BLE001  # whatever stands between us and the server may answer anything
        problem = None
    if not isinstance(problem, dict):
        problem = {"title": f"HTTP {status}", "detail": raw[:300].decode("utf-8", "replace"), "status": status}
    raise Refused(status, problem, raw)
