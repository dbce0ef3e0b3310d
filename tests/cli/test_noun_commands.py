"""Workspaces, registrations, connections, runs, users and tokens at the command line, against a real server."""

from __future__ import annotations

import pytest
from commands import Person, doubling

CONFIGURED = doubling("config.by") + "config: {type: object, required: [by], properties: {by: {type: integer}}}\n"
FAILING = doubling().replace("status: success", "status: failure")


def test_workspaces_are_created_shown_changed_and_deleted(person: Person) -> None:
    person.does("workspace", "create", "noun-ws", "--name", "One", "--kind", "project", "--customer", "Acme")
    changed = person.asks("workspace", "set", "noun-ws", "--name", "Two")
    assert (changed["name"], changed["kind"], changed["customer"]) == ("Two", "project", "Acme")
    assert "noun-ws" in person.does("workspace", "list").out
    assert "Two" in person.does("workspace", "show", "noun-ws").out
    person.does("workspace", "delete", "noun-ws", "--yes")
    assert person.run("workspace", "show", "noun-ws").status == 1


def test_a_taken_slug_is_refused(person: Person) -> None:
    ran = person.run("workspace", "create", person.workspace())
    assert (ran.status, "already_exists" in ran.err) == (1, True)


def test_a_registration_is_filled_in(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here)
    person.does("registration", "set", flow, here, "--set", "by=3")
    person.does("flow", "stage", flow, person.file("f.yaml", CONFIGURED), "-w", here)
    assert person.asks("run", "start", flow, here, "-i", '{"number": 5}', "--wait")["outcome"]["details"] == {
        "result": 15
    }
    there = person.workspace()
    added = person.asks("registration", "add", flow, there, "--config", '{"by": 4}', "--inactive")
    assert (added["config"], added["active"], added["slot"]) == ({"by": 4}, False, "main")
    changed = person.asks("registration", "set", flow, there, "--set", "by=5", "--active")
    assert (changed["config"], changed["active"]) == ({"by": 5}, True)
    assert there in person.does("registration", "show", flow, there).out
    person.does("registration", "remove", flow, there)
    assert person.run("registration", "show", flow, there).status == 1


def test_a_file_is_tried_without_being_saved(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here)
    tried = person.asks("run", "try", flow, here, person.file("f.yaml", doubling()), "-i", '{"number": 5}')
    assert (tried["outcome"]["details"], tried["version"]) == ({"result": 10}, None)
    assert "unsaved" in person.does("run", "show", tried["id"]).out
    assert "unsaved" in person.does("run", "list", "--flow", flow).out
    assert person.run("run", "try", flow, here, person.file("f.yaml", FAILING), "-i", '{"number": 5}').status == 1


def test_a_connection_keeps_its_secret(person: Person) -> None:
    here = person.workspace()
    url = "https://erp.example"
    made = person.asks("connection", "create", here, "erp", "--base-url", url, "--bearer", stdin="very-secret\n")
    assert made["settings"]["auth"] == {"kind": "bearer", "token": "set"}
    assert "very-secret" not in person.does("connection", "show", here, "erp").out
    more = '{"allowed_hosts": ["files.example"]}'
    changed = person.asks("connection", "set", here, "erp", "--settings", more, "--bearer", stdin="new-secret\n")
    assert (changed["settings"]["base_url"], changed["settings"]["allowed_hosts"]) == (url, ["files.example"])
    assert "erp" in person.does("connection", "list", here).out
    person.does("connection", "delete", here, "erp")
    assert person.asks("connection", "list", here)["items"] == []


@pytest.mark.parametrize("given", ["file", "stdin", "argument"])
def test_a_run_takes_its_input_from_where_it_is_said(person: Person, given: str) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    text = '{"number": 21}'
    said = {"file": str(person.file("in.json", text)), "stdin": "-", "argument": text}[given]
    ran = person.asks("run", "start", flow, here, "--input", said, "--wait", stdin=text)
    assert (ran["status"], ran["outcome"]["details"]) == ("success", {"result": 42})


def test_runs_are_listed_shown_rerun_and_tailed(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    run = person.asks("run", "start", flow, here, "-i", '{"number": 1}', "--wait")["id"]
    again = person.asks("run", "rerun", run, "--version", "current", "--wait")
    assert (again["trigger"]["rerun_of"], again["status"]) == (run, "success")
    listed = person.asks("run", "list", "--flow", flow, "--status", "success")
    assert [each["id"] for each in listed["items"]] == [again["id"], run]
    assert "1 times 2" in person.does("run", "list", "-f", flow).out
    assert "♛ main v1" in person.does("run", "show", run).out
    assert "success" in person.does("run", "tail", run).out
    ran = person.run("run", "cancel", run)
    assert (ran.status, "already_ended" in ran.err) == (1, True)


def test_a_waited_for_run_that_fails_has_status_1(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, FAILING)
    ran = person.run("run", "start", flow, here, "-i", '{"number": 1}', "--wait")
    assert (ran.status, "failed" in ran.out) == (1, True)
    assert person.run("run", "start", flow, here, "-i", '{"number": 1}').status == 0


def test_an_input_that_does_not_fit_is_refused_with_its_place(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    ran = person.run("run", "start", flow, here, "-i", '{"number": "one"}')
    assert (ran.status, "refused: invalid" in ran.err, "/number" in ran.err) == (1, True, True)


def test_a_draft_is_test_run(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    person.does("flow", "draft", flow, person.file("d.yaml", doubling("7")), "-w", here)
    ran = person.asks("run", "start", flow, here, "-i", '{"number": 2}', "--version", "2", "--wait")
    assert (ran["version"], ran["test"], ran["outcome"]["details"]) == (2, True, {"result": 14})


def test_a_waiting_run_is_signalled_and_another_canceled(person: Person) -> None:
    here = person.workspace()
    steps = "steps:\n  - {id: ok, kind: wait, signal: ok, timeout: 1h}\n"
    flow = person.flow(here, "flow: 1\ntrigger: {kind: on_demand}\n" + steps)
    first, second = (person.asks("run", "start", flow, here)["id"] for _ in range(2))
    person.does("run", "cancel", second)
    assert "canceled" in person.does("run", "tail", second).out
    ran = person.run("run", "signal", first, "ok", "-p", '{"by": "Ada"}')
    while "not_waiting" in ran.err:  # it may not have come to the step yet
        ran = person.run("run", "signal", first, "ok", "-p", '{"by": "Ada"}')
    assert ran.status == 0, ran.err
    assert "success" in person.does("run", "tail", first).out


def test_users_and_tokens(person: Person) -> None:
    user = person.asks("user", "create", "Grace Hopper", "--role", "author")
    token = person.asks("token", "create", "laptop", "--role", "viewer", "--user", user["id"])
    grace = Person(person.server, token["token"], person.folder)
    assert grace.run("workspace", "list").status == 0
    refused = grace.run("workspace", "create", "not-hers")
    assert (refused.status, "forbidden" in refused.err) == (1, True)
    assert token["id"] in person.does("token", "list").out
    assert token["token"] not in person.does("token", "list", "--json").out
    person.does("token", "delete", token["id"])
    ended = grace.run("workspace", "list")
    assert (ended.status, "FLOWSLOT_TOKEN" in ended.err) == (1, True)
    assert person.asks("user", "set", user["id"], "--role", "promoter")["role"] == "promoter"
    person.does("user", "delete", user["id"])
    assert "Grace Hopper" not in person.does("user", "list").out


def test_passwords_are_set_without_being_shown(person: Person) -> None:
    user = person.asks("user", "create", "Katherine Johnson", "--password-stdin", stdin="first password\n")
    token = person.asks("token", "create", "own", "--role", "viewer", "--user", user["id"])["token"]
    katherine = Person(person.server, token, person.folder)
    assert "current password" in katherine.run("user", "password", user["name"], stdin="another one\n").err
    wrong = katherine.run("user", "password", user["name"], stdin="another one\nwrong\n")
    assert (wrong.status, "forbidden" in wrong.err) == (1, True)
    said = katherine.does("user", "password", user["name"], stdin="another one\nfirst password\n")
    assert "another one" not in said.out + said.err
    person.does("user", "password", user["name"], stdin="by an administrator\n")
    short = person.run("user", "password", user["name"], stdin="short\n")
    assert (short.status, "invalid" in short.err) == (1, True)
    assert "not_found" in person.run("user", "password", "Nobody", stdin="long enough\n").err


def test_the_record_is_shown(person: Person) -> None:
    flow = person.flow(person.workspace(), doubling())
    record = person.asks("audit", "--flow", flow, "--action", "promotion")
    assert [each["action"] for each in record["items"]] == ["promotion.made"]
    assert "promotion.made" in person.does("audit", "--flow", flow).out


def test_connectors_are_shown(person: Person) -> None:
    assert "http" in person.does("connector", "list").out
    assert "base_url" in person.does("connector", "show", "http").out
