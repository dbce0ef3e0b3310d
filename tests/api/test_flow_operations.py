"""The operations on workspaces, flows and versions, row by row of the contract: what they answer and refuse."""

from __future__ import annotations

import pytest
from account import Account, definition, refused, saying

VERSION_KEYS = {"number", "hash", "author", "at", "note", "workspace", "kind", "discarded", "icons"}
FLOW_KEYS = {"slug", "name", "visibility", "revision", "main", "staging", "latest", "home_workspace", "registrations"}


def test_a_workspace_is_created_shown_changed_and_deleted(account: Account) -> None:
    slug = account.server.fresh("ws")
    made = account.client.post("/workspaces", json={"slug": slug, "name": "Acme", "kind": "project", "customer": "A"})
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1/workspaces/{slug}"
    shown = account.get(f"/workspaces/{slug}")
    assert shown == made.json() == {**shown, "slug": slug, "name": "Acme", "kind": "project", "customer": "A"}
    changed = account.client.patch(f"/workspaces/{slug}", json={"name": "New", "customer": None})
    assert (changed.json()["name"], changed.json()["customer"], changed.json()["kind"]) == ("New", None, "project")
    assert account.client.delete(f"/workspaces/{slug}").status_code == 204
    refused(account.client.get(f"/workspaces/{slug}"), 404, "not_found")


def test_a_workspace_is_refused_where_its_slug_is_taken_and_kept_while_in_use(account: Account) -> None:
    body = {"slug": account.home, "name": "Again"}
    refused(account.client.post("/workspaces", json=body), 409, "already_exists")
    refused(account.client.delete(f"/workspaces/{account.home}"), 409, "in_use")


def test_workspaces_are_listed_in_parts(account: Account) -> None:
    slugs = [account.workspace() for _ in range(3)]
    first = account.get("/workspaces", limit=20)
    assert len(first["items"]) <= 20
    seen, cursor = [each["slug"] for each in first["items"]], first["next"]
    while cursor is not None:
        part = account.get("/workspaces", limit=20, cursor=cursor)
        seen += [each["slug"] for each in part["items"]]
        cursor = part["next"]
    assert set(slugs) <= set(seen)
    assert seen == sorted(set(seen))


def test_a_flow_is_registered_to_its_workspace_at_once(account: Account) -> None:
    slug = account.server.fresh("flow")
    made = account.client.post("/flows", json={"slug": slug, "name": "Orders", "workspace": account.home})
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1/flows/{slug}"
    flow = made.json()
    assert set(flow) == FLOW_KEYS
    assert (flow["main"], flow["staging"], flow["latest"], flow["registrations"]) == (None, None, None, 1)
    assert (flow["visibility"], flow["home_workspace"]) == ("shared", account.home)
    assert made.headers["etag"] == f'"{flow["revision"]}"'
    (registration,) = account.get(f"/flows/{slug}/registrations")["items"]
    assert (registration["workspace"], registration["slot"], registration["active"]) == (account.home, "main", True)
    assert registration["resolved_version"] is None


def test_a_flow_is_refused_where_its_slug_is_taken_or_its_workspace_is_not_there(account: Account) -> None:
    body = {"slug": account.flow, "name": "Again", "workspace": account.home}
    refused(account.client.post("/flows", json=body), 409, "already_exists")
    body = {"slug": account.server.fresh("flow"), "name": "New", "workspace": "nowhere"}
    refused(account.client.post("/flows", json=body), 404, "not_found")


def test_a_flow_row_says_where_it_runs(account: Account) -> None:
    def row() -> dict[str, object]:
        (found,) = (each for each in account.get("/flows", workspace=account.home)["items"])
        return dict(found)

    assert (row()["running_on"], row()["trigger_kind"], row()["callable"]) == ("none", None, False)
    account.stage()
    assert (row()["running_on"], row()["trigger_kind"], row()["callable"]) == ("staging", "on_demand", True)
    account.promote()
    assert (row()["running_on"], row()["active"]) == ("main", True)
    account.client.patch(f"/flows/{account.flow}/registrations/{account.home}", json={"active": False})
    assert (row()["running_on"], row()["active"]) == ("main", False)
    assert set(row()) > FLOW_KEYS


def test_a_flow_is_renamed_and_deleted(account: Account) -> None:
    changed = account.client.patch(f"/flows/{account.flow}", json={"name": "Renamed", "visibility": "private"})
    assert (changed.json()["name"], changed.json()["visibility"]) == ("Renamed", "private")
    assert account.client.delete(f"/flows/{account.flow}").status_code == 204
    refused(account.client.get(f"/flows/{account.flow}"), 404, "not_found")


def test_a_flow_that_others_have_is_neither_private_nor_deleted(account: Account) -> None:
    account.register(account.workspace())
    refused(account.client.patch(f"/flows/{account.flow}", json={"visibility": "private"}), 409, "in_use")
    refused(account.client.delete(f"/flows/{account.flow}"), 409, "in_use")


def test_r1_a_draft_is_in_the_history_and_in_no_slot(account: Account) -> None:
    body = {"workspace": account.home, "definition": definition(), "note": "first", "expected_revision": 0}
    body["expected_revision"] = account.revision()
    made = account.client.post(f"/flows/{account.flow}/drafts", json=body)
    assert made.status_code == 201
    assert made.headers["location"] == f"/api/v1/flows/{account.flow}/versions/1"
    assert set(made.json()) == VERSION_KEYS | {"problems"}
    assert made.json() | {"hash": "", "at": ""} == {
        "number": 1,
        "hash": "",
        "author": "ada",
        "at": "",
        "note": "first",
        "workspace": account.home,
        "kind": "draft",
        "discarded": False,
        "icons": [],
        "problems": [],
    }
    flow = account.get(f"/flows/{account.flow}")
    assert (flow["main"], flow["staging"], flow["latest"]["number"]) == (None, None, 1)


def test_r9_history_shows_every_version_and_its_definition(account: Account) -> None:
    for value in range(3):
        account.draft(saying(value))
    account.stage(saying(3))
    account.promote()
    listed = account.get(f"/flows/{account.flow}/versions")["items"]
    assert [(each["number"], each["kind"], each["icons"]) for each in listed] == [
        (4, "staged", ["main"]),
        (3, "draft", []),
        (2, "draft", []),
        (1, "draft", []),
    ]
    shown = account.get(f"/flows/{account.flow}/versions/2")
    assert shown["definition"] == saying(1)
    assert {key: shown[key] for key in VERSION_KEYS} == listed[2]
    refused(account.client.get(f"/flows/{account.flow}/versions/5"), 404, "not_found")


def test_r18_a_stale_revision_is_refused_with_what_changed(account: Account) -> None:
    seen = account.revision()
    account.draft()
    body = {"workspace": account.home, "definition": definition(), "expected_revision": seen}
    for path in ("drafts", "staging"):
        found = refused(account.client.post(f"/flows/{account.flow}/{path}", json=body), 409, "revision_conflict")
        assert found["current_revision"] == account.revision()
        assert [(each["action"], each["actor"], each["version"]) for each in found["changes"]] == [
            ("version.saved", "ada", 1)
        ]
        assert set(found["changes"][0]) == {"action", "actor", "at", "version"}


def test_a_definition_is_refused_with_the_place_of_each_problem(account: Account) -> None:
    wrong = definition({"id": "a", "kind": "set"}, {"id": "a", "kind": "nonsense"}) | {"extra": 1}
    body = {"workspace": account.home, "definition": wrong, "expected_revision": account.revision()}
    found = refused(account.client.post(f"/flows/{account.flow}/drafts", json=body), 422, "invalid")
    pointers = {problem["pointer"] for problem in found["problems"]}
    assert {"/extra", "/steps/1/kind"} <= pointers
    assert set(found["problems"][0]) == {"workspace", "pointer", "code", "message", "line", "column"}


def test_versions_are_compared_by_the_ids_of_their_steps(account: Account) -> None:
    step = {"id": "a", "kind": "set", "value": 1}
    done = {"id": "done", "kind": "stop", "status": "success"}
    account.draft(definition(step, done))
    account.draft(definition(done, {**step, "value": 2}, {"id": "b", "kind": "set", "value": 3}))
    found = account.get(f"/flows/{account.flow}/diff", **{"from": 1, "to": 2})
    assert (found["from"], found["to"]) == (1, 2)
    assert [each["id"] for each in found["steps"]["added"]] == ["b"]
    assert len(found["steps"]["moved"]) == 1
    (changed,) = found["steps"]["changed"]
    assert (changed["id"], changed["key"], changed["from"], changed["to"]) == ("a", "value", 1, 2)
    assert found["trigger"] == found["config"] == found["connections"] == []


@pytest.mark.parametrize("query", ["", "?from=1", "?from=0&to=1", "?from=x&to=1", "?from=1&from=2&to=1"])
def test_a_comparison_names_two_versions(account: Account, query: str) -> None:
    refused(account.client.get(f"/flows/{account.flow}/diff{query}"), 422, "invalid")
