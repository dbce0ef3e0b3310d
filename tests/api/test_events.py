"""GET /events: changes as they happen, only what the caller may see, and streams that end when they should."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from account import Account, refused, saying
from api_server import Server

from flowslot.api import events as streams
from flowslot.api.routes import events as operation


def listen(client: httpx.Client, **headers: str) -> Iterator[dict[str, Any]]:
    """The events of a stream; the first `next` begins to listen."""
    with client.stream("GET", "/events", headers=headers) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        for line in answer.iter_lines():
            if line.startswith("retry:"):
                yield {}
            if line.startswith("data:"):
                yield json.loads(line.removeprefix("data:"))


def test_changes_of_slots_and_runs_are_told_as_they_happen(account: Account) -> None:
    heard = listen(account.client, **{"Last-Event-ID": "7"})
    next(heard)
    account.stage(saying(1))
    account.run()
    seen = []
    while not seen or seen[-1]["action"] != "run.success":
        event = next(heard)
        if event["flow"] == account.flow:
            seen.append(event)
    assert [event["action"] for event in seen[:2]] == ["version.saved", "staging.deployed"]
    assert seen[1]["workspace"] == account.home
    assert (seen[1]["version"], seen[1]["revision"]) == (1, account.revision())
    assert seen[-1]["about"]["run"].startswith("run_")


def test_a_limited_caller_hears_of_its_workspaces_and_that_a_shared_flow_changed(account: Account) -> None:
    acme, other = account.workspace(), account.new_flow()
    account.register(acme)
    with account.server.signed_in(account.token("viewer", [acme])) as limited:
        heard = listen(limited)
        next(heard)
        account.draft(flow=other)
        account.stage(saying(1))
        account.client.patch(f"/flows/{account.flow}/registrations/{acme}", json={"active": False})
        seen = [next(heard) for _ in range(3)]
    assert [event["action"] for event in seen] == ["version.saved", "staging.deployed", "registration.deactivated"]
    assert set(seen[1]) == {"action", "at", "flow", "version", "revision"}
    assert (seen[1]["flow"], seen[2]["workspace"]) == (account.flow, acme)


def test_a_stream_ends_when_its_token_is_revoked(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation, "KEEP_ALIVE", 0.05)
    made = account.post("/tokens", {"name": "t", "role": "viewer"}, status=201)
    with account.server.signed_in(made["token"]) as client:
        heard = listen(client)
        next(heard)
        account.client.delete(f"/tokens/{made['id']}")
        assert all(event["action"] == "token.deleted" for event in heard)


def test_a_stream_that_falls_behind_is_ended(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BACKLOG", 5)
    heard = listen(account.client)
    next(heard)
    account.server.parts.broadcast.publish([{"action": "x", "n": number} for number in range(100)])
    assert [event for event in heard if event["action"] == "x"] == []


def test_streams_are_limited(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "MOST_OF_ONE", 1)
    heard = listen(account.client)
    next(heard)
    answer = account.client.get("/events")
    refused(answer, 429, "too_many")
    assert int(answer.headers["retry-after"]) > 0
    heard.close()


def test_publishing_from_many_threads_reaches_everybody(server: Server, account: Account) -> None:
    heard = [listen(account.client) for _ in range(3)]
    for each in heard:
        next(each)
    threads = [
        threading.Thread(target=server.parts.broadcast.publish, args=([{"action": "many", "n": number}],))
        for number in range(20)
    ]
    for thread in threads:
        thread.start()
    for each in heard:
        seen = [next(each) for _ in range(20)]
        assert {event["n"] for event in seen if event["action"] == "many"} == set(range(20))
    for thread in threads:
        thread.join()
