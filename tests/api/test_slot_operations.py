"""The operations that move slots and registrations, row by row of the contract: what they answer and refuse."""

from __future__ import annotations

from account import Account, definition, refused, saying

NEEDS_LIMIT = definition() | {
    "config": {"type": "object", "required": ["limit"], "properties": {"limit": {"type": "number"}}}
}
REGISTRATION_KEYS = {
    "flow",
    "workspace",
    "customer",
    "slot",
    "fallback",
    "resolved_version",
    "active",
    "config",
    "connections",
    "webhook",
    "next_tick",
}


def test_r2_staging_answers_the_version_the_flow_and_the_validation(account: Account) -> None:
    found = account.stage()
    assert (found["version"]["number"], found["version"]["icons"]) == (1, ["staging"])
    assert found["flow"]["staging"] == found["version"]
    assert found["validation"]["ok"] is True
    assert found["validation"]["problems"] == []
    again = account.stage()
    assert again["version"]["number"] == 1


def test_a_saved_version_is_staged_by_its_number(account: Account) -> None:
    account.draft(saying(1))
    body = {"workspace": account.home, "version": 1, "expected_revision": account.revision()}
    assert account.post(f"/flows/{account.flow}/staging", body)["version"]["number"] == 1
    for more in ({}, {"definition": definition(), "version": 1}):
        both = {"workspace": account.home, "expected_revision": account.revision(), **more}
        refused(account.client.post(f"/flows/{account.flow}/staging", json=both), 422, "invalid")


def test_r3_a_version_that_does_not_fit_is_not_staged(account: Account) -> None:
    body = {"workspace": account.home, "definition": NEEDS_LIMIT, "expected_revision": account.revision()}
    found = refused(account.client.post(f"/flows/{account.flow}/staging", json=body), 409, "validation_failed")
    (problem,) = found["problems"]
    assert (problem["workspace"], problem["code"]) == (account.home, "config_invalid")
    assert problem["pointer"].startswith("/config")
    assert account.get(f"/flows/{account.flow}")["staging"] is None


def test_a_validation_moves_nothing(account: Account) -> None:
    path, seen = f"/flows/{account.flow}/validations", account.revision()
    good = account.post(path, {"workspace": account.home, "definition": definition(), "scope": "all"})
    assert (good["ok"], good["problems"]) == (True, [])
    bad = account.post(path, {"workspace": account.home, "definition": NEEDS_LIMIT, "scope": "staging"})
    assert (bad["ok"], bad["fingerprint"] != good["fingerprint"]) == (False, True)
    wrong = definition({"id": "a", "kind": "set", "value": "=1 +"})
    found = account.post(path, {"workspace": account.home, "definition": wrong, "scope": "staging"})
    assert (found["ok"], found["problems"][0]["pointer"]) == (False, "/steps/0/value")
    assert account.revision() == seen


def test_r12_reverting_empties_staging_and_needs_a_main_version(account: Account) -> None:
    path = f"/flows/{account.flow}/reverts"
    account.stage(saying(1))
    body = {"workspace": account.home, "expected_revision": account.revision()}
    refused(account.client.post(path, json=body), 409, "no_main_version")
    account.promote()
    account.stage(saying(2))
    refused(account.client.post(path, json=body), 409, "revision_conflict")
    answer = account.client.post(path, json=body | {"expected_revision": account.revision()})
    assert (answer.json()["staging"], answer.json()["main"]["number"]) == (None, 1)
    assert answer.headers["etag"] == f'"{account.revision()}"'


def test_r6_the_plan_lists_the_other_workspaces(account: Account) -> None:
    acme = account.workspace()
    account.register(acme, active=False)
    path = f"/flows/{account.flow}/promotion-plan"
    empty = account.get(path, workspace=account.home)
    assert (empty["allowed"], empty["reasons"], empty["version"]) == (False, ["nothing_staged"], None)
    account.stage()
    plan = account.get(path, workspace=account.home)
    assert (plan["allowed"], plan["reasons"], plan["version"], plan["count"]) == (True, [], 1, 1)
    assert plan["revision"] == account.revision()
    assert plan["other_workspaces"] == [
        {"workspace": acme, "customer": f"Customer of {acme}", "slot": "main", "active": False, "version": None}
    ]
    assert plan["in_flight"] == {"queued": 0, "running": 0, "suspended": 0}
    assert plan["validation"]["ok"] is True
    account.draft(saying(2))
    assert account.get(path, workspace=account.home)["reasons"] == ["unsaved_changes"]
    refused(account.client.get(path), 422, "invalid")


def test_r5_a_promotion_moves_everybody_and_is_listed(account: Account) -> None:
    acme = account.workspace()
    account.register(acme)
    account.stage(saying(1))
    shown = account.get(f"/flows/{account.flow}")
    body = {"workspace": account.home, "version": 1, "expected_revision": shown["revision"]}
    made = account.client.post(f"/flows/{account.flow}/promotions", json=body)
    assert made.status_code == 201
    promotion = made.json()
    assert made.headers["location"] == f"/api/v1/flows/{account.flow}/promotions/{promotion['id']}"
    expected = {"version": 1, "from_version": None, "actor": "ada", "registrations": 2, "other_workspaces_count": 1}
    assert {key: promotion[key] for key in expected} == expected
    assert account.get(f"/flows/{account.flow}/promotions")["items"] == [promotion]
    assert account.get(f"/flows/{account.flow}/promotions/{promotion['id']}") == promotion
    rows = account.get(f"/flows/{account.flow}/registrations")["items"]
    assert {(row["slot"], row["resolved_version"]) for row in rows} == {("main", 1)}


def test_r4_a_promotion_is_refused_with_the_reason(account: Account) -> None:
    path = f"/flows/{account.flow}/promotions"

    def ask(version: int, **more: object) -> dict[str, object]:
        return {"workspace": account.home, "version": version, "expected_revision": account.revision(), **more}

    refused(account.client.post(path, json=ask(1)), 409, "nothing_staged")
    account.stage(saying(1))
    account.stage(saying(2))
    refused(account.client.post(path, json=ask(1)), 409, "not_the_staged_version")
    stale = ask(2, expected_revision=account.revision() - 1)
    assert refused(account.client.post(path, json=stale), 409, "revision_conflict")["changes"]
    refused(account.client.post(path, json=ask(2, fingerprint="of another time")), 409, "validation_stale")
    account.draft(saying(3))
    refused(account.client.post(path, json=ask(2)), 409, "unsaved_changes")


def test_r17_a_promotion_is_undone_once(account: Account) -> None:
    account.on_main(saying(1))
    account.stage(saying(2))
    promotion = account.promote()
    path = f"/flows/{account.flow}/promotions/{promotion['id']}/undo"
    refused(account.client.post(path, json={"expected_revision": 1}), 409, "revision_conflict")
    back = account.post(path, {"expected_revision": account.revision()})
    assert (back["main"]["number"], back["staging"]["number"]) == (1, 2)
    body = {"expected_revision": account.revision()}
    refused(account.client.post(path, json=body), 409, "not_the_latest_change")
    assert account.get(f"/flows/{account.flow}/promotions/{promotion['id']}")["undone_by"] == "ada"


def test_a_registration_is_added_shown_changed_and_removed(account: Account) -> None:
    acme, path = account.workspace(), f"/flows/{account.flow}/registrations"
    body = {"workspace": acme, "config": {"limit": 10}, "connections": {}}
    made = account.client.post(path, json=body)
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1{path}/{acme}"
    assert set(made.json()) >= REGISTRATION_KEYS
    assert (made.json()["config"], made.json()["active"], made.json()["customer"]) == (
        {"limit": 10},
        True,
        f"Customer of {acme}",
    )
    refused(account.client.post(path, json=body), 409, "already_registered")
    changed = account.client.patch(f"{path}/{acme}", json={"active": False, "config": {"limit": 20}})
    assert (changed.json()["active"], changed.json()["config"]) == (False, {"limit": 20})
    shown = account.get(f"{path}/{acme}")
    assert (shown["active"], shown["runs_24h"], shown["last_run"]) == (False, {"success": 0, "failed": 0}, None)
    assert account.client.delete(f"{path}/{acme}").status_code == 204
    refused(account.client.get(f"{path}/{acme}"), 404, "not_found")


def test_r15_a_private_flow_is_not_registered_elsewhere(account: Account) -> None:
    flow = account.new_flow(visibility="private")
    body = {"workspace": account.workspace()}
    refused(account.client.post(f"/flows/{flow}/registrations", json=body), 409, "private_flow")


def test_r10_a_registration_is_put_on_a_slot(account: Account) -> None:
    path = f"/flows/{account.flow}/registrations/{account.home}/slot"

    def put(slot: str) -> object:
        return account.client.put(path, json={"slot": slot, "expected_revision": account.revision()})

    refused(put("main"), 409, "no_main_version")
    refused(put("staging"), 409, "nothing_staged")
    account.on_main(saying(1))
    account.stage(saying(2))
    assert put("main").json()["resolved_version"] == 1
    assert put("staging").json() | {"since": ""} == put("staging").json() | {"since": ""}
    shown = put("staging").json()
    assert (shown["slot"], shown["resolved_version"]) == ("staging", 2)
    stale = {"slot": "main", "expected_revision": account.revision() - 1}
    refused(account.client.put(path, json=stale), 409, "revision_conflict")


def test_webhook_addresses_are_shown_where_a_deployed_version_takes_webhooks(account: Account) -> None:
    path = f"/flows/{account.flow}/registrations/{account.home}"
    assert account.get(path)["webhook"] is None
    account.stage(definition(trigger={"kind": "webhook", "auth": "none"}))
    webhook = account.get(path)["webhook"]
    assert webhook["main"].startswith(f"{account.server.url}/hooks/")
    assert webhook["staging"].startswith(f"{account.server.url}/hooks/")
    assert webhook["main"] != webhook["staging"]


def test_a_schedule_shows_its_next_tick(account: Account) -> None:
    account.stage(definition(trigger={"kind": "schedule", "every": "24h"}))
    path = f"/flows/{account.flow}/registrations/{account.home}"
    assert account.get(path)["next_tick"].endswith("Z")
    account.client.patch(path, json={"active": False})
    assert account.get(path)["next_tick"] is None


def test_a_webhook_secret_is_shown_once(account: Account) -> None:
    path = f"/flows/{account.flow}/registrations/{account.home}"
    made = account.post(f"{path}/webhook-secret")
    assert len(made["secret"]) > 20
    assert account.get(path)["webhook_secret_set"] is True
    assert made["secret"] not in account.client.get(path).text
    renewed = account.post(f"{path}/webhook-secret", {})
    assert renewed["secret"] != made["secret"]
