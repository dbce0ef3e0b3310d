"""Flows as files: reading and writing a folder, and what a plan decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowslot.base.json_text import parse
from flowslot.cli.comparing import Change, Planned, ServerFlow, forced, planned
from flowslot.cli.folder import (
    FlowFile,
    Pulled,
    path_of,
    read_file,
    read_folder,
    read_pulled,
    write_file,
    write_pulled,
)
from flowslot.cli.refusals import WrongUse

OLD = {"flow": 1, "trigger": {"kind": "on_demand"}, "steps": []}
MINE = {**OLD, "steps": [{"id": "a", "kind": "set", "value": 1}]}
THEIRS = {**OLD, "steps": [{"id": "b", "kind": "set", "value": 2}]}


def flow_file(definition: object, *, slug: str = "triage", name: str = "Triage") -> FlowFile:
    return FlowFile(slug, name, "shared", "acme", definition)


def on_server(definition: object, *, staging: object = None, main: object = None) -> ServerFlow:
    hashes = [flow_file(each).hash for each in (definition, staging, main)]
    newest = None if hashes[0] is None else (7, hashes[0])
    return ServerFlow("triage", "Triage", "shared", "acme", 3, newest, hashes[1], hashes[2])


def test_a_file_written_and_read_again_says_the_same(tmp_path: Path) -> None:
    definition = parse('{"flow":1,"limit":1.50,"id":12345678901234567890123,"if":"=a: b #c","code":"a\\n  b\\n"}')
    written = flow_file(definition)
    write_file(tmp_path, written)
    assert read_file(tmp_path, "triage") == written
    assert read_file(tmp_path, "triage").mark == written.mark
    assert "limit: 1.50" in path_of(tmp_path, "triage").read_text()


def test_called_flows_come_before_those_that_call_them(tmp_path: Path) -> None:
    def calls(slug: str) -> object:
        inner = [{"id": "x", "kind": "call_flow", "flow": slug, "input": {}}]
        return {**OLD, "steps": [{"id": "c", "kind": "condition", "if": "=True", "then": inner}]}

    for slug, definition in {"a": calls("b"), "b": calls("c"), "c": OLD, "loop": calls("loop")}.items():
        write_file(tmp_path, flow_file(definition, slug=slug))
    assert list(read_folder(tmp_path)) == ["c", "b", "a", "loop"]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("triage", "name: x\n", "exactly the keys name, visibility, home_workspace, definition"),
        ("triage", "a: 1\na: 2\n", "stands twice (line 2"),
        ("triage", "name: 5\nvisibility: shared\nhome_workspace: acme\ndefinition:\n", "are texts"),
        ("Not a slug", "", "the name of the file is the flow's slug"),
    ],
)
def test_a_wrong_file_is_named(tmp_path: Path, name: str, text: str, says: str) -> None:
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / f"{name}.yaml").write_text(text)
    with pytest.raises(WrongUse) as refused:
        read_folder(tmp_path)
    assert says in str(refused.value)
    assert name in str(refused.value)


def test_what_was_pulled_is_remembered(tmp_path: Path) -> None:
    assert read_pulled(tmp_path) == Pulled({})
    write_pulled(tmp_path, Pulled({"b": "2", "a": "1"}))
    assert read_pulled(tmp_path) == Pulled({"a": "1", "b": "2"})
    (tmp_path / ".flowslot.json").write_text("oops")
    with pytest.raises(WrongUse, match="Delete it"):
        read_pulled(tmp_path)


CASES = [
    # file, server, pulled last, with --stage → the change
    (None, on_server(OLD), None, False, Change.NO_FILE),
    (MINE, None, None, False, Change.CREATE),
    (MINE, None, None, True, Change.CREATE),
    (OLD, on_server(OLD), None, False, Change.SAME),
    (OLD, on_server(OLD), None, True, Change.STAGE),
    (OLD, on_server(OLD, staging=OLD), None, True, Change.SAME),
    (OLD, on_server(OLD, main=OLD), None, True, Change.SAME),
    (OLD, on_server(OLD, main=OLD, staging=THEIRS), None, True, Change.STAGE),
    (MINE, on_server(OLD), OLD, False, Change.DRAFT),
    (MINE, on_server(OLD), OLD, True, Change.STAGE),
    (MINE, on_server(OLD), None, False, Change.DRAFT),
    (MINE, on_server(None), None, False, Change.DRAFT),
    (OLD, on_server(THEIRS), OLD, False, Change.BEHIND),
    (OLD, on_server(THEIRS), OLD, True, Change.BEHIND),
    (MINE, on_server(THEIRS), OLD, False, Change.CONFLICT),
    (MINE, on_server(THEIRS), OLD, True, Change.CONFLICT),
]


@pytest.mark.parametrize(("file", "server", "pulled", "stage", "change"), CASES)
def test_what_a_plan_decides(
    file: object, server: ServerFlow | None, pulled: object, stage: bool, change: Change
) -> None:
    before = Pulled({} if pulled is None else {"triage": flow_file(pulled).mark})
    mine = None if file is None else flow_file(file)
    assert planned("triage", file=mine, server=server, pulled=before, stage=stage).change is change


def test_every_change_has_a_case() -> None:
    assert {case[4] for case in CASES} | {Change.RENAME} == set(Change)


def test_a_new_name_alone_is_a_rename() -> None:
    plan = planned("triage", file=flow_file(OLD, name="New"), server=on_server(OLD), pulled=Pulled({}), stage=False)
    assert (plan.change, plan.renames) == (Change.RENAME, True)


@pytest.mark.parametrize(("stage", "change"), [(False, Change.DRAFT), (True, Change.STAGE)])
def test_a_conflict_can_be_decided_for_the_file(stage: bool, change: Change) -> None:
    plan = Planned("triage", Change.CONFLICT, flow_file(MINE), on_server(THEIRS))
    assert forced(plan, stage=stage).change is change
