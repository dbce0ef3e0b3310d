"""The demo: it tells its story on a real server, verifies every statement, and leaves nothing behind."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from commands import environment, flowslot

from flowslot.base.json_text import parse
from flowslot.cli.demo.desk import Desk
from flowslot.cli.demo.examples import examples_folder, flow_definition
from flowslot.cli.demo.rounds import ROUND
from flowslot.cli.demo.verifying import Verifier
from flowslot.cli.refusals import refused_here


@pytest.mark.parametrize("database", [[], ["--postgres"]], ids=["sqlite", "postgresql"])
def test_every_statement_of_the_story_is_true(database: list[str]) -> None:
    ran = flowslot("demo", "--once", *database)
    assert ran.status == 0, f"{ran.out}\n{ran.err}"
    assert re.search(r"All \d\d statements were verified\.", ran.out)
    assert ran.out.count("✗") == 0


def test_a_statement_that_is_not_true_is_printed_and_remembered(capsys: pytest.CaptureFixture[str]) -> None:
    verify = Verifier()
    verify.expect("two and two is four", expected=4, seen=4)
    assert verify.all_true
    verify.expect("two and two is five", expected=5, seen=4)
    verify.verdict()
    assert verify.failures == ["two and two is five"]
    printed = capsys.readouterr().out
    assert "expected 5" in printed
    assert "seen     4" in printed
    assert "1 of 2 statements were not true" in printed


def _refuse(code: str) -> None:
    raise refused_here(code, "no")


def test_an_expected_refusal_must_come_and_have_its_code() -> None:
    verify = Verifier()
    verify.expect_refusal("as expected", "nothing_staged", lambda: _refuse("nothing_staged"))
    verify.expect_refusal("another", "nothing_staged", lambda: _refuse("not_found"))
    verify.expect_refusal("none", "nothing_staged", lambda: None)
    assert verify.failures == ["another: nothing_staged", "none: nothing_staged"]


def test_a_demo_that_is_stopped_ends_its_server(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flowslot.cli", "demo", "--data", str(tmp_path / "data")]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, encoding="utf-8") as demo:
        assert demo.stdout is not None
        found = re.search(r"listens at (\S+),", demo.stdout.readline())
        assert found is not None
        assert httpx.get(f"{found.group(1)}/api/v1/health/live", trust_env=False).status_code == 200
        demo.send_signal(signal.SIGTERM)
        demo.stdout.read()
        assert demo.wait(30) == 128 + signal.SIGTERM
    with pytest.raises(httpx.ConnectError):
        httpx.get(found.group(1), trust_env=False)


def read_until(terminal: int, wanted: str, *, seconds: float) -> str:
    """What the terminal shows, up to the line with `wanted` and its end."""
    shown, deadline = "", time.monotonic() + seconds
    while not re.search(rf"{wanted}[^\n]*\n", shown):
        ready, _, _ = select.select([terminal], [], [], 1)
        assert time.monotonic() < deadline, shown
        shown += os.read(terminal, 65536).decode(errors="replace") if ready else ""
    return shown


def test_on_a_terminal_it_stays_up_and_what_it_says_to_try_works() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "flowslot.cli", "demo"]
    env = environment(COLUMNS="200", TERM="dumb", NO_COLOR="1")
    with subprocess.Popen(command, env=env, stdin=theirs, stdout=theirs, stderr=theirs) as demo:
        try:
            lines = [line.strip() for line in read_until(ours, "# who did what", seconds=120).splitlines()]
            name, password = re.findall(r"sign in as (\S+) with the password (\S+)", "\n".join(lines))[0]
            settings = next(line for line in lines if line.startswith("export FLOWSLOT_SERVER="))
            tries = [line for line in lines if line.startswith("flowslot ")]
            assert len(tries) == 5
            server = settings.partition("=")[2].partition(" ")[0]
            signed_in = httpx.post(
                f"{server}/api/v1/session", json={"name": name, "password": password}, trust_env=False
            )
            assert signed_in.status_code == 201
            own = f'flowslot() {{ "{sys.executable}" -m flowslot.cli "$@"; }}'
            script = "\n".join(["set -e", own, settings, *tries])
            done = subprocess.run(["bash", "-c", script], env=env, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            assert "♛ main of triage is version 2" in done.stdout
            assert demo.poll() is None
            demo.send_signal(signal.SIGINT)
            assert demo.wait(30) == 130
        finally:
            demo.kill()
            os.close(ours)
            os.close(theirs)


def test_the_desk_keeps_accounts_apart_and_opens_nothing_twice() -> None:
    desk = Desk({"token-a": "a", "token-b": "b"})
    desk.start()
    try:
        with httpx.Client(base_url=desk.url, trust_env=False) as http:
            mine = {"Authorization": "Bearer token-a", "Idempotency-Key": "1"}
            first, again = (http.post("/tickets", json={"title": "x"}, headers=mine) for _ in range(2))
            assert (first.status_code, first.json()) == (201, again.json())
            theirs = {"Authorization": "Bearer token-b"}
            assert http.get("/tickets", headers=theirs).json() == {"items": [], "total": 0}
            assert http.patch("/tickets/1", json={"owner": "b"}, headers=theirs).status_code == 404
            assert http.patch("/tickets/1", json={"owner": "a"}, headers=mine).json()["owner"] == "a"
            assert http.get("/tickets").status_code == 401
            assert "<td>a</td><td>x</td>" in http.get("/").text
    finally:
        desk.stop()


def test_the_examples_are_flows_and_real_payloads() -> None:
    for name in ("triage", "triage-2", "notify", "sync"):
        assert flow_definition(name)["flow"] == 1
    payloads = sorted((examples_folder() / "github").glob("*.json"))
    assert len(payloads) >= 12
    assert set(ROUND) <= {path.stem for path in payloads}
    assert all(isinstance(parse(path.read_bytes()), dict) for path in payloads)
    assert (examples_folder() / "github" / "LICENSE").read_text().startswith("The MIT License")
