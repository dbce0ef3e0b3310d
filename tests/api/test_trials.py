"""Trying a definition that is not saved, as the API answers it; and what a run executes."""

from __future__ import annotations

from typing import Any

from account import WAITING, Account, definition, refused, saying


def tried(account: Account, content: Any, given: Any = None, *, wait: int = 20, status: int = 200) -> dict[str, Any]:
    body = {"workspace": account.home, "definition": content, "input": given}
    return account.post(f"/flows/{account.flow}/trials?wait={wait}", body, status=status)


def test_a_trial_is_a_test_run_without_a_version(account: Account) -> None:
    account.on_main(saying("saved"))
    before = account.get(f"/flows/{account.flow}")
    run = tried(account, saying("tried"))
    assert (run["outcome"]["details"], run["version"], run["test"], run["status"]) == ("tried", None, True, "success")
    assert account.get(f"/runs/{run['id']}") == run
    assert account.get(f"/flows/{account.flow}") == before
    assert [each["number"] for each in account.get(f"/flows/{account.flow}/versions")["items"]] == [1]
    listed = account.get("/runs", flow=account.flow)["items"]
    assert [(each["id"], each["version"]) for each in listed] == [(run["id"], None)]
    assert account.get("/runs", flow=account.flow, version=1)["items"] == []


def test_r4_a_trial_is_no_draft_newer_than_staging(account: Account) -> None:
    account.stage(saying("staged"))
    path = f"/flows/{account.flow}/promotion-plan"
    plan = account.get(path, workspace=account.home)
    tried(account, saying("tried"))
    assert account.get(path, workspace=account.home) == plan
    assert account.promote()["version"] == 1


def test_r20_a_trial_runs_where_the_flow_is_inactive(account: Account) -> None:
    account.client.patch(f"/flows/{account.flow}/registrations/{account.home}", json={"active": False})
    assert tried(account, saying("tried"))["outcome"]["details"] == "tried"


def test_a_trial_is_answered_at_once_without_waiting_and_can_be_canceled(account: Account) -> None:
    run = tried(account, WAITING, wait=0, status=202)
    assert run["ended_at"] is None
    assert account.post(f"/runs/{run['id']}/cancel")["id"] == run["id"]


def test_what_a_run_executes_is_shown(account: Account) -> None:
    account.on_main(saying("saved"))
    run, of_version = tried(account, saying("tried")), account.run()
    shown = account.get(f"/runs/{run['id']}/definition")
    assert shown == {"definition": saying("tried"), "version": None, "hash": run["hash"]}
    shown = account.get(f"/runs/{of_version['id']}/definition")
    assert shown == {"definition": saying("saved"), "version": 1, "hash": of_version["hash"]}
    refused(account.client.get("/runs/run_none/definition"), 404, "not_found")


def test_a_trial_that_cannot_run_is_refused_with_places(account: Account) -> None:
    wrong = definition({"id": "a", "kind": "set", "value": "=1 +"}, {"id": "b", "kind": "nothing"})
    path, body = f"/flows/{account.flow}/trials", {"workspace": account.home, "definition": wrong}
    found = refused(account.client.post(path, json=body), 422, "invalid")
    assert [each["pointer"] for each in found["problems"]] == ["/steps/0/value", "/steps/1/kind"]
    elsewhere = account.workspace()
    refused(account.client.post(path, json={"workspace": elsewhere, "definition": saying(1)}), 404, "not_found")


def test_a_suspended_run_says_what_it_waits_for(account: Account) -> None:
    run = tried(account, WAITING, wait=0, status=202)
    while (seen := account.get(f"/runs/{run['id']}"))["status"] != "suspended":
        assert seen["status"] in ("queued", "running")
    assert seen["waits_for"] == {"until": None, "signals": ["ask"], "runs": []}
    assert [(each["path"], each["status"]) for each in seen["steps"]] == [("ask", "suspended")]
    account.post(f"/runs/{run['id']}/signals/ask", "yes")
    while (ended := account.get(f"/runs/{run['id']}"))["ended_at"] is None:
        pass
    assert (ended["outcome"]["details"], "waits_for" in ended) == ("yes", False)


def test_a_trial_is_for_authors(account: Account) -> None:
    viewer = {"Authorization": f"Bearer {account.token('viewer')}"}
    body = {"workspace": account.home, "definition": saying(1)}
    refused(account.client.post(f"/flows/{account.flow}/trials", json=body, headers=viewer), 403, "forbidden")


def test_what_a_run_executes_is_shown_only_within_the_callers_workspaces(account: Account) -> None:
    run = tried(account, saying("tried"))
    for workspace, status in ((account.home, 200), (account.workspace(), 404)):
        headers = {"Authorization": f"Bearer {account.token('viewer', [workspace])}"}
        assert account.client.get(f"/runs/{run['id']}/definition", headers=headers).status_code == status


def test_the_input_of_a_trial_is_checked_against_its_own_trigger(account: Account) -> None:
    takes = {"type": "object", "properties": {"n": {"type": "integer"}}}
    content = saying("tried") | {"trigger": {"kind": "on_demand", "input": takes}}
    body = {"workspace": account.home, "definition": content, "input": {"n": "x"}}
    found = refused(account.client.post(f"/flows/{account.flow}/trials", json=body), 422, "invalid")
    assert [each["pointer"] for each in found["problems"]] == ["/input/n"]
    assert tried(account, content, {"n": 1})["outcome"]["details"] == "tried"


def test_an_idempotency_key_begins_one_trial(account: Account) -> None:
    path, headers = f"/flows/{account.flow}/trials?wait=20", {"Idempotency-Key": "once"}
    body = {"workspace": account.home, "definition": saying("tried")}
    first, again = [account.client.post(path, json=body, headers=headers).json() for _ in range(2)]
    assert first["id"] == again["id"]
    other = body | {"definition": saying("other")}
    refused(account.client.post(path, json=other, headers=headers), 422, "idempotency_key_reused")
    assert [each["id"] for each in account.get("/runs", flow=account.flow)["items"]] == [first["id"]]


def test_no_number_asks_for_the_runs_of_trials(account: Account) -> None:
    tried(account, saying("tried"))
    for number in (0, -1):
        refused(account.client.get("/runs", params={"flow": account.flow, "version": number}), 422, "invalid")
        refused(account.client.get(f"/flows/{account.flow}/versions/{number}"), 404, "not_found")
