"""Operating a server at the command line: serve, set up, init, backup and restore, doctor."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commands import Person, doubling, environment, flowslot

from flowslot.cli.demo.serving import Served

ADMIN = "admin-token-of-the-upkeep-tests"


@contextmanager
def serving(data: Path) -> Iterator[Person]:
    served = Served(port=0, data=data, token=ADMIN)
    try:
        yield Person(served.url, ADMIN, data)
    finally:
        served.stop()


def test_init_makes_a_folder_that_the_doctor_finds_well(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert "Next: flowslot serve" in flowslot("init", "--data", data).out
    assert flowslot("migrate", "--data", data).status == 0
    well = flowslot("doctor", "--data", data, "--json")
    assert well.status == 0, well.out
    assert {each["ok"] for each in well.json["items"]} == {True}
    assert "sandbox" in flowslot("doctor", env={"FLOWSLOT_DATA": str(data)}).out


def test_what_an_operator_does_is_told_as_json_too(tmp_path: Path) -> None:
    data, file = tmp_path / "data", tmp_path / "flowslot.backup"
    assert flowslot("init", "--data", data, "--json").json == {"data": str(data)}
    assert flowslot("--json", "migrate", "--data", data).json == {"data": str(data)}
    saved = flowslot("backup", file, "--data", data, "--json")
    assert saved.json == {"file": str(file), "bytes": file.stat().st_size}
    restored = flowslot("restore", file, "--data", data, "--yes", "--json")
    assert restored.json == {"file": str(file), "data": str(data)}
    assert flowslot("--json", "doctor", "--data", data).json["items"]


def test_the_doctor_says_what_is_wrong(tmp_path: Path) -> None:
    ran = flowslot("doctor", "--data", tmp_path / "nowhere", "--json")
    assert ran.status == 1
    assert "flowslot init" in next(each["message"] for each in ran.json["items"] if not each["ok"])


def test_a_backup_brings_everything_back(tmp_path: Path) -> None:
    old, new, file = tmp_path / "old", tmp_path / "new", tmp_path / "flowslot.backup"
    with serving(old) as person:
        here = person.workspace()
        flow = person.flow(here, doubling())
        before = person.asks("flow", "show", flow)
        saved = flowslot("backup", file, "--data", old)
        assert saved.status == 0, saved.err
    flowslot("init", "--data", new)
    restored = flowslot("restore", file, "--data", new)
    assert restored.status == 0, restored.err
    with serving(new) as person:
        assert person.asks("flow", "show", flow) == before
        person.does("quarantine", "end")
        person.is_ready()
        assert person.asks("run", "start", flow, here, "-i", '{"number": 4}', "--wait")["outcome"]["details"] == {
            "result": 8
        }


def test_a_running_server_is_not_replaced(tmp_path: Path) -> None:
    with serving(tmp_path / "data"):
        file = tmp_path / "flowslot.backup"
        assert flowslot("backup", file, "--data", tmp_path / "data").status == 0
        ran = flowslot("restore", file, "--data", tmp_path / "data")
        assert (ran.status, "refused: unavailable" in ran.err) == (1, True)


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    flowslot("init", "--data", tmp_path / "data")
    (tmp_path / "file").write_text("no backup")
    ran = flowslot("restore", tmp_path / "file", "--data", tmp_path / "data")
    assert (ran.status, "Traceback" in ran.err) == (1, False)
    missing = flowslot("restore", tmp_path / "missing", "--data", tmp_path / "data")
    assert missing.status in (1, 2)
    assert "Traceback" not in missing.err


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = flowslot("serve", "--port", port, "--data", tmp_path / "data")
    assert ran.status == 2
    assert f"127.0.0.1 port {port}" in ran.err


def test_the_set_up_token_works_once(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as person:
        ran = flowslot("setup", "--name", "Eve", "fs_setup_wrong", "--server", person.server)
        assert (ran.status, "unauthenticated" in ran.err) == (1, True)


def test_the_first_start_says_how_to_become_the_administrator(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "flowslot.cli", "serve", "--port", "0", "--data", str(tmp_path / "data")]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, encoding="utf-8") as server:
        try:
            assert server.stdout is not None
            said = ""
            while "flowslot setup" not in said:
                said += server.stdout.readline()
            words = re.search(r"flowslot (setup --name) YOU (--server \S+) (\S+)", said)
            assert words is not None
            made = flowslot(*words[1].split(), "Ada", *words[2].split(), words[3])
            assert made.status == 0, made.err
            exported = dict(re.findall(r"export (\w+)=(\S+)", made.out))
            assert '"name":"Ada"' in flowslot("user", "list", "--json", env=exported).out
            assert flowslot(*words[1].split(), "Eve", *words[2].split(), words[3]).status == 1
        finally:
            server.terminate()
            server.wait(30)
