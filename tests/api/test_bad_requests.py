"""What no server should trip over: bodies, addresses, headers and methods that are wrong in every way we know of."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest
from account import Account, definition, refused
from api_server import Server

JSON = {"Content-Type": "application/json"}
NEW = '{"slug": "s", "name": "n"'

MALFORMED = {
    "nothing": b"",
    "a space": b" ",
    "no JSON": b"slug=x",
    "half": NEW.encode(),
    "trailing": (NEW + "} x").encode(),
    "NaN": (NEW + ', "kind": NaN}').encode(),
    "Infinity": (NEW + ', "kind": -Infinity}').encode(),
    "a number no double holds": (NEW + ', "kind": 1e400}').encode(),
    "a key twice": (NEW + ', "name": "m"}').encode(),
    "a number of 5,000 digits": (NEW + ', "kind": ' + "9" * 5000 + "}").encode(),
    "half a surrogate pair": b'{"slug": "s", "name": "\\ud800"}',
    "not UTF-8": b'{"slug": "s", "name": "\xff"}',
    "UTF-16": (NEW + "}").encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + (NEW + "}").encode(),
    "deep": b"[" * 1000 + b"]" * 1000,
    "very deep": b"[" * 500_000,
    "single quotes": b"{'slug': 's'}",
    "a comment": b'{"slug": "s" /* */}',
}

INVALID = {
    "a list": ("[]", ""),
    "a text": ('"x"', ""),
    "null": ("null", ""),
    "nothing in it": ("{}", "/slug"),
    "an unknown key": (NEW + ', "x": 1}', "/x"),
    "an unknown key with a slash": (NEW + ', "a/b~c": 1}', "/a~1b~0c"),
    "an id": (NEW + ', "id": "ws_1"}', "/id"),
    "a number for a text": ('{"slug": "s", "name": 1}', "/name"),
    "a list for a text": ('{"slug": ["s"], "name": "n"}', "/slug"),
    "upper case": ('{"slug": "S", "name": "n"}', "/slug"),
    "an empty slug": ('{"slug": "", "name": "n"}', "/slug"),
    "a path": ('{"slug": "../x", "name": "n"}', "/slug"),
    "a line break after the slug": ('{"slug": "s\\n", "name": "n"}', "/slug"),
    "digits of another script": ('{"slug": "\u0661", "name": "n"}', "/slug"),
    "a long slug": ('{"slug": "' + "s" * 64 + '", "name": "n"}', "/slug"),
    "an empty name": ('{"slug": "s", "name": ""}', "/name"),
    "a blank name": ('{"slug": "s", "name": "  "}', "/name"),
    "a long name": ('{"slug": "s", "name": "' + "n" * 201 + '"}', "/name"),
    "a name with NUL": ('{"slug": "s", "name": "a\\u0000b"}', "/name"),
    "an unknown kind": (NEW + ', "kind": "other"}', "/kind"),
    "a number for a kind": (NEW + ', "kind": 1}', "/kind"),
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_json_is_malformed(account: Account, body: bytes) -> None:
    refused(account.client.post("/workspaces", content=body, headers=JSON), 400, "malformed")


@pytest.mark.parametrize(("body", "pointer"), INVALID.values(), ids=INVALID.keys())
def test_what_does_not_fit_is_invalid_at_its_place(account: Account, body: str, pointer: str) -> None:
    answer = account.client.post("/workspaces", content=body.encode(), headers=JSON)
    found = refused(answer, 422, "invalid")
    assert pointer in [problem["pointer"] for problem in found["problems"]]


@pytest.mark.parametrize(
    "number", ["1.0", "1e0", "true", '"1"', "null", "-1", "2147483648", "18446744073709551616", "[]"]
)
def test_a_revision_is_a_small_whole_number(account: Account, number: str) -> None:
    body = f'{{"workspace": "{account.home}", "definition": {{}}, "expected_revision": {number}}}'
    answer = account.client.post(f"/flows/{account.flow}/drafts", content=body, headers=JSON)
    assert refused(answer, 422, "invalid")["problems"][0]["pointer"] == "/expected_revision"


@pytest.mark.parametrize("content", [None, 1, "x", [], {}, {"flow": 2}, {"flow": 1, "steps": "x", "trigger": []}])
def test_any_definition_is_accepted_or_refused(account: Account, content: object) -> None:
    for path in ("drafts", "staging"):
        body = {"workspace": account.home, "definition": content, "expected_revision": account.revision()}
        refused(account.client.post(f"/flows/{account.flow}/{path}", json=body), 422, "invalid")


@pytest.mark.parametrize(
    "kind",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/jsonx",
        "",
    ],
)
def test_only_json_is_taken(account: Account, kind: str | None) -> None:
    headers = {} if kind is None else {"Content-Type": kind}
    answer = account.client.post("/workspaces", content=b'{"slug": "s", "name": "n"}', headers=headers)
    refused(answer, 415, "unsupported_media_type")


@pytest.mark.parametrize(
    "kind", ["application/json; charset=UTF-8", "Application/JSON", 'application/json;charset="utf-8"']
)
def test_json_is_taken_however_it_is_named(account: Account, kind: str) -> None:
    body = f'{{"slug": "{account.server.fresh("ws")}", "name": "n"}}'
    answer = account.client.post("/workspaces", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 201


def test_a_body_over_the_limit_is_refused(account: Account) -> None:
    sent = []

    def chunks() -> Iterator[bytes]:
        for _ in range(64):
            sent.append(1)
            yield b" " * 65_536

    refused(account.client.post("/workspaces", content=b" " * 1_048_577, headers=JSON), 413, "too_large")
    refused(account.client.post("/workspaces", content=chunks(), headers=JSON), 413, "too_large")
    answer = account.client.post("/workspaces", content=b" " * 1_048_576, headers=JSON)
    refused(answer, 400, "malformed")


def test_a_false_length_helps_nobody(account: Account) -> None:
    for length in ("99999999999999999999999", "99999999999"):
        answer = raw(
            account.server,
            f"POST /api/v1/workspaces HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
            f"{account.server.token}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{}}",
        )
        assert answer.split(b" ", 2)[1] in (b"400", b"413")


@pytest.mark.parametrize(
    "path",
    [
        "/flows/UPPER",
        "/flows/-x",
        "/flows/" + "x" * 64,
        "/flows/" + "x" * 5000,
        "/flows/a%00b",
        "/flows/%ff",
        "/flows/a%0Ab",
        "/flows/a%0A",
        "/flows/%F0%9F%92%A9",
        "/flows/%d9%a1",
        "/flows/a%2Fb",
        "/flows/..%2f..%2fhealth",
        "/flows/",
        "/flows//",
        "//flows",
        "/flows;x",
        "/FLOWS",
        "/runs/run_1",
        "/runs/" + "run_" + "a" * 27,
        "/runs/1",
        "/runs/0",
        "/runs/null",
        "/nothing",
        "/",
        "",
    ],
)
def test_addresses_that_lead_nowhere_are_not_found(account: Account, path: str) -> None:
    url = httpx.URL(account.server.url).copy_with(raw_path=f"/api/v1{path}".encode())
    refused(account.client.get(url), 404, "not_found")


def test_dots_in_an_address_are_not_followed(account: Account) -> None:
    for path in ("/api/v1/./flows", "/api/v1/health/../flows", "/api/../api/v1/flows"):
        answer = raw(account.server, f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n")
        assert answer.split(b" ", 2)[1] == b"404"


@pytest.mark.parametrize("number", ["0", "-1", "01", "1.0", "9999999999", "１", "x"])
def test_version_numbers_are_plain(account: Account, number: str) -> None:
    refused(account.client.get(f"/flows/{account.flow}/versions/{number}"), 404, "not_found")


def test_other_methods_are_refused_with_those_allowed(account: Account) -> None:
    answer = account.client.request("PUT", "/flows")
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    for method in ("TRACE", "PROPFIND"):
        refused(account.client.request(method, "/flows"), 405, "method_not_allowed")
    for header in ("X-HTTP-Method-Override", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix"):
        assert account.client.get("/flows", headers={header: "/setup"}).status_code == 200


def test_head_is_get_without_a_body_and_options_lists_methods(account: Account) -> None:
    got, head = account.client.get("/workspaces"), account.client.head("/workspaces")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == got.headers["content-type"]
    options = account.client.options("/workspaces")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    evil = account.client.options("/workspaces", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in evil.headers


def test_parameters_an_operation_does_not_know_are_refused(account: Account) -> None:
    refused(account.client.get(f"/flows/{account.flow}?x=1"), 422, "invalid")
    refused(account.client.post("/workspaces?dry=1", json={"slug": "s", "name": "n"}), 422, "invalid")


def test_a_body_where_none_is_taken_is_refused(account: Account) -> None:
    run = "run_" + "0" * 26
    refused(account.client.post(f"/runs/{run}/cancel", json={"force": True}), 422, "invalid")
    refused(account.client.post(f"/runs/{run}/cancel", json={}), 404, "not_found")
    refused(account.client.post(f"/runs/{run}/cancel"), 404, "not_found")


def test_answers_carry_headers_that_keep_browsers_out(account: Account) -> None:
    for answer in (account.client.get("/workspaces"), account.client.get("/nothing"), account.client.post("/flows")):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert len(answer.headers["x-request-id"]) == 16


def test_a_fault_of_ours_says_nothing_of_the_inside(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*given: object, **more: object) -> None:
        raise RuntimeError("inside /etc/passwd")

    monkeypatch.setattr(type(account.server.parts.views), "workspace", fault)
    answer = account.client.get(f"/workspaces/{account.home}")
    assert refused(answer, 500, "internal")["detail"].startswith("Something went wrong inside")
    assert "passwd" not in answer.text


def test_a_strange_host_is_not_repeated(account: Account) -> None:
    account.stage(definition(trigger={"kind": "webhook", "auth": "none"}))
    path = f"/flows/{account.flow}/registrations/{account.home}"
    for host in ('evil"><script>', "a b", "x" * 300):
        answer = account.client.get(path, headers={"Host": host})
        assert answer.status_code in (200, 400)
        assert host not in answer.text


def raw(server: Server, request: str) -> bytes:
    """The answer to bytes on the wire."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(request.encode())
        return connection.recv(4096)
