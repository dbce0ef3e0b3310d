"""pull, plan and apply against a real server: a round trip without loss, and no change of anybody is lost."""

from __future__ import annotations

from pathlib import Path

from commands import Person, doubling

from flowslot.base.json_text import Json


def whats(answer: Json, *flows: str) -> list[str]:
    found = {each["flow"]: each["what"] for each in answer["items"]}
    return [found[flow] for flow in flows]


def test_pulled_and_applied_unchanged_nothing_happens(person: Person) -> None:
    here = person.workspace()
    flow, empty = person.flow(here, doubling("1.50")), person.flow(here)
    assert whats(person.asks("pull", person.folder), flow, empty) == ["written", "written"]
    texts = {path: path.read_text() for path in person.folder.rglob("*.yaml")}
    assert whats(person.asks("plan", person.folder), flow, empty) == ["same", "same"]
    assert person.asks("apply", person.folder)["items"] == []
    assert whats(person.asks("pull", person.folder), flow, empty) == ["same", "same"]
    assert {path: path.read_text() for path in texts} == texts


def test_a_changed_file_becomes_a_draft_and_then_staging(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    person.does("pull", person.folder)
    file = person.folder / "flows" / f"{flow}.yaml"
    file.write_text(file.read_text().replace("* 2", "* 9"))
    assert whats(person.asks("plan", person.folder), flow) == ["draft"]
    assert whats(person.asks("apply", person.folder, "--note", "from Git"), flow) == ["draft"]
    newest = person.asks("flow", "history", flow)["items"][0]
    assert (newest["number"], newest["note"], newest["icons"]) == (2, "from Git", [])
    assert whats(person.asks("plan", person.folder), flow) == ["same"]
    assert whats(person.asks("plan", person.folder, "--stage"), flow) == ["stage"]
    person.does("apply", person.folder, "--stage")
    assert person.asks("flow", "show", flow)["staging"]["number"] == 2


def test_a_flow_that_is_only_a_file_is_created(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    person.does("pull", person.folder)
    text = (person.folder / "flows" / f"{flow}.yaml").read_text()
    (person.folder / "flows" / f"{flow}-copy.yaml").write_text(text)
    assert whats(person.asks("apply", person.folder), f"{flow}-copy") == ["create"]
    assert person.does("flow", "export", f"{flow}-copy").out == person.does("flow", "export", flow).out


def test_changed_on_both_sides_is_refused_until_it_is_decided(person: Person) -> None:
    here = person.workspace()
    flow = person.flow(here, doubling())
    person.does("pull", person.folder)
    file = person.folder / "flows" / f"{flow}.yaml"
    person.does("flow", "draft", flow, person.file("theirs.yaml", doubling("3")), "-w", here)
    assert whats(person.asks("plan", person.folder), flow) == ["behind"]
    file.write_text(file.read_text().replace("* 2", "* 9"))
    ran = person.run("apply", person.folder, "--json")
    assert (ran.status, whats(ran.json, flow)) == (1, ["refused"])
    assert whats(person.asks("pull", person.folder), flow) == ["kept"]
    assert "* 9" in file.read_text()
    assert whats(person.asks("apply", person.folder, "--overwrite"), flow) == ["draft"]
    assert "* 9" in person.does("flow", "export", flow).out


def test_a_definition_that_does_not_fit_is_reported_and_the_others_go_on(person: Person, tmp_path: Path) -> None:
    here = person.workspace()
    good, bad = person.flow(here, doubling()), person.flow(here, doubling())
    person.does("pull", person.folder)
    for flow, to in ((good, "* 9"), (bad, "* nonsense")):
        file = person.folder / "flows" / f"{flow}.yaml"
        file.write_text(file.read_text().replace("* 2", to))
    ran = person.run("apply", person.folder, "--stage")
    assert ran.status == 1
    assert "validation_failed" in ran.out
    assert "nonsense" in ran.out
    assert person.asks("flow", "show", good)["staging"]["number"] == 2
    assert person.asks("flow", "show", bad)["staging"] is None
