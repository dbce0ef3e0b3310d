"""The operations on connections, users, tokens and the first administrator, row by row of the contract."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from account import Account, refused

SECRET = "s3cret-value-of-the-test"
SETTINGS = {"base_url": "https://api.example.com", "auth": {"kind": "bearer", "token": SECRET}}


def test_a_connection_is_created_changed_and_deleted_and_its_secret_never_read(account: Account) -> None:
    path = f"/workspaces/{account.home}/connections"
    made = account.client.post(path, json={"slug": "erp", "connector": "http", "settings": SETTINGS})
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1{path}/erp"
    assert made.json()["settings"]["auth"] == {"kind": "bearer", "token": "set"}
    refused(account.client.post(path, json={"slug": "erp", "settings": SETTINGS}), 409, "already_exists")
    changed = account.client.patch(f"{path}/erp", json={"settings": {"auth": {"kind": "bearer", "token": "set"}}})
    assert changed.json()["settings"] == made.json()["settings"]
    listed = account.client.get(path)
    assert [each["slug"] for each in listed.json()["items"]] == ["erp"]
    for answer in (made, changed, listed, account.client.get(f"{path}/erp"), account.client.get("/audit")):
        assert SECRET not in answer.text
    assert account.client.delete(f"{path}/erp").status_code == 204
    refused(account.client.get(f"{path}/erp"), 404, "not_found")


def test_a_connection_in_use_is_kept(account: Account) -> None:
    path = f"/workspaces/{account.home}/connections"
    account.post(path, {"slug": "erp", "connector": "http", "settings": SETTINGS}, status=201)
    account.client.patch(f"/flows/{account.flow}/registrations/{account.home}", json={"connections": {"erp": "erp"}})
    refused(account.client.delete(f"{path}/erp"), 409, "in_use")


@pytest.mark.parametrize(
    ("settings", "pointer"),
    [
        ({}, "/settings/base_url"),
        ({"base_url": "ftp://x"}, "/settings/base_url"),
        ({"base_url": "https://x.example", "more": 1}, "/settings/more"),
        ({"base_url": "https://x.example", "auth": {"kind": "basic"}}, "/settings/auth/username"),
        ({"base_url": "https://x.example", "auth": {"kind": "other"}}, "/settings/auth"),
    ],
)
def test_settings_of_a_connection_are_checked(account: Account, settings: object, pointer: str) -> None:
    body = {"slug": "erp", "connector": "http", "settings": settings}
    found = refused(account.client.post(f"/workspaces/{account.home}/connections", json=body), 422, "invalid")
    assert pointer in [problem["pointer"] for problem in found["problems"]]


def test_a_token_is_shown_once_and_ends_when_it_is_revoked(account: Account) -> None:
    made = account.client.post("/tokens", json={"name": "ci", "role": "viewer"})
    assert made.status_code == 201
    text, id_ = made.json()["token"], made.json()["id"]
    listed = account.client.get("/tokens")
    assert id_ in [each["id"] for each in listed.json()["items"]]
    assert text not in listed.text
    with account.server.signed_in(text) as client:
        assert client.get("/workspaces").status_code == 200
        assert account.client.delete(f"/tokens/{id_}").status_code == 204
        refused(client.get("/workspaces"), 401, "unauthenticated")


def test_a_token_can_be_limited_in_time_and_to_workspaces(account: Account) -> None:
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    body = {"name": "t", "role": "author", "workspaces": [account.home], "expires_at": later}
    made = account.post("/tokens", body, status=201)
    assert (made["workspaces"], made["role"]) == ([account.home], "author")
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    for wrong in (
        {"expires_at": past},
        {"expires_at": 1},
        {"workspaces": []},
        {"workspaces": "all"},
        {"role": "owner"},
    ):
        refused(account.client.post("/tokens", json=body | wrong), 422, "invalid")
    refused(account.client.post("/tokens", json=body | {"workspaces": ["nowhere"]}), 404, "not_found")


def test_users_are_added_changed_and_removed(account: Account) -> None:
    name = account.server.fresh("user")
    made = account.post("/users", {"name": name, "role": "author"}, status=201)
    refused(account.client.post("/users", json={"name": name, "role": "author"}), 409, "already_exists")
    assert made["id"] in [each["id"] for each in account.get("/users", limit=200)["items"]]
    token = account.post("/tokens", {"name": "t", "role": "author", "user": made["id"]}, status=201)["token"]
    changed = account.client.patch(f"/users/{made['id']}", json={"role": "viewer"})
    assert changed.json()["role"] == "viewer"
    with account.server.signed_in(token) as client:
        body = {"slug": "x", "name": "x", "workspace": account.home}
        refused(client.post("/flows", json=body), 403, "forbidden")
        assert account.client.delete(f"/users/{made['id']}").status_code == 204
        refused(client.get("/flows"), 401, "unauthenticated")


def test_the_last_administrator_stays(account: Account) -> None:
    admins = {each["name"]: each for each in account.get("/users", limit=200)["items"] if each["role"] == "admin"}
    ada = admins.pop("ada")
    for other in admins.values():  # that other tests made
        assert account.client.delete(f"/users/{other['id']}").status_code == 204
    refused(account.client.delete(f"/users/{ada['id']}"), 409, "in_use")
    refused(account.client.patch(f"/users/{ada['id']}", json={"role": "viewer"}), 409, "in_use")


def test_set_up_works_once(account: Account) -> None:
    with account.server.signed_in(None) as nobody:
        body = {"setup_token": "fs_setup_guess", "name": "Eve"}
        refused(nobody.post("/setup", json=body), 401, "unauthenticated")


def test_the_record_tells_who_did_what(account: Account) -> None:
    account.draft()
    entries = account.get("/audit", flow=account.flow)["items"]
    assert [entry["action"] for entry in entries] == ["version.saved", "registration.added", "flow.created"]
    assert {entry["actor"] for entry in entries} == {"ada"}
    assert set(entries[0]) == {
        "seq",
        "at",
        "actor",
        "action",
        "flow",
        "workspace",
        "version",
        "revision",
        "about",
    }
    only = account.get("/audit", flow=account.flow, action="version", actor="ada", workspace=account.home)["items"]
    assert [entry["action"] for entry in only] == ["version.saved"]
    refused(account.client.get("/audit?flow=nowhere"), 404, "not_found")
    part = account.get("/audit", flow=account.flow, limit=1)
    assert account.get("/audit", flow=account.flow, limit=1, cursor=part["next"])["items"][0]["seq"] < entries[0]["seq"]


def test_health_is_public_and_metrics_are_not(account: Account) -> None:
    with httpx.Client(base_url=account.server.url) as nobody:
        for prefix in ("", "/api/v1"):
            assert nobody.get(f"{prefix}/health/live").json() == {"status": "ok"}
            assert nobody.get(f"{prefix}/health/ready").json() == {"status": "ok"}
            refused(nobody.get(f"{prefix}/metrics"), 401, "unauthenticated")
    account.client.get("/workspaces")
    metrics = account.client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'flowslot_api_requests_total{operation="list_workspaces",status="200",' in metrics.text
    with account.server.signed_in(account.token("viewer", [account.home])) as limited:
        refused(limited.get("/metrics"), 403, "forbidden")


def test_editors_find_the_schema_the_kinds_and_the_functions(account: Account) -> None:
    with account.server.signed_in(None) as nobody:
        schema = nobody.get("/schemas/flow").json()
    assert schema["$schema"].endswith("2020-12/schema")
    steps = account.get("/steps")["items"]
    assert {"set", "http_request", "stop"} <= {kind["name"] for kind in steps}
    assert all(kind["schema"] and kind["example"] and kind["about"] for kind in steps)
    assert {"on_demand", "webhook", "schedule"} <= {kind["name"] for kind in account.get("/triggers")["items"]}
    assert "round_half_up" in {function["name"] for function in account.get("/functions")["items"]}
