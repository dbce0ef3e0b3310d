"""flowslot run tail and run show: what people look at while something goes on, or has gone wrong."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from urllib.parse import urlsplit

import pytest
from commands import NOBODY, Person, doubling, environment

from flowslot.base.json_text import Json, parse

LOOPED = """
flow: 1
trigger: {kind: on_demand}
steps:
  - id: each
    kind: for_each
    in: "=[1, 2]"
    steps:
      - {id: half, kind: set, value: "=10 // (item - 2)"}
"""
WAITING = """
flow: 1
trigger: {kind: on_demand}
steps:
  - {id: approval, kind: wait, signal: true}
"""


class Tailing:
    """A `flowslot run tail` that goes on."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._lines: SimpleQueue[str] = SimpleQueue()
        self.errors: SimpleQueue[str] = SimpleQueue()
        self._readers = [
            threading.Thread(target=self._read, args=(process.stdout, self._lines), daemon=True),
            threading.Thread(target=self._read, args=(process.stderr, self.errors), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    @staticmethod
    def _read(stream: Iterator[str], into: SimpleQueue[str]) -> None:
        for line in stream:
            into.put(line)

    def line(self) -> str:
        return self._lines.get(timeout=30)

    def of(self, run: str, status: str) -> Json:
        """The line that says that a run came to a state."""
        while True:
            found = parse(self.line())
            if (found["id"], found["status"]) == (run, status):
                return found

    def interrupted(self) -> int:
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(30)


@contextmanager
def tailing(person: Person, *arguments: str, server: str | None = None) -> Iterator[Tailing]:
    """Begins to follow; the block is entered when the open run `person` has is shown."""
    process = subprocess.Popen(
        [sys.executable, "-m", "flowslot.cli", "run", "tail", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment(FLOWSLOT_SERVER=server or person.server, FLOWSLOT_TOKEN=person.token),
    )
    try:
        yield Tailing(process)
    finally:
        process.kill()
        process.communicate()


def started(person: Person, flow: str, here: str, *more: str) -> str:
    return str(person.asks("run", "start", flow, here, *more)["id"])


def test_tail_shows_where_open_runs_are_and_then_each_change(person: Person) -> None:
    here = person.workspace()
    flow, waiting = person.flow(here, doubling()), person.flow(here, WAITING)
    parked = started(person, waiting, here)
    while person.asks("run", "show", parked)["status"] != "suspended":
        pass
    with tailing(person, "--workspace", here) as seen:
        assert "waits at approval" in seen.line()
        run = started(person, flow, here, "-i", '{"number": 5}')
        line = seen.line()
        while "success" not in line:
            line = seen.line()
        assert run in line
        assert "5 times 2" in line
        assert seen.interrupted() == 0


def test_tail_shows_only_what_was_asked_for(person: Person) -> None:
    here, there = person.workspace(), person.workspace()
    flow, other, failing = person.flow(here, doubling()), person.flow(there, doubling()), person.flow(here, LOOPED)
    waiting = person.flow(here, WAITING)
    parked = started(person, waiting, here)
    with tailing(person, "--json", "--workspace", here) as seen, tailing(person, "--json", "--status", "failed") as bad:
        seen.of(parked, "suspended")
        started(person, other, there, "-i", '{"number": 1}', "--wait")
        run = started(person, flow, here, "-i", '{"number": 2}')
        assert seen.of(run, "success")["outcome"]["details"] == {"result": 4}
        failed = str(person.asks("run", "rerun", started(person, failing, here))["id"])
        assert bad.of(failed, "failed")["error"]["code"] == "expression_error"


def test_tail_connects_again_and_tells_what_happened_meanwhile(person: Person) -> None:
    here = person.workspace()
    flow, waiting = person.flow(here, doubling()), person.flow(here, WAITING)
    parked = started(person, waiting, here)
    with relayed(person.server) as relay, tailing(person, "--json", "--workspace", here, server=relay.url) as seen:
        seen.of(parked, "suspended")
        run = started(person, flow, here, "-i", '{"number": 2}')
        seen.of(run, "success")
        relay.cut()
        assert "connecting again" in seen.errors.get(timeout=30)
        missed = started(person, flow, here, "-i", '{"number": 3}')
        relay.mend()
        seen.of(missed, "success")
        live = started(person, flow, here, "-i", '{"number": 4}')
        seen.of(live, "success")
        assert seen.interrupted() == 0


@pytest.mark.parametrize("arguments", [(), ("run_1",), ("--json",)])
def test_tail_of_a_server_that_is_not_there_ends_with_3(person: Person, arguments: tuple[str, ...]) -> None:
    ran = person.run("run", "tail", *arguments, "--server", NOBODY)
    assert ran.status == 3
    assert "No server answers" in ran.err


def test_show_says_what_went_wrong_where_and_what_to_do(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, LOOPED)
    run = started(person, flow, here)
    person.does("run", "tail", run)
    page = person.does("run", "show", run).out
    for said in ("failed", "expression_error", "/steps/0/steps/0/value", "each[1].half", "Division by zero"):
        assert said in page, page
    assert f"flowslot run rerun {run} --from-step each" in page
    tree = [line for line in page.splitlines() if "half" in line and "set" in line]
    assert "✓" in tree[0]
    assert "[0] half" in tree[0]
    assert "✗" in tree[1]
    again = person.run("run", "rerun", run, "--from-step", "each", "--json")
    assert again.status == 0


def test_show_of_a_run_that_waits_says_for_what(person: Person) -> None:
    here = person.workspace()
    run = started(person, person.flow(here, WAITING), here)
    while person.asks("run", "show", run)["status"] != "suspended":
        pass
    page = person.does("run", "show", run).out
    assert "waits at approval" in page
    assert f"flowslot run signal {run} approval" in page
    person.does("run", "signal", run, "approval")
    person.does("run", "tail", run)


class Relay:
    """Stands between the command and the server, and can be cut."""

    def __init__(self, target: str, loop: asyncio.AbstractEventLoop) -> None:
        parts = urlsplit(target)
        self._target = (str(parts.hostname), int(parts.port or 80))
        self._loop = loop
        self._open: set[asyncio.StreamWriter] = set()
        self._refuses = False
        self.url = ""

    async def listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server

    def cut(self) -> None:
        self._loop.call_soon_threadsafe(self._cut)

    def _cut(self) -> None:
        self._refuses = True
        for writer in self._open:
            writer.close()

    def mend(self) -> None:
        self._refuses = False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refuses:
            writer.close()
            return
        there, back = await asyncio.open_connection(*self._target)
        self._open |= {writer, back}
        await asyncio.gather(_copied(reader, back), _copied(there, writer), return_exceptions=True)
        self._open -= {writer, back}


async def _copied(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


@contextmanager
def relayed(target: str) -> Iterator[Relay]:
    loop = asyncio.new_event_loop()
    relay = Relay(target, loop)
    server = loop.run_until_complete(relay.listen())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        loop.call_soon_threadsafe(relay._cut)
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(_over())
        loop.close()


async def _over() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
