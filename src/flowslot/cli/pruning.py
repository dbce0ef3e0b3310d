"""flowslot prune: what the settings of retention let go, removed now."""

from __future__ import annotations

from typing import Annotated

import typer

from flowslot.base.json_text import Json, dump
from flowslot.cli.session import Session, command, command_group, print_raw
from flowslot.cli.tables import print_record

app = command_group()

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")]


@command(app, "prune", example="flowslot prune --dry-run")
def prune(session: Session, dry_run: DryRun = False) -> None:
    """Remove old runs and payloads now, as the settings of retention say; the server does so by itself, too."""
    if dry_run:
        session.show(session.client.get("retention"), _print_removable)
        return
    removed = {"payloads": 0, "runs": 0, "answers": 0}
    more = True
    while more:
        step = session.client.post("retention", "passes", body={}).value
        removed = {name: count + step[name] for name, count in removed.items()}
        more = step["more"]
    if session.json:
        print_raw(dump(removed))
    else:
        print(f"Removed: {removed['payloads']} payloads, {removed['runs']} runs.")


def _print_removable(found: Json) -> None:
    print_record(
        "Retention",
        {
            "payloads kept": _days(found["keep_payloads"]),
            "runs kept": _days(found["keep_runs"]),
            "runs of a registration": found["most_runs"] or "any number",
            "runs with an id": f"at least {_days(found['keep_ids'])}",
            "to be removed now": f"{found['payloads']} payloads, {found['runs']} runs",
        },
    )


def _days(number: int) -> str:
    return f"{number} days" if number else "for ever"
