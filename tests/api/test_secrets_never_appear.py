"""Over 40 canaries through every output: the API's answers, events, metrics, traces and the log, in every form."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from canaries import FORMS, Echo, canary, echoing, found_in
from collector import collecting

from flowslot.base.json_text import parse

CONNECTIONS = 24
"""Six of each way to sign in; their secrets are the first canaries."""
CHANGED = range(24, 28)
ACCESS_TOKENS = range(28, 34)
WEBHOOK_SECRETS = range(34, 38)
WRONG = range(38, 40)
"""Secrets in requests that are refused."""
PASSWORDS = range(40, 43)
"""One that is right, one it is changed to, one that is wrong."""
ADMIN = "flowslot-kanari-of-the-administrator"

LISTS = ("workspaces", "flows", "runs", "audit", "users", "tokens", "connectors", "openapi.json", "metrics", "product")


def auth_of(number: int, secret: str, echo: Echo) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [
        {"kind": "basic", "username": "ada", "password": secret},
        {"kind": "bearer", "token": secret},
        {"kind": "header", "name": "X-Api-Key", "value": secret},
        {
            "kind": "oauth2",
            "token_url": f"{echo.url}/token",
            "client_id": "id",
            "client_secret": secret,
            "client_auth": "body" if number % 8 < 4 else "basic",
        },
    ]
    return kinds[number % 4]


class Watched:
    """A server that runs, and everything that came out of it."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=f"{url}/api/v1", headers={"Authorization": f"Bearer {ADMIN}"}, timeout=60)
        self.url = url
        self.seen: dict[str, bytes] = {}
        self.secrets: dict[str, str] = {"the administrator's token": ADMIN}
        self._client = httpx.Client(timeout=httpx.Timeout(60, read=None), headers=self.client.headers)
        self._listening = threading.Event()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()
        assert self._listening.wait(30)

    def secret(self, number: int, name: str) -> str:
        self.secrets[f"{number} {name}"] = canary(number)
        return canary(number)

    def ask(self, method: str, path: str, body: Any = None, *, shows: str = "", **more: Any) -> httpx.Response:
        """Asks, and keeps the answer; but for the one secret that is shown once."""
        answer = self.client.request(method, path, **({"json": body} if body is not None else {}), **more)
        text = answer.content.replace(shows.encode(), b"") if shows else answer.content
        self.seen[f"{method} {path} ({len(self.seen)})"] = text + repr(answer.headers).encode()
        return answer

    def made(self, path: str, body: Any) -> Any:
        answer = self.ask("POST", path, body)
        assert answer.status_code < 300, answer.text[:500]
        return answer.json()

    def close(self) -> None:
        self._reader.join(10)
        self._client.close()
        self.client.close()

    def _listen(self) -> None:
        try:
            with self._client.stream("GET", f"{self.url}/api/v1/events") as answer:
                for chunk in answer.iter_bytes():
                    self.seen["events"] = self.seen.get("events", b"") + chunk
                    self._listening.set()
        except httpx.HTTPError:
            return


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, bytes], dict[str, str]]]:
    """What came out of a server in which every secret was used, rightly and wrongly; and the secrets."""
    folder = tmp_path_factory.mktemp("canaries")
    tokens = iter([canary(number) for number in ACCESS_TOKENS] * 4)
    with collecting() as collector, echoing(tokens) as echo:
        process, log = serving(folder, collector.url)
        assert process.stdout is not None
        watched = Watched(parse(process.stdout.readline())["url"])
        try:
            story(watched, echo)
            collector.until(lambda spans: sum(span.kind == "client" for span in spans) >= CONNECTIONS)
        finally:
            process.terminate()
            process.communicate(timeout=30)
            watched.close()
        assert echo.received >= 2 * CONNECTIONS
        yield watched.seen | {"the log": log.read_bytes(), "traces": b"".join(collector.raw)}, watched.secrets


def serving(folder: Path, collector: str) -> tuple[subprocess.Popen[str], Path]:
    log = folder / "log"
    settings = {
        "FLOWSLOT_BOOTSTRAP_TOKEN": ADMIN,
        "FLOWSLOT_ALLOW_NETWORKS": "127.0.0.0/8",
        "FLOWSLOT_LOG_LEVEL": "debug",
        "FLOWSLOT_LOG_FORMAT": "json",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector,
        "OTEL_BSP_SCHEDULE_DELAY": "50",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FLOWSLOT_")}
    command = [sys.executable, "-m", "flowslot.cli", "serve", "--port", "0", "--data", str(folder / "data"), "--json"]
    with log.open("wb") as written:
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=written, text=True, env={**kept, **settings}
        ), log


def story(watched: Watched, echo: Echo) -> None:
    watched.made("/workspaces", {"slug": "acme", "name": "Acme"})
    connect(watched, echo)
    run_all(watched)
    sign_webhooks(watched)
    ask_wrongly(watched)
    sign_in(watched)
    for name in ("viewer", "author", "promoter", "admin"):
        token = watched.client.post("/tokens", json={"name": name, "role": name}).json()["token"]
        watched.secrets[f"the {name}'s token"] = token
        httpx.get(f"{watched.url}/api/v1/flows", headers={"Authorization": f"Bearer {token}"})
        httpx.get(f"{watched.url}/api/v1/flows", headers={"Authorization": f"Basic {token}"})
    for path in LISTS:
        watched.ask("GET", f"/{path}")
    for run in watched.client.get("/runs?limit=200").json()["items"]:
        watched.ask("GET", f"/runs/{run['id']}")
    for path in ("connections",):
        watched.ask("GET", f"/workspaces/acme/{path}")
    for flow in ("calls", "hooked"):
        for path in ("", "/versions", "/registrations", "/promotions", "/versions/1"):
            watched.ask("GET", f"/flows/{flow}{path}")


def connect(watched: Watched, echo: Echo) -> None:
    """Connections of every kind; four of them get a new secret later."""
    for number in range(CONNECTIONS):
        auth = auth_of(number, watched.secret(number, "of a connection"), echo)
        settings = {"base_url": echo.url, "auth": auth}
        watched.made("/workspaces/acme/connections", {"slug": f"c{number}", "connector": "http", "settings": settings})
    for number in CHANGED:
        auth = auth_of(number, watched.secret(number, "of a changed connection"), echo)
        path = f"/workspaces/acme/connections/c{number - CHANGED.start}"
        assert watched.ask("PATCH", path, {"settings": {"base_url": echo.url, "auth": auth}}).status_code == 200
    for number in ACCESS_TOKENS:
        watched.secret(number, "an access token")


def run_all(watched: Watched) -> None:
    """A flow that calls through each connection, where all is well and where the target fails, loudly."""
    names = [f"c{number}" for number in range(CONNECTIONS)]

    def send(name: str, path: str) -> dict[str, Any]:
        return {
            "id": f"{name}_{path}",
            "kind": "http_request",
            "method": "POST",
            "connection": name,
            "path": f"/{path}",
        }

    steps: list[dict[str, Any]] = []
    for name in names:
        steps.append(send(name, "good"))
        steps.append({"id": f"try_{name}", "kind": "try", "steps": [send(name, "failing")], "catch": [note(name)]})
    steps.append(
        {"id": "raises", "kind": "code", "inputs": {"all": "=steps.note_c0"}, "code": "def main(all):\n    1/0"}
    )
    promoted(watched, "calls", steps, {"kind": "on_demand"}, names)
    path = "/flows/calls/registrations/acme/runs?wait=60"
    run = watched.made(path, {"input": {}})
    assert run["error"]["code"] == "code_error", run["error"]


def note(name: str) -> dict[str, Any]:
    return {"id": f"note_{name}", "kind": "set", "value": "=error.message"}


def promoted(
    watched: Watched, flow: str, steps: list[dict[str, Any]], trigger: dict[str, Any], names: list[str]
) -> None:
    watched.made("/flows", {"slug": flow, "name": flow, "workspace": "acme"})
    bound = {"connections": {name: name for name in names}}
    assert watched.ask("PATCH", f"/flows/{flow}/registrations/acme", bound).status_code == 200
    content = {"flow": 1, "trigger": trigger, "steps": steps}
    content["connections"] = {name: {"connector": "http"} for name in names}
    revision = watched.client.get(f"/flows/{flow}").json()["revision"]
    change = {"workspace": "acme", "definition": content, "expected_revision": revision}
    watched.made(f"/flows/{flow}/staging", change)
    revision = watched.client.get(f"/flows/{flow}").json()["revision"]
    watched.made(f"/flows/{flow}/promotions", {"workspace": "acme", "version": 1, "expected_revision": revision})


def sign_webhooks(watched: Watched) -> None:
    """Webhooks with a secret that is right, one that was right before, and one that is wrong."""
    steps = [{"id": "done", "kind": "stop", "status": "success"}]
    promoted(watched, "hooked", steps, {"kind": "webhook", "auth": "bearer"}, [])
    url = watched.client.get("/flows/hooked/registrations/acme").json()["webhook"]["main"]
    for number in WEBHOOK_SECRETS:
        secret = watched.secret(number, "of a webhook")
        path = "/flows/hooked/registrations/acme/webhook-secret"
        answer = watched.client.post(path, json={"secret": secret})
        assert answer.status_code == 200, answer.text
        for given in (secret, secret + "x"):
            sent = httpx.post(url, json={}, headers={"Authorization": f"Bearer {given}"})
            watched.seen[f"webhook {number} {sent.status_code}"] = sent.content
            assert sent.status_code == (202 if given == secret else 401), sent.text


def sign_in(watched: Watched) -> None:
    """A session at the page, begun rightly and wrongly, used, and ended; its password set rightly and wrongly."""
    right, other, wrong = (watched.secret(number, "a password") for number in PASSWORDS)
    user = watched.made("/users", {"name": "bo", "role": "viewer", "password": right})["id"]
    for body in ({"name": "bo", "password": wrong}, {"name": wrong, "password": right}, {"token": wrong}, {"x": wrong}):
        assert watched.ask("POST", "/session", body).status_code in (401, 422)
    begun = httpx.post(f"{watched.url}/api/v1/session", json={"name": "bo", "password": right})
    watched.seen["a session"] = begun.content
    secret = begun.headers["set-cookie"].partition("=")[2].partition(";")[0]
    watched.secrets["a session"] = secret
    held = {"Cookie": f"flowslot_session={secret}", "X-CSRF-Token": begun.json()["csrf"]}
    with httpx.Client(base_url=f"{watched.url}/api/v1", headers=held) as browser:
        answers = [
            browser.get("/session"),
            browser.get("/flows", headers={"X-Nothing": secret}),
            browser.put(f"/users/{user}/password", json={"password": other, "current": wrong}),
            browser.put(f"/users/{user}/password", json={"password": [other], "current": right}),
            browser.put(f"/users/{user}/password", json={"password": other, "current": right}),
            browser.delete("/session", headers={"X-CSRF-Token": secret}),
            browser.delete("/session"),
            browser.get("/flows"),
        ]
    assert [each.status_code for each in answers] == [200, 200, 403, 422, 204, 403, 204, 401]
    for number, each in enumerate(answers):
        watched.seen[f"with a session {number}"] = each.content + repr(each.headers).encode()


def ask_wrongly(watched: Watched) -> None:
    """Requests that hold a secret and are refused, at a place and of a kind of their own."""
    first, second = (watched.secret(number, "in a wrong request") for number in WRONG)
    path = "/workspaces/acme/connections"
    wrong: list[Any] = [
        {
            "slug": "x",
            "connector": "http",
            "settings": {"base_url": "http://a", "auth": {"kind": "bearer", "token": 5}},
        },
        {"slug": "x", "connector": "http", "settings": {"base_url": "no", "auth": {"kind": "bearer", "token": first}}},
        {"slug": "x", "connector": "http", "settings": {"auth": {"kind": "bearer", "tokn": first}}},
        {
            "slug": "x",
            "connector": "http",
            "settings": {"base_url": "https://a.example", "auth": {"kind": "unknown", "token": first}},
        },
        {
            "slug": "c0",
            "connector": "http",
            "settings": {"base_url": "https://a.example", "auth": {"kind": "bearer", "token": second}},
        },
        {
            "slug": "x",
            "connector": "http",
            "settings": {
                "base_url": "https://a.example",
                "auth": {"kind": "header", "name": "X", "value": second + "\n"},
            },
        },
        {
            "slug": "x",
            "connector": "http",
            "settings": {"base_url": "https://a.example", "auth": {"kind": "basic", "password": [second]}},
        },
    ]
    for body in wrong:
        assert watched.ask("POST", path, body).status_code in (409, 422)
    watched.ask("POST", path, content=f'{{"slug": "{first}', headers={"Content-Type": "application/json"})
    watched.ask("POST", "/flows/hooked/registrations/acme/webhook-secret", {"secret": [second]})
    watched.ask("GET", "/flows", headers={"Authorization": f"Bearer {first}"})


def test_no_secret_comes_out_anywhere(everything: tuple[dict[str, bytes], dict[str, str]]) -> None:
    seen, secrets = everything
    assert sum("kanari" in secret for secret in secrets.values()) > 40
    assert len(seen) > 80
    assert len(seen["the log"]) > 1_000
    assert len(seen["traces"]) > 1_000
    assert b"promotion.made" in seen["events"]
    assert found_in(seen, secrets) == []


@pytest.mark.parametrize("form", FORMS)
def test_the_search_finds_a_secret_in_each_form(form: str) -> None:
    given = FORMS[form](canary(7))
    assert f"7 ({form}) in here" in found_in({"here": f"xx{given}yy".encode()}, {"7": canary(7)})
