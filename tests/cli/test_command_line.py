"""The command line itself: help with an example everywhere, wrong usage, no server, and what is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from commands import NOBODY, environment, flowslot

from flowslot.cli.main import GROUPS, NAMES, SINGLE, command_tree

COMMANDS = dict(command_tree())

CONTRACT = [
    "demo",
    "serve",
    "init",
    "migrate",
    "backup",
    "restore",
    "doctor",
    "pull",
    "plan",
    "apply",
    "workspace-list",
    "workspace-create",
    "workspace-show",
    "workspace-delete",
    "flow-list",
    "flow-create",
    "flow-show",
    "flow-edit",
    "flow-delete",
    "flow-draft",
    "flow-stage",
    "flow-validate",
    "flow-promote",
    "flow-revert",
    "flow-undo",
    "flow-history",
    "flow-diff",
    "flow-export",
    "flow-plan",
    "registration-list",
    "registration-add",
    "registration-set",
    "registration-slot",
    "registration-remove",
    "run-start",
    "run-list",
    "run-show",
    "run-cancel",
    "run-rerun",
    "run-tail",
    "connection-list",
    "connection-create",
    "connector-list",
    "token-create",
    "token-list",
    "user-create",
    "user-list",
]


def test_every_command_of_the_contract_is_there() -> None:
    assert [name for name in CONTRACT if f"flowslot {name.replace('-', ' ')}" not in COMMANDS] == []


def test_every_noun_stands_in_the_list_once() -> None:
    assert sorted(NAMES) == sorted([*GROUPS, *SINGLE])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_has_an_example_of_that_command(name: str) -> None:
    example = COMMANDS[name].rpartition("Example: ")[2]
    assert name in example
    assert len(example) < 100, "an example is one line that can be copied"


@pytest.mark.parametrize(
    "name", ["flowslot", "flowslot serve", "flowslot flow", "flowslot flow stage", "flowslot pull"]
)
def test_help_is_printed_and_is_no_failure(name: str) -> None:
    ran = flowslot(*name.split()[1:], "--help")
    assert (ran.status, "Usage: flowslot" in ran.out) == (0, True), ran.err


@pytest.mark.parametrize(
    "wrong",
    [
        ("nonsense",),
        ("flow", "nonsense"),
        ("flow", "list", "--nonsense"),
        ("flow", "draft", "triage"),
        ("flow", "list", "--limit", "0"),
        ("registration", "slot", "triage", "acme", "production"),
        ("registration", "slot", "triage", "acme"),
        ("serve", "--port", "70000"),
        ("serve", "--workers", "0"),
        ("serve", "--allow-network", "everything"),
        ("run", "start", "triage", "acme", "--input", "no-such-file"),
        ("flow", "draft", "triage", "no-such-file.yaml", "-w", "acme"),
        ("plan", "no-such-folder"),
        ("demo", "--data", "/proc/self"),
    ],
)
def test_wrong_usage_has_status_2_and_says_why(wrong: tuple[str, ...]) -> None:
    ran = flowslot(*wrong)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.strip()
    assert "Traceback" not in ran.err


def test_a_wrong_definition_file_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "flow.yaml").write_text("flow: 1\nflow: 2\n")
    ran = flowslot("flow", "validate", "triage", tmp_path / "flow.yaml", "-w", "acme", "--server", NOBODY)
    assert ran.status == 2
    assert f"{tmp_path / 'flow.yaml'}: The key 'flow' stands twice (line 2, column 1)." in ran.err


@pytest.mark.parametrize("where", ["option", "variable", "before the noun"])
def test_no_server_has_status_3_and_names_the_address(where: str) -> None:
    ran = {
        "option": lambda: flowslot("flow", "list", "--server", NOBODY),
        "variable": lambda: flowslot("flow", "list", env={"FLOWSLOT_SERVER": NOBODY}),
        "before the noun": lambda: flowslot("--server", NOBODY, "flow", "list"),
    }[where]()
    assert (ran.status, ran.out) == (3, "")
    assert f"No server answers at {NOBODY}" in ran.err


def test_the_version_is_told() -> None:
    assert flowslot("--version").out.startswith("flowslot 0.")


def test_a_near_miss_is_helped() -> None:
    assert "'workspace'" in flowslot("workspaces", "list").err


def test_serve_imports_no_client_no_tables_and_no_yaml() -> None:
    """Start-up time: what a command does not need is not imported for it."""
    program = (
        "import sys; from flowslot.cli.main import root\n"
        "import flowslot.cli.server\n"
        "try: root()(['serve', '--port', 'x'], standalone_mode=False)\n"
        "except Exception: pass\n"
        "print(*[name for name in ('httpx', 'rich', 'ruamel.yaml', 'hypothesis') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment(), check=True)
    assert ran.stdout.strip() == ""
