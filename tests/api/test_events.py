"""GET /events: changes as they happen, only what the caller may see, and streams that end when they should."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

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


def test_what_a_run_is_at_is_kept_until_it_moves_on() -> None:
    broadcast, steps = streams.Broadcast(), [{"path": "send", "status": "running"}]
    broadcast.publish([{"action": "run.step", "about": {"run": "run_1", "steps": steps}}])
    assert (broadcast.under_way("run_1"), broadcast.under_way("run_2")) == (steps, ())
    broadcast.publish([{"action": "run.suspended", "about": {"run": "run_1"}}])
    assert broadcast.under_way("run_1") == ()


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


def test_a_reader_that_falls_behind_is_told_to_read_anew(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "BACKLOG", 5)
    with account.client.stream("GET", "/events") as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("retry:")
        account.server.parts.broadcast.publish([{"action": "x", "n": number} for number in range(100)])
        assert [line for line in lines if line] == ["event: reload", "data: {}"]


def test_a_reader_that_does_not_read_holds_a_bounded_part_and_nobody_up(
    server: Server, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BACKLOG", 50)
    broadcast, quick = server.parts.broadcast, listen(account.client)
    next(quick)
    with open_stream(server) as slow:
        wait_for(lambda: broadcast.listeners == 2)
        (listener,) = [each for each in broadcast._listeners if each is not next(iter(broadcast._listeners))]
        for number in range(400):
            broadcast.publish([{"action": "x", "n": number, "much": "." * 20_000}])
            while (event := next(quick)).get("n") != number:
                assert event["action"] != "x"
        wait_for(lambda: listener.over)
        assert listener.waiting <= 1
        slow.settimeout(20)
        read = b"".join(iter(lambda: slow.recv(1 << 16), b""))
    assert read.rstrip(b"\r\n0").endswith(b"event: reload\ndata: {}")
    assert read.count(b'"n":') < 400
    quick.close()
    wait_for(lambda: broadcast.listeners == 0)


def test_two_hundred_listeners_hear_everything_and_are_forgotten_when_they_go(
    server: Server, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MOST_OF_ONE", 200)
    broadcast = server.parts.broadcast
    with ExitStack() as opened:
        readers = [opened.enter_context(open_stream(server)) for _ in range(200)]
        wait_for(lambda: broadcast.listeners == 200)
        assert account.client.get("/events").status_code == 429
        broadcast.publish([{"action": "x", "n": number} for number in range(20)])
        for each in readers:
            each.settimeout(20)
            text = b""
            while b'"n":19' not in text:
                text += each.recv(1 << 16)
            assert text.count(b'"n":') == 20
    wait_for(lambda: broadcast.listeners == 0)


def open_stream(server: Server) -> socket.socket:
    """A connection that has asked for events, and has read nothing yet."""
    address = urlsplit(server.url)
    opened = socket.socket()
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    opened.connect((address.hostname, address.port))
    headers = f"Host: x\r\nAuthorization: Bearer {server.token}\r\nConnection: close"
    opened.sendall(f"GET /api/v1/events HTTP/1.1\r\n{headers}\r\n\r\n".encode())
    return opened


def wait_for(condition: Callable[[], bool], *, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)  # between two looks; the condition has its limit


def test_a_listener_that_is_canceled_as_an_event_comes_is_canceled() -> None:
    """asyncio.wait_for of Python 3.11 returns the event then, and the task never ends."""

    async def scene() -> None:
        listener = streams.Listener()
        task = asyncio.create_task(listener.next(seconds=5))
        await asyncio.sleep(0)
        listener._add([{"action": "x"}])
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scene())


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
