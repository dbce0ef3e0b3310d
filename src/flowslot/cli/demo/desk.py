"""A small ticket system, so that the demo's flows have something real to talk to: HTTP, accounts by bearer token."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from flowslot.base.errors import FlowslotError
from flowslot.base.json_text import Json, dump, parse

_LARGEST = 1_000_000


class Tickets:
    """All tickets by account; the same Idempotency-Key never opens a second one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tickets: dict[int, dict[str, Json]] = {}
        self._keys: dict[tuple[str, str], int] = {}

    def of(self, account: str, *, status: str | None = None) -> list[Json]:
        with self._lock:
            mine = [dict(each) for each in self._tickets.values() if each["account"] == account]
        return [each for each in mine if status in (None, each["status"])]

    def everything(self) -> list[Json]:
        with self._lock:
            return [dict(each) for each in self._tickets.values()]

    def open(self, account: str, *, given: Mapping[str, Json], key: str | None) -> Json:
        with self._lock:
            if key is not None and (account, key) in self._keys:
                return dict(self._tickets[self._keys[account, key]])
            number = len(self._tickets) + 1
            self._tickets[number] = {"owner": None, "status": "open", **given, "id": number, "account": account}
            if key is not None:
                self._keys[account, key] = number
            return dict(self._tickets[number])

    def change(self, account: str, number: int, *, given: Mapping[str, Json]) -> Json | None:
        with self._lock:
            ticket = self._tickets.get(number)
            if ticket is None or ticket["account"] != account:
                return None
            ticket.update({**given, "id": number, "account": account})
            return dict(ticket)


class Desk:
    """The ticket system's server on a free port of this machine. A token opens exactly one account."""

    def __init__(self, accounts: Mapping[str, str]) -> None:
        """`accounts`: token → account."""
        self.tickets = Tickets()
        handler = type("Bound", (_Requests,), {"tickets": self.tickets, "accounts": accounts})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


class _Requests(BaseHTTPRequestHandler):
    """GET /tickets, POST /tickets, PATCH /tickets/{id}; and a page for people at /."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    tickets: ClassVar[Tickets]
    accounts: ClassVar[Mapping[str, str]]

    def do_GET(self) -> None:
        if self.path == "/":
            self._send_page(_page(self.tickets.everything()))
        else:
            self._answer(self._list)

    def do_POST(self) -> None:
        self._answer(self._open)

    def do_PATCH(self) -> None:
        self._answer(self._change)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named so by the standard library
        """Says nothing: the demo's output is its story."""

    def _answer(self, act: object) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), _LARGEST))
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        account = self.accounts.get(token) if scheme.lower() == "bearer" else None
        if account is None:
            self._send(401, {"error": "sign in with the account's bearer token"})
            return
        try:
            given = parse(body) if body else {}
        except FlowslotError as error:
            self._send(400, {"error": str(error)})
            return
        self._send(*act(account, given))  # type: ignore[operator]  # one of the three below

    def _list(self, account: str, _: Json) -> tuple[int, Json]:
        query = parse_qs(urlsplit(self.path).query)
        found = self.tickets.of(account, status=query.get("status", [None])[0])
        return 200, {"items": found[: int(query.get("limit", ["50"])[0])], "total": len(found)}

    def _open(self, account: str, given: Json) -> tuple[int, Json]:
        return 201, self.tickets.open(account, given=given, key=self.headers.get("Idempotency-Key"))

    def _change(self, account: str, given: Json) -> tuple[int, Json]:
        number = self.path.rpartition("/")[2]
        found = self.tickets.change(account, int(number), given=given) if number.isdigit() else None
        return (200, found) if found is not None else (404, {"error": "there is no such ticket in your account"})

    def _send(self, status: int, body: Json) -> None:
        self._write(status, dump(body), media_type="application/json")

    def _send_page(self, page: str) -> None:
        self._write(200, page.encode(), media_type="text/html; charset=utf-8")

    def _write(self, status: int, raw: bytes, *, media_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


def _page(tickets: Sequence[Json]) -> str:
    """All tickets as a page, newest first."""
    columns = ("id", "account", "title", "priority", "team", "owner")
    rows = ["".join(f"<td>{escape(str(each.get(column)))}</td>" for column in columns) for each in reversed(tickets)]
    head = "".join(f"<th align=left>{column}</th>" for column in columns)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    style = "body{font:15px sans-serif;margin:2em}td,th{padding:.2em 1em .2em 0}"
    return (
        f"<!doctype html><html lang=en><title>The demo's ticket desk</title><style>{style}</style>"
        f"<h1>Tickets</h1><table><tr>{head}</tr>{body}</table></html>"
    )
