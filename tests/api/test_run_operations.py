"""The operations on runs, row by row of the contract: what they answer and refuse."""

from __future__ import annotations

import pytest
from account import WAITING, Account, definition, refused, saying
from api_server import exact

RUN_KEYS = {
    "id",
    "flow",
    "flow_name",
    "workspace",
    "workspace_name",
    "version",
    "hash",
    "slot",
    "status",
    "trigger",
    "input",
    "outcome",
    "error",
    "queued_at",
    "started_at",
    "ended_at",
    "parent",
    "test",
    "steps",
}
STEP_KEYS = {"id", "path", "kind", "status", "input", "output", "error", "attempts", "started_at", "ended_at"}
FAILING = definition({"id": "no", "kind": "stop", "status": "failure", "message": "no good"})
WITH_INPUT = definition(
    trigger={
        "kind": "on_demand",
        "input": {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}},
    }
)


def path_of(account: Account) -> str:
    return f"/flows/{account.flow}/registrations/{account.home}/runs"


def test_a_run_that_ends_in_the_time_to_wait_is_answered_whole(account: Account) -> None:
    account.on_main()
    answer = account.client.post(f"{path_of(account)}?wait=20", json={"input": {"a": 1}})
    assert answer.status_code == 200
    run = answer.json()
    assert set(run) == RUN_KEYS
    assert set(run["steps"][0]) == STEP_KEYS
    expected = {
        "flow": account.flow,
        "workspace": account.home,
        "version": 1,
        "slot": "main",
        "status": "success",
        "input": {"a": 1},
        "outcome": {"status": "success", "message": None, "details": {"a": 1}},
        "error": None,
        "parent": None,
        "test": False,
    }
    assert {key: run[key] for key in expected} == expected
    assert run["trigger"]["kind"] == "on_demand"
    assert account.get(f"/runs/{run['id']}") == run


def test_a_run_is_answered_at_once_without_waiting(account: Account) -> None:
    account.on_main(WAITING)
    answer = account.client.post(path_of(account), json={"input": None})
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/api/v1/runs/{answer.json()['id']}"
    assert answer.json()["ended_at"] is None
    account.client.post(f"/runs/{answer.json()['id']}/cancel")


def test_r7_without_a_main_version_nothing_runs(account: Account) -> None:
    refused(account.client.post(path_of(account), json={"input": 1}), 409, "no_main_version")
    assert "trigger.refused" in [each["action"] for each in account.get("/audit", flow=account.flow)["items"]]


def test_r20_an_inactive_registration_is_only_tested(account: Account) -> None:
    account.on_main()
    account.client.patch(f"/flows/{account.flow}/registrations/{account.home}", json={"active": False})
    refused(account.client.post(path_of(account), json={"input": 1}), 409, "inactive")
    assert account.run(1, test=True)["test"] is True


def test_r1_a_draft_is_test_run_by_its_number(account: Account) -> None:
    account.draft(saying("draft"))
    run = account.run(version=1)
    assert (run["outcome"]["details"], run["test"], run["version"]) == ("draft", True, 1)
    refused(account.client.post(path_of(account), json={"version": 9}), 404, "not_found")


def test_an_input_that_does_not_fit_is_refused_with_its_place(account: Account) -> None:
    account.on_main(WITH_INPUT)
    found = refused(account.client.post(path_of(account), json={"input": {"n": "x"}}), 422, "invalid")
    assert [problem["pointer"] for problem in found["problems"]] == ["/input/n"]


@pytest.mark.parametrize("wait", ["-1", "61", "x", "nan", "1e3", ""])
def test_the_time_to_wait_is_bounded(account: Account, wait: str) -> None:
    account.on_main()
    answer = account.client.post(f"{path_of(account)}?wait={wait}", json={})
    assert answer.status_code == (202 if wait == "" else 422)


@pytest.mark.parametrize(
    "number", ["18446744073709551616", "1.10", "1E+400", "-0.0", "9007199254740993", "123456789012345678901234567890"]
)
def test_numbers_stay_as_they_were_written(account: Account, number: str) -> None:
    account.on_main()
    body = f'{{"input": {{"n": {number}}}}}'
    answer = account.client.post(
        f"{path_of(account)}?wait=20", content=body, headers={"Content-Type": "application/json"}
    )
    if number == "1E+400":
        refused(answer, 400, "malformed")
        return
    assert f'"input":{{"n":{number}}}' in answer.text
    assert f'"details":{{"n":{number}}}' in answer.text
    assert str(exact(answer)["input"]["n"]) == number


def test_a_failed_run_says_why(account: Account) -> None:
    account.on_main(FAILING)
    run = account.run()
    assert (run["status"], run["outcome"]["message"]) == ("failed", "no good")


def test_a_run_is_canceled_once(account: Account) -> None:
    account.on_main(WAITING)
    run = account.run(wait=0, status=202)
    account.post(f"/runs/{run['id']}/cancel")
    assert until_ended(account, run["id"])["status"] == "canceled"
    refused(account.client.post(f"/runs/{run['id']}/cancel"), 409, "already_ended")


def test_a_signal_resumes_a_waiting_step(account: Account) -> None:
    account.on_main(WAITING)
    run = account.run(wait=1, status=202)
    refused(account.client.post(f"/runs/{run['id']}/signals/other", json=1), 409, "not_waiting")
    account.post(f"/runs/{run['id']}/signals/ask", {"yes": True})
    ended = until_ended(account, run["id"])
    assert ended["outcome"]["details"] == {"yes": True}
    refused(account.client.post(f"/runs/{run['id']}/signals/ask", json=1), 409, "already_ended")


@pytest.mark.parametrize("last", ["loop[1].ask", "loop%5B1%5D.ask"])
def test_a_signal_resumes_a_waiting_step_inside_a_loop(account: Account, last: str) -> None:
    """By its path in the run; its id is enough where only one waits."""
    ask = {"id": "ask", "kind": "wait", "signal": True}
    loop = {"id": "loop", "kind": "for_each", "in": [1, 2], "steps": [ask]}
    done = {"id": "done", "kind": "stop", "status": "success", "details": "=steps.loop"}
    account.on_main({"flow": 1, "trigger": {"kind": "on_demand"}, "steps": [loop, done]})
    run = account.run(wait=1, status=202)
    refused(account.client.post(f"/runs/{run['id']}/signals/ask", json=1), 409, "not_waiting")
    account.post(f"/runs/{run['id']}/signals/loop[0].ask", "first")
    account.post(f"/runs/{run['id']}/signals/{last}", "second")
    assert until_ended(account, run["id"])["outcome"]["details"] == ["first", "second"]


def test_a_rerun_takes_the_same_or_the_current_version(account: Account) -> None:
    account.on_main(saying(1))
    first = account.run({"n": 1})
    account.on_main(saying(2))
    for version, details in (("same", 1), ("current", 2)):
        answer = account.client.post(f"/runs/{first['id']}/rerun", json={"version": version})
        assert answer.status_code == 202
        assert answer.headers["location"] == f"/api/v1/runs/{answer.json()['id']}"
        again = until_ended(account, answer.json()["id"])
        assert (again["outcome"]["details"], again["input"]) == (details, {"n": 1})
        assert again["trigger"]["rerun_of"] == first["id"]
    wrong = {"version": "same", "from_step": "nowhere"}
    refused(account.client.post(f"/runs/{first['id']}/rerun", json=wrong), 422, "invalid")
    refused(account.client.post(f"/runs/{first['id']}/rerun", json={"version": "other"}), 422, "invalid")


def test_runs_are_filtered(account: Account) -> None:
    account.on_main()
    one, other = account.run({"word": "needle"}), account.run({"word": "hay"})
    here = {"flow": account.flow}

    def ids(**query: object) -> list[str]:
        return [run["id"] for run in account.get("/runs", **here, **query)["items"]]

    assert ids() == [other["id"], one["id"]]
    assert ids(text="needle") == [one["id"]]
    assert ids(status="success,failed", slot="main", version=1, workspace=account.home) == [other["id"], one["id"]]
    assert ids(status="failed") == []
    assert ids(**{"from": other["queued_at"]}) == [other["id"]]
    assert ids(to=other["queued_at"]) == [one["id"]]
    assert ids(workspace="", status="", text="") == [other["id"], one["id"]]
    (row,) = account.get("/runs", **here, text="needle")["items"]
    assert set(row) == RUN_KEYS


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=-1",
        "limit=x",
        "limit=1.5",
        "limit=1&limit=2",
        "status=done",
        "status=success,",
        "slot=other",
        "version=0",
        "version=99999999999",
        "from=yesterday",
        "from=2026-01-01",
        "to=2026-01-01T00:00:00",
        "to=1700000000",
        "flow=UPPER",
        "flow=a&flow=b",
        "text=%00",
        "sort=password",
        "cursor=x",
        "cursor=%00",
        "cursor=aaaaaaaaaaaaaaaaaaaa",
    ],
)
def test_filters_are_checked(account: Account, query: str) -> None:
    found = refused(account.client.get(f"/runs?{query}"), 422, "invalid")
    assert found["problems"][0]["pointer"] == f"/{query.partition('=')[0]}"


def test_a_cursor_belongs_to_its_list(account: Account) -> None:
    account.draft(saying(1))
    account.draft(saying(2))
    cursor = account.get(f"/flows/{account.flow}/versions", limit=1)["next"]
    assert account.get(f"/flows/{account.flow}/versions", cursor=cursor)["items"][0]["number"] == 1
    refused(account.client.get("/runs", params={"cursor": cursor}), 422, "invalid")


def until_ended(account: Account, run: str) -> dict[str, object]:
    """The run once it has ended: a run that has ended refuses to be canceled, so its end is waited for here."""
    for _ in range(400):
        found = account.get(f"/runs/{run}")
        if found["ended_at"] is not None:
            return found
    raise AssertionError(f"{run} does not end: {found}")
