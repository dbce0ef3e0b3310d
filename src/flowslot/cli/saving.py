"""flowslot flow draft | stage | validate | revert | edit: from a file to the staging slot (R1, R2, R3, R12)."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from flowslot.base.json_text import Json
from flowslot.cli.arguments import FlowSlug, InWorkspace, Note, SeenRevision
from flowslot.cli.documents import read_document
from flowslot.cli.editing import edited
from flowslot.cli.refusals import REFUSED, refused_here
from flowslot.cli.session import Session, command
from flowslot.cli.tables import icons, print_problems, print_record
from flowslot.cli.versions import newest_saved

File = Annotated[str, typer.Argument(metavar="FILE", help="The definition, YAML or JSON; - is standard input.")]
MaybeFile = Annotated[
    str | None,
    typer.Argument(metavar="FILE", help="The definition; - is standard input. Without it: a saved version."),
]
Number = Annotated[int | None, typer.Option("--version", help="A saved version instead of a file.")]


def add_to(app: typer.Typer) -> None:
    """Puts these commands into the group `flow`."""
    command(app, "draft", example="flowslot flow draft triage triage.yaml -w acme")(draft)
    command(app, "stage", example="flowslot flow stage triage triage.yaml -w acme")(stage)
    command(app, "validate", example="flowslot flow validate triage new.yaml -w acme")(validate)
    command(app, "revert", example="flowslot flow revert triage --workspace acme")(revert)
    command(app, "edit", example="EDITOR=vim flowslot flow edit triage -w acme")(edit)


def draft(
    session: Session,
    flow: FlowSlug,
    file: File,
    workspace: InWorkspace,
    note: Note = None,
    expected_revision: SeenRevision = None,
) -> None:
    """Save a definition as a draft: in the history, in no slot (R1)."""
    body = {"workspace": workspace, "definition": read_document(file)}
    _save_draft(session, flow, body, note=note, revision=expected_revision)


def _save_draft(session: Session, flow: str, body: Json, *, note: str | None, revision: int | None) -> None:
    seen = {"expected_revision": session.revision(flow, revision)}
    answer = session.client.post("flows", flow, "drafts", body={**body, **_note(note), **seen})
    session.show(answer, lambda version: print_version(flow, version))


def stage(
    session: Session,
    flow: FlowSlug,
    workspace: InWorkspace,
    file: MaybeFile = None,
    version: Number = None,
    note: Note = None,
    expected_revision: SeenRevision = None,
) -> None:
    """Deploy to staging: a file, --version, or the workspace's newest saved version (R2)."""
    revision = session.revision(flow, expected_revision)
    what = _file_or_version(session, flow, file, version, workspace=workspace)
    body = {"workspace": workspace, **what, **_note(note), "expected_revision": revision}
    session.show(
        session.client.post("flows", flow, "staging", body=body), lambda staged: _staged(flow, staged, workspace)
    )


def _staged(flow: str, staged: Json, workspace: str) -> None:
    print_version(flow, staged["version"])
    print(f"⚗ staging of {flow} is version {staged['version']['number']}.")
    print(f"To see what promoting it would do: flowslot flow plan {flow} -w {workspace}")


def validate(
    session: Session,
    flow: FlowSlug,
    workspace: InWorkspace,
    file: MaybeFile = None,
    version: Number = None,
    scope: Annotated[
        Literal["staging", "all"], typer.Option("--scope", help="Check this and all on staging, or all registrations.")
    ] = "staging",
) -> None:
    """Check a definition against its workspaces; moves nothing (R3). Exit status 1 when something is wrong."""
    what = _file_or_version(session, flow, file, version, workspace=workspace)
    answer = session.client.post("flows", flow, "validations", body={"workspace": workspace, **what, "scope": scope})
    session.show(answer, _verdict)
    if not answer.value["ok"]:
        raise typer.Exit(REFUSED)


def _verdict(validation: Json) -> None:
    if validation["ok"]:
        print("ok: nothing is wrong.")
    else:
        print_problems(validation["problems"])


def revert(session: Session, flow: FlowSlug, workspace: InWorkspace, expected_revision: SeenRevision = None) -> None:
    """Set the workspace's drafts aside, empty staging, put everybody back on main (R12)."""
    from flowslot.cli.flows import print_flow

    body = {"workspace": workspace, "expected_revision": session.revision(flow, expected_revision)}
    session.show(session.client.post("flows", flow, "reverts", body=body), print_flow)


def edit(session: Session, flow: FlowSlug, workspace: InWorkspace, note: Note = None) -> None:
    """Open the newest version in $EDITOR as YAML and save what you write as a draft."""
    revision = session.revision(flow)
    newest = newest_saved(session, flow)
    before = (
        _definition(session, flow, newest["number"])
        if newest
        else {"flow": 1, "trigger": {"kind": "on_demand"}, "steps": []}
    )
    after = edited(before, name=flow)
    if after == before:
        sys.stderr.write("Nothing changed; nothing saved.\n")
        return
    _save_draft(session, flow, {"workspace": workspace, "definition": after}, note=note, revision=revision)


def _definition(session: Session, flow: str, number: int) -> Json:
    return session.client.get("flows", flow, "versions", number).value["definition"]


def _file_or_version(session: Session, flow: str, file: str | None, version: int | None, *, workspace: str) -> Json:
    if file is not None and version is not None:
        raise typer.BadParameter("Give a file or --version, not both.")
    if file is not None:
        return {"definition": read_document(file)}
    if version is not None:
        return {"version": version}
    newest = newest_saved(session, flow, workspace=workspace)
    if newest is None:
        raise refused_here("not_found", f"The flow {flow} has no version saved in {workspace}; give a FILE.")
    return {"version": newest["number"]}


def _note(note: str | None) -> dict[str, str]:
    return {} if note is None else {"note": note}


def print_version(flow: str, version: Json) -> None:
    """Prints a version without its definition."""
    shown = ("author", "at", "workspace", "kind", "note", "discarded", "hash")
    pairs = {key: version.get(key) for key in shown}
    print_record(f"{flow} version {version['number']}", {"slots": icons(version["icons"]), **pairs})
