"""flowslot pull | plan | apply: flows as files in a folder, both ways without loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from flowslot.base.json_text import Json, dump
from flowslot.cli.applying import apply_flow
from flowslot.cli.arguments import Note
from flowslot.cli.comparing import NOTHING_TO_DO, Change, Planned, ServerFlow, forced, planned
from flowslot.cli.folder import FlowFile, Pulled, read_file, read_folder, read_pulled, write_file, write_pulled
from flowslot.cli.progress import tracked
from flowslot.cli.refusals import REFUSED, Refused
from flowslot.cli.session import Session, command, command_group, print_raw
from flowslot.cli.tables import print_table
from flowslot.cli.versions import newest_saved

app = command_group()

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder; its flows stand in DIR/flows.")]
Stage = Annotated[bool, typer.Option("--stage", help="Deploy to staging instead of saving drafts.")]
Where = Annotated[
    str | None,
    typer.Option("--workspace", "-w", metavar="WS", help="Save in this workspace, not in the home workspace."),
]
Wanted = Annotated[
    Literal["latest", "staging", "main"], typer.Option("--version", help="Which version of each flow is written.")
]


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of one flow, or will."""

    flow: str
    what: str
    version: int | None = None
    why: str | None = None


@command(app, "pull", example="flowslot pull ./integrations")
def pull(
    session: Session,
    folder: Folder,
    version: Wanted = "latest",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Also replace files that you changed.")] = False,
) -> None:
    """Write every flow of the account into a file of its own. A file that you changed since is kept."""
    before = read_pulled(folder)
    marks = dict(before.marks)
    rows = []
    for flow in tracked(list(session.client.every("flows")), "Pulling"):
        pulled, number = _pulled_flow(session, flow, version=version)
        mine = read_file(folder, pulled.slug)
        if (
            mine not in (None, pulled)
            and mine.mark not in (pulled.mark, before.marks.get(pulled.slug))
            and not overwrite
        ):
            rows.append(_Done(pulled.slug, "kept", why="you changed the file; --overwrite replaces it"))
            continue
        write_file(folder, pulled)
        marks[pulled.slug] = pulled.mark
        rows.append(_Done(pulled.slug, "same" if mine == pulled else "written", number))
    write_pulled(folder, Pulled(marks))
    _report(session, rows, title=f"Pulled into {folder}")


def _pulled_flow(session: Session, flow: Json, *, version: str) -> tuple[FlowFile, int | None]:
    chosen = _newest(session, flow) if version == "latest" else flow[version]
    head = (flow["slug"], flow["name"], flow["visibility"], flow["home_workspace"])
    if chosen is None:
        return FlowFile(*head, definition=None), None
    found = session.client.get("flows", flow["slug"], "versions", chosen["number"]).value
    return FlowFile(*head, definition=found["definition"]), found["number"]


def _newest(session: Session, flow: Json) -> Json:
    latest = flow["latest"]
    return newest_saved(session, flow["slug"]) if latest is not None and latest["discarded"] else latest


@command(app, "plan", example="flowslot plan ./integrations --stage")
def plan(session: Session, folder: Folder, stage: Stage = False) -> None:
    """Show what `apply` would do; changes nothing."""
    rows = [_Done(each.slug, each.change.value, why=_why(each)) for each in _planned(session, folder, stage=stage)]
    _report(session, rows, title=f"Plan for {folder}")


@command(app, "apply", example="flowslot apply ./integrations --stage --note 'from Git'")
def apply(
    session: Session,
    folder: Folder,
    stage: Stage = False,
    workspace: Where = None,
    note: Note = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Also where both sides changed.")] = False,
) -> None:
    """Save what the files say as drafts, or deploy it to staging; called flows before those that call them."""
    plans = [each for each in _planned(session, folder, stage=stage) if each.change not in NOTHING_TO_DO]
    marks = dict(read_pulled(folder).marks)
    rows = []
    for each in tracked(plans, "Applying"):
        chosen = forced(each, stage=stage) if overwrite else each
        done = _apply(session, chosen, stage=stage, workspace=workspace, note=note)
        if done.what != "refused" and each.file is not None:
            marks[each.slug] = each.file.mark
        rows.append(done)
    write_pulled(folder, Pulled(marks))
    _report(session, rows, title=f"Applied {folder}")
    if any(row.what == "refused" for row in rows):
        raise typer.Exit(REFUSED)


def _apply(session: Session, plan: Planned, *, stage: bool, workspace: str | None, note: str | None) -> _Done:
    if plan.change is Change.CONFLICT:
        return _Done(plan.slug, "refused", why=_why(plan))
    try:
        version = apply_flow(session.client, plan, stage=stage, workspace=workspace, note=note)
    except Refused as refused:
        return _Done(plan.slug, "refused", why=_reasons(refused))
    return _Done(plan.slug, plan.change.value, version)


def _reasons(refused: Refused) -> str:
    problems = refused.problem.get("problems") or ()
    return "\n".join([str(refused), *(f"{each['pointer']}: {each['message']}" for each in problems[:5])])


def _planned(session: Session, folder: Path, *, stage: bool) -> list[Planned]:
    files, pulled = read_folder(folder), read_pulled(folder)
    server = {flow["slug"]: _server_flow(session, flow) for flow in session.client.every("flows")}
    return [
        planned(slug, file=files.get(slug), server=server.get(slug), pulled=pulled, stage=stage)
        for slug in [*files, *sorted(server.keys() - files.keys())]
    ]


def _server_flow(session: Session, flow: Json) -> ServerFlow:
    newest = _newest(session, flow)
    return ServerFlow(
        slug=flow["slug"],
        name=flow["name"],
        visibility=flow["visibility"],
        home_workspace=flow["home_workspace"],
        revision=flow["revision"],
        newest=(newest["number"], newest["hash"]) if newest else None,
        staging=flow["staging"]["hash"] if flow["staging"] else None,
        main=flow["main"]["hash"] if flow["main"] else None,
    )


def _why(plan: Planned) -> str | None:
    newest = plan.server.newest[0] if plan.server and plan.server.newest else None
    says = {
        Change.BEHIND: f"the server has version {newest}, which is newer than the file; pull",
        Change.CONFLICT: f"changed here and on the server (version {newest}); pull, or apply with --overwrite",
        Change.NO_FILE: "only the server has it; pull writes it, apply leaves it alone",
    }
    return says.get(plan.change, "name or visibility too" if plan.renames else None)


def _report(session: Session, rows: Sequence[_Done], *, title: str) -> None:
    if session.json:
        items = [{"flow": row.flow, "what": row.what, "version": row.version, "why": row.why} for row in rows]
        print_raw(dump({"items": items}))
        return
    print_table(title, ("flow", "what", "version", "why"), [[row.flow, row.what, row.version, row.why] for row in rows])
