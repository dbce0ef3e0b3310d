"""From a draft to main and back at the command line, against a real server (R1–R6, R10, R12, R17, R18)."""

from __future__ import annotations

import sys
from pathlib import Path

from commands import Person, doubling

from flowslot.base.json_text import parse
from flowslot.cli.documents import read_document

WRONG = doubling().replace("trigger.number *", "trigger.numbr *")


def test_a_draft_is_saved_staged_promoted_and_undone(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    file = person.file("new.yaml", doubling("3"))
    draft = person.asks("flow", "draft", flow, file, "-w", here, "--note", "three")
    assert (draft["number"], draft["note"], draft["icons"]) == (2, "three", [])
    staged = person.asks("flow", "stage", flow, "-w", here)
    assert staged["version"]["number"] == 2, "the draft is staged, not saved again (R2)"
    promoted = person.asks("flow", "promote", flow, "-w", here)
    assert (promoted["version"], promoted["from_version"]) == (2, 1)
    undone = person.asks("flow", "undo", flow)
    assert (undone["main"]["number"], undone["staging"]["number"]) == (1, 2)
    assert [each["number"] for each in person.asks("flow", "history", flow)["items"]] == [2, 1]


def test_tables_show_the_slots_by_sign_and_word(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    person.does("flow", "stage", flow, person.file("new.yaml", doubling("3")), "-w", here)
    shown = person.does("flow", "show", flow).out
    assert "♛ main v1" in shown
    assert "⚗ staging v2" in shown
    assert "⚗ staging v2" in person.does("registration", "list", flow).out
    assert "⚗ staging" in person.does("flow", "history", flow).out
    assert "⚗ staging v2" in person.does("flow", "list", "-w", here).out


def test_a_refusal_has_status_1_and_tells_code_and_problems(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here)
    ran = person.run("flow", "stage", flow, person.file("wrong.yaml", WRONG), "-w", here)
    assert ran.status == 1
    assert "refused: validation_failed" in ran.err
    assert "/steps/0/details/result" in ran.err
    assert "number" in ran.err


def test_a_refusal_with_json_prints_the_problem_document(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here)
    ran = person.run("flow", "promote", flow, "-w", here, "--json")
    assert (ran.status, ran.json["code"], ran.json["status"]) == (1, "nothing_staged", 409)


def test_a_validation_says_what_is_wrong_and_moves_nothing(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    before = person.asks("flow", "show", flow)
    assert person.does("flow", "validate", flow, "-", "-w", here, stdin=doubling("4")).out == "ok: nothing is wrong.\n"
    wrong = person.run("flow", "validate", flow, "-", "-w", here, stdin=WRONG)
    assert wrong.status == 1
    assert "/steps/0/details/result" in wrong.out
    assert person.asks("flow", "show", flow) == before


def test_someone_who_was_faster_is_named(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    seen = person.asks("flow", "show", flow)["revision"]
    file = person.file("new.yaml", doubling("3"))
    person.does("flow", "draft", flow, file, "-w", here)
    ran = person.run("flow", "stage", flow, file, "-w", here, "--expected-revision", seen)
    assert ran.status == 1
    assert "revision_conflict" in ran.err
    assert "version.saved" in ran.err


def test_a_plan_lists_the_other_workspaces(person: Person) -> None:
    here, there = person.workspace(), person.workspace()
    flow = person.flow(here, doubling())
    person.does("registration", "add", flow, there)
    person.does("flow", "stage", flow, person.file("new.yaml", doubling("3")), "-w", here)
    assert person.asks("flow", "plan", flow, "-w", here)["count"] == 1
    assert there in person.does("flow", "plan", flow).out
    assert there in person.does("flow", "promote", flow, "-w", here).out


def test_one_workspace_goes_to_staging_and_back(person: Person) -> None:
    here, there = person.workspace(), person.workspace()
    flow = person.flow(here, doubling())
    person.does("registration", "add", flow, there)
    person.does("flow", "stage", flow, person.file("new.yaml", doubling("3")), "-w", here)
    assert person.asks("registration", "slot", flow, there, "staging")["resolved_version"] == 2
    assert person.asks("registration", "slot", flow, there, "--slot", "main")["resolved_version"] == 1
    reverted = person.asks("flow", "revert", flow, "-w", here)
    assert (reverted["main"]["number"], reverted["staging"]) == (1, None)


def test_an_exported_version_is_the_definition_to_the_digit(person: Person) -> None:
    here = person.workspace()
    text = doubling("1.50").replace("{result:", "{big: 12345678901234567890123, price: 2.50, result:")
    flow = person.flow(here, text)
    exported = person.does("flow", "export", flow).out
    assert "price: 2.50" in exported
    assert read_document(str(person.file("out.yaml", exported))) == read_document(str(person.file("in.yaml", text)))
    person.does("flow", "export", flow, "--version", "main", "-o", person.folder / "main.yaml")
    assert (person.folder / "main.yaml").read_text() == exported


def test_json_is_what_the_api_said(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling("1.50"))
    raw = person.does("flow", "export", flow, "--json").out
    assert '"definition":{"flow":1' in raw
    assert parse(raw)["number"] == 1
    ran = person.asks("run", "start", flow, here, "--input", '{"number": 123456789012345678901234567890}', "--wait")
    assert ran["input"] == {"number": 123456789012345678901234567890}


def test_a_difference_names_the_step(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling(), doubling("3"))
    assert "done" in person.does("flow", "diff", flow, "--from", "1", "--to", "main").out


def test_edit_opens_the_newest_version_and_saves_a_draft(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    program = "import sys; p = sys.argv[1]; t = open(p).read(); open(p, 'w').write(t.replace('* 2', '* 5'))"
    editor = person.file("editor.py", program)
    person.does("flow", "edit", flow, "-w", here, VISUAL=f"{sys.executable} {editor}")
    assert "=trigger.number * 5" in person.does("flow", "export", flow).out
    nothing = person.does("flow", "edit", flow, "-w", here, VISUAL=f"{sys.executable} -c pass")
    assert "nothing saved" in nothing.err


def test_what_was_typed_in_the_editor_is_kept_when_it_is_no_yaml(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    editor = person.file("editor.py", "import sys; open(sys.argv[1], 'w').write('a: 1\\na: 2')")
    ran = person.run("flow", "edit", flow, "-w", here, VISUAL=f"{sys.executable} {editor}")
    assert ran.status == 2
    kept = Path(ran.err.rstrip(".\n").rpartition(" ")[2])
    assert kept.read_text() == "a: 1\na: 2"
    kept.unlink()


def test_a_flow_is_renamed_and_deleted(person: Person) -> None:
    flow = person.flow(person.workspace())
    assert person.asks("flow", "set", flow, "--name", "Better")["name"] == "Better"
    assert "is deleted" in person.does("flow", "delete", flow).out
    ran = person.run("flow", "show", flow)
    assert (ran.status, "refused: not_found" in ran.err) == (1, True)
