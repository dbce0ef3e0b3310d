"""Secrets that are recognised wherever they come out, in whatever form; and a target that tries to give them back."""

from __future__ import annotations

import html
import json
import re
import threading
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, quote_plus


def canary(number: int) -> str:
    """A secret with characters that every encoding changes."""
    return f"kanari{number:02d}<&+/=\"'>~{number * 7919 % 9973:04d}"


def _aligned(offset: int) -> Callable[[str], str]:
    """What base64 makes of a secret that begins so many bytes after a multiple of three, without its edges."""

    def encoded(secret: str) -> str:
        whole = b64encode(b"\0" * offset + secret.encode() + b"\0\0\0").decode()
        return whole[4 if offset else 0 : (offset + len(secret)) // 3 * 4]

    return encoded


FORMS: Mapping[str, Callable[[str], str]] = {
    "plain": lambda secret: secret,
    "url": lambda secret: quote(secret, safe=""),
    "url, lower case": lambda secret: re.sub("%..", lambda each: each[0].lower(), quote(secret, safe="")),
    "form": quote_plus,
    "json": lambda secret: json.dumps(secret)[1:-1],
    "json in json": lambda secret: json.dumps(json.dumps(secret))[3:-3],
    "html": html.escape,
    "hex": lambda secret: secret.encode().hex(),
    "hex, upper case": lambda secret: secret.encode().hex().upper(),
    "base64": _aligned(0),
    "base64 after one byte": _aligned(1),
    "base64 after two bytes": _aligned(2),
    "base64url": lambda secret: urlsafe_b64encode(secret.encode()).decode().rstrip("=")[:-1],
    "repr": lambda secret: repr(secret)[1:-1],
}


ECHOED: Mapping[str, Callable[[str], str]] = {
    **{form: FORMS[form] for form in ("plain", "url", "url, lower case", "form", "json", "html", "hex", "repr")},
    "hex, upper case": FORMS["hex, upper case"],
    "base64": lambda secret: b64encode(secret.encode()).decode(),
    "base64 after one byte": lambda secret: b64encode(f"x{secret}yz".encode()).decode(),
    "base64 after two bytes": lambda secret: b64encode(f"u:{secret}".encode()).decode(),
    "base64url": lambda secret: urlsafe_b64encode(secret.encode()).decode(),
}
"""Forms in which a target may give a secret back; each stands in a JSON text once more."""


def found_in(texts: Mapping[str, bytes], secrets: Mapping[str, str]) -> list[str]:
    """Where which secret stands in which form: nothing, if all is well."""
    found = []
    for place, text in texts.items():
        for name, secret in secrets.items():
            found += [f"{name} ({form}) in {place}" for form, of in FORMS.items() if of(secret).encode() in text]
    return found


class Echo:
    """A target that gives back whatever it got, in every form, and access tokens that are secrets too."""

    def __init__(self, access_tokens: Iterator[str]) -> None:
        self._access_tokens = access_tokens
        self.url = ""
        self.received = 0

    def answer(self, path: str, headers: Mapping[str, str], body: str) -> bytes:
        if path == "/token":
            return json.dumps({"access_token": next(self._access_tokens), "token_type": "bearer"}).encode()
        self.received += 1
        told = [value for value in headers.values() if "kanari" in value]
        told += [value.removeprefix("Bearer ") for value in told]
        basic = [value.removeprefix("Basic ") for value in headers.values() if value.startswith("Basic ")]
        told += [b64decode(each).decode() for each in basic] + basic
        told += [each.partition(":")[2] for each in told if ":" in each]
        told += [value for values in parse_qs(body).values() for value in values]
        return json.dumps({form: [of(each) for each in told] for form, of in ECHOED.items()}).encode()


@contextmanager
def echoing(access_tokens: Iterator[str]) -> Iterator[Echo]:
    """A target that listens until left."""
    echo = Echo(access_tokens)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            answer = echo.answer(self.path, dict(self.headers.items()), body)
            self.send_response(500 if self.path == "/failing" else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    echo.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield echo
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
