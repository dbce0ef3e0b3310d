"""Idempotency-Key: carried out once, the first answer again, another request refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from account import Account, definition, refused, saying


def test_the_same_request_gets_the_first_answer_again(account: Account) -> None:
    slug = account.server.fresh("ws")
    body, headers = {"slug": slug, "name": "n"}, {"Idempotency-Key": "one"}
    first = account.client.post("/workspaces", json=body, headers=headers)
    again = account.client.post("/workspaces", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


def test_another_request_with_the_key_is_refused(account: Account) -> None:
    headers = {"Idempotency-Key": account.server.fresh("key")}
    body = {"slug": account.server.fresh("ws"), "name": "n"}
    assert account.client.post("/workspaces", json=body, headers=headers).status_code == 201
    other = account.client.post("/workspaces", json=body | {"name": "m"}, headers=headers)
    refused(other, 422, "idempotency_key_reused")


@pytest.mark.parametrize("other", [{"name": "n"}, {"slug": "A B"}, {"x": 1}, []])
def test_another_request_with_the_key_is_refused_as_that_also_when_it_does_not_fit(
    account: Account, other: object
) -> None:
    headers = {"Idempotency-Key": account.server.fresh("key")}
    body = {"slug": account.server.fresh("ws"), "name": "n"}
    refused(account.client.post("/workspaces", json=other, headers=headers), 422, "invalid")
    assert account.client.post("/workspaces", json=body, headers=headers).status_code == 201
    refused(account.client.post("/workspaces", json=other, headers=headers), 422, "idempotency_key_reused")


def test_the_order_of_keys_makes_no_other_request(account: Account) -> None:
    headers = {"Idempotency-Key": account.server.fresh("key"), "Content-Type": "application/json"}
    slug = account.server.fresh("ws")
    one = account.client.post("/workspaces", content=f'{{"slug":"{slug}","name":"n"}}', headers=headers)
    two = account.client.post("/workspaces", content=f'{{ "name":"n", "slug":"{slug}" }}', headers=headers)
    assert one.content == two.content


def test_a_refusal_is_remembered(account: Account) -> None:
    headers = {"Idempotency-Key": account.server.fresh("key")}
    path = f"/flows/{account.flow}/registrations/{account.home}/runs"
    refused(account.client.post(path, json={"input": 1}, headers=headers), 409, "no_main_version")
    account.on_main()
    again = account.client.post(path, json={"input": 1}, headers=headers)
    refused(again, 409, "no_main_version")
    assert again.headers["idempotent-replayed"] == "true"
    assert account.client.post(path, json={"input": 1}).status_code == 202


def test_a_forbidden_request_is_not_remembered(account: Account) -> None:
    headers = {"Idempotency-Key": account.server.fresh("key")}
    body = {"slug": account.server.fresh("ws"), "name": "n"}
    with account.server.signed_in(account.token("viewer")) as viewer:
        refused(viewer.post("/workspaces", json=body, headers=headers), 403, "forbidden")
    assert account.client.post("/workspaces", json=body, headers=headers).status_code == 201


def test_a_change_with_the_key_is_made_once(account: Account) -> None:
    account.stage(saying(1))
    flow = account.get(f"/flows/{account.flow}")
    body = {"workspace": account.home, "version": 1, "expected_revision": flow["revision"]}
    headers = {"Idempotency-Key": account.server.fresh("key")}
    answers = [account.client.post(f"/flows/{account.flow}/promotions", json=body, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(account.get(f"/flows/{account.flow}/promotions")["items"]) == 1


def test_a_flow_answered_again_has_its_etag(account: Account) -> None:
    account.on_main(saying(1))
    account.stage(saying(2))
    body = {"workspace": account.home, "expected_revision": account.revision()}
    headers = {"Idempotency-Key": account.server.fresh("key")}
    answers = [account.client.post(f"/flows/{account.flow}/reverts", json=body, headers=headers) for _ in range(2)]
    assert answers[0].headers["etag"] == answers[1].headers["etag"]


def test_of_many_at_once_exactly_one_is_carried_out(account: Account) -> None:
    headers = {"Idempotency-Key": account.server.fresh("key")}
    body = {"workspace": account.home, "definition": definition(), "expected_revision": account.revision()}

    def ask(_: int) -> httpx.Response:
        return account.client.post(f"/flows/{account.flow}/drafts", json=body, headers=headers)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(ask, range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    assert len(account.get(f"/flows/{account.flow}/versions")["items"]) == 1


def test_a_run_is_started_once_and_its_last_answer_given_again(account: Account) -> None:
    account.on_main()
    path = f"/flows/{account.flow}/registrations/{account.home}/runs?wait=20"
    headers = {"Idempotency-Key": account.server.fresh("key")}
    answers = [account.client.post(path, json={"input": 7}, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert len(account.get("/runs", flow=account.flow)["items"]) == 1
    refused(account.client.post(path, json={"input": 8}, headers=headers), 422, "idempotency_key_reused")


def test_a_secret_is_shown_again_and_stored_encrypted(account: Account) -> None:
    headers = {"Idempotency-Key": account.server.fresh("key")}
    body = {"name": "t", "role": "viewer"}
    first = account.client.post("/tokens", json=body, headers=headers)
    again = account.client.post("/tokens", json=body, headers=headers)
    assert first.json() == again.json()
    files = [file for file in account.server.parts.deps.settings.data.iterdir() if file.name.startswith("flowslot.db")]
    assert files
    assert not any(first.json()["token"].encode() in file.read_bytes() for file in files)


def test_keys_of_different_callers_and_operations_are_apart(account: Account) -> None:
    headers = {"Idempotency-Key": account.server.fresh("key")}
    assert (
        account.client.post(
            "/users", json={"name": account.server.fresh("user"), "role": "admin"}, headers=headers
        ).status_code
        == 201
    )
    slug = account.server.fresh("ws")
    assert account.client.post("/workspaces", json={"slug": slug, "name": "n"}, headers=headers).status_code == 201
    other = account.post("/users", {"name": account.server.fresh("user"), "role": "admin"}, status=201)
    token = account.post("/tokens", {"name": "t", "role": "admin", "user": other["id"]}, status=201)["token"]
    with account.server.signed_in(token) as client:
        answer = client.post("/workspaces", json={"slug": slug, "name": "n"}, headers=headers)
        refused(answer, 409, "already_exists")
        assert client.delete(f"/users/{other['id']}").status_code in (204, 409)


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb", "ä".encode().decode("latin-1")])
def test_a_key_is_printable_and_short(account: Account, key: str) -> None:
    headers = httpx.Headers({b"Idempotency-Key": key.encode("latin-1")})
    body = {"slug": account.server.fresh("ws"), "name": "n"}
    refused(account.client.post("/workspaces", json=body, headers=headers), 400, "malformed")


def test_a_key_is_given_once(account: Account) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    body = {"slug": account.server.fresh("ws"), "name": "n"}
    refused(account.client.post("/workspaces", json=body, headers=headers), 400, "malformed")
