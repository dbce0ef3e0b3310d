"""POST /hooks/{token}: the short way in, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from account import Account, definition, refused, saying

OPEN = {"kind": "webhook", "auth": "none"}
RESULT = {"kind": "webhook", "auth": "none", "respond": "result"}


@pytest.fixture
def sender(account: Account) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=account.server.url, timeout=30) as client:
        yield client


def address(account: Account, slot: str = "main") -> str:
    shown = account.get(f"/flows/{account.flow}/registrations/{account.home}")
    return str(shown["webhook"][slot])


def test_a_webhook_becomes_a_run(account: Account, sender: httpx.Client) -> None:
    account.on_main(definition(trigger=OPEN))
    for method in ("POST", "PUT", "PATCH", "DELETE", "GET"):
        answer = sender.request(method, address(account), json={"n": method})
        assert answer.status_code == 202
        run = account.get(f"/runs/{answer.json()['run']}")
        assert (run["trigger"]["kind"], run["input"]) == ("webhook", {"n": method})
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_version_that_responds_with_its_result_does(account: Account, sender: httpx.Client) -> None:
    account.on_main(saying({"ok": "=trigger.n"}) | {"trigger": RESULT})
    answer = sender.post(address(account), content=b'{"n": 1.10}', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.content) == (200, b'{"ok":1.10}')


def test_the_staging_address_runs_the_staged_version(account: Account, sender: httpx.Client) -> None:
    account.on_main(saying("main") | {"trigger": RESULT})
    account.stage(saying("staged") | {"trigger": RESULT})
    path = f"/flows/{account.flow}/registrations/{account.home}/slot"
    account.client.put(path, json={"slot": "main", "expected_revision": account.revision()})
    assert sender.post(address(account, "main"), json={}).json() == "main"
    assert sender.post(address(account, "staging"), json={}).json() == "staged"


def test_what_leads_nowhere_looks_the_same(account: Account, sender: httpx.Client) -> None:
    account.on_main(definition(trigger=OPEN))
    known = address(account)
    account.client.patch(f"/flows/{account.flow}/registrations/{account.home}", json={"active": False})
    answers = [
        sender.post(url, json={})
        for url in (
            known,
            "/hooks/" + "0" * 32,
            "/hooks/x",
            "/hooks/" + "x" * 500,
            "/hooks/%00",
            "/hooks/a/b",
            "/hooks/",
        )
    ]
    for answer in answers:
        refused(answer, 404, "not_found")
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_start_nothing(account: Account, sender: httpx.Client, method: str) -> None:
    account.on_main(definition(trigger=OPEN))
    for url in (address(account), "/hooks/nothing"):
        answer = sender.request(method, url)
        assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, PATCH, POST, PUT")


def test_bad_bodies_are_refused(account: Account, sender: httpx.Client) -> None:
    account.on_main(definition(trigger=OPEN))
    url, json = address(account), {"Content-Type": "application/json"}
    for body in (b"{", b'{"a":1,"a":2}', b"NaN", b"\xff", b"[" * 1000, b'"\\ud800"'):
        refused(sender.post(url, content=body, headers=json), 400, "malformed")
    refused(sender.post(url, content=b"a=1"), 415, "unsupported_media_type")
    refused(sender.post(url, content=b" " * 1_048_577, headers=json), 413, "too_large")

    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 65_536

    refused(sender.post(url, content=chunks(), headers=json), 413, "too_large")


def test_a_webhook_without_its_secret_is_refused(account: Account, sender: httpx.Client) -> None:
    account.on_main(definition(trigger={"kind": "webhook", "auth": "bearer"}))
    answer = sender.post(address(account), json={})
    refused(answer, 401, "unauthenticated")
    secret = account.post(f"/flows/{account.flow}/registrations/{account.home}/webhook-secret")["secret"]
    good = sender.post(address(account), json={}, headers={"Authorization": f"Bearer {secret}"})
    assert good.status_code == 202


def test_the_same_webhook_id_is_one_run(account: Account, sender: httpx.Client) -> None:
    account.on_main(definition(trigger=OPEN))
    first, again = (sender.post(address(account), json={"n": 1}, headers={"webhook-id": "w1"}) for _ in range(2))
    assert first.json() == again.json()
    refused(sender.post(address(account), json={"n": 2}, headers={"webhook-id": "w1"}), 409, "id_reused")


def test_the_same_idempotency_key_is_one_run(account: Account, sender: httpx.Client) -> None:
    account.on_main(definition(trigger=OPEN))
    key = {"Idempotency-Key": "k1"}
    first, again = (sender.post(address(account), json={"n": 1}, headers=key) for _ in range(2))
    assert first.json() == again.json()
    refused(sender.post(address(account), json={"n": 2}, headers=key), 422, "idempotency_key_reused")


def test_addresses_below_the_api_work_too(account: Account, sender: httpx.Client) -> None:
    account.on_main(definition(trigger=OPEN))
    url = address(account).replace("/hooks/", "/api/v1/hooks/")
    assert sender.post(url, json={}).status_code == 202


def test_a_fault_of_ours_says_nothing(account: Account, sender: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fault(*given: object) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr(type(account.server.parts.runs.journal), "route_of_hook", fault)
    answer = sender.post("/hooks/" + "1" * 32, json={})
    refused(answer, 500, "internal")
    assert "inside Flowslot" in answer.text
    assert "RuntimeError" not in answer.text
