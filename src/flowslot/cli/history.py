"""flowslot flow history | diff | export: every saved version, what changed, and a version as a file (R8, R9)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flowslot.base.json_text import Json
from flowslot.cli.arguments import Cursor, FlowSlug, Limit
from flowslot.cli.lists import of, show_list
from flowslot.cli.refusals import WrongUse
from flowslot.cli.session import Session, command
from flowslot.cli.tables import icons, print_table, version_number
from flowslot.cli.versions import slot_or_number

Wanted = Annotated[str, typer.Option("--version", help="A number, main, staging or latest.")]


def add_to(app: typer.Typer) -> None:
    """Puts these commands into the group `flow`."""
    command(app, "history", example="flowslot flow history triage")(history)
    command(app, "diff", example="flowslot flow diff triage --from main --to staging")(diff)
    command(app, "export", example="flowslot flow export triage --version main > triage.yaml")(export)


def history(session: Session, flow: FlowSlug, limit: Limit = 50, cursor: Cursor = None) -> None:
    """List every saved version, newest first, with the slots that point at it (R9)."""
    show_list(
        session,
        "flows",
        flow,
        "versions",
        title=f"History of {flow}",
        columns={
            "version": of("number"),
            "slots": lambda version: icons(version["icons"]),
            "kind": lambda version: "discarded" if version["discarded"] else version["kind"],
            "at": of("at"),
            "author": of("author"),
            "workspace": of("workspace"),
            "note": of("note"),
        },
        query={"limit": limit, "cursor": cursor},
    )


def diff(
    session: Session,
    flow: FlowSlug,
    old: Annotated[str | None, typer.Option("--from", help="A number, main, staging or latest.")] = None,
    new: Annotated[str | None, typer.Option("--to", help="A number, main, staging or latest.")] = None,
) -> None:
    """Show what changed between two versions; without options: from main (or the one before) to the latest."""
    now = session.client.get("flows", flow).value
    last = slot_or_number(session, flow, new or "latest")
    first = slot_or_number(session, flow, old) if old else version_number(now["main"]) or max(last - 1, 1)
    answer = session.client.get("flows", flow, "diff", query={"from": first, "to": last})
    session.show(answer, lambda found: _diff(f"{flow}: version {first} to {last}", found))


def _diff(title: str, found: Json) -> None:
    steps = found["steps"]
    rows = [
        *([f"step {each['id']}", "removed", each["pointer"], None] for each in steps["removed"]),
        *([f"step {each['id']}", "added", None, each["pointer"]] for each in steps["added"]),
        *([f"step {each['id']}", "moved", each["from"], each["to"]] for each in steps["moved"]),
        *([f"step {each['to']}", "renamed", each["from"], each["to"]] for each in steps["renamed"]),
        *(_row(f"step {each['id']}", each) for each in steps["changed"]),
        *(_row(part, each) for part in ("trigger", "config", "connections") for each in found[part]),
    ]
    print_table(title, ("where", "what", "before", "after"), rows)


def _row(part: str, change: Json) -> list[Json]:
    return [f"{part} {change['path']}", change["change"], change["from"], change["to"]]


def export(
    session: Session,
    flow: FlowSlug,
    version: Wanted = "latest",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file instead of standard output.")] = None,
) -> None:
    """Write a version's definition as YAML; `flowslot flow draft` reads it back without loss."""
    from flowslot.cli.yaml_writing import yaml_text

    answer = session.client.get("flows", flow, "versions", slot_or_number(session, flow, version))
    if output is None:
        session.show(answer, lambda found: print(yaml_text(found["definition"]), end=""))
        return
    try:
        output.write_text(yaml_text(answer.value["definition"]), encoding="utf-8")
    except OSError as error:
        raise WrongUse(f"{output}: {error.strerror}.") from None
    session.show(answer, lambda found: print(f"Version {found['number']} of {flow} is in {output}."))
