"""flowslot quarantine …: a restored server starts nothing until it is let."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from flowslot.base.json_text import Json
from flowslot.cli.confirming import confirm
from flowslot.cli.operating import Data, Database, settings_given
from flowslot.cli.session import Session, command, command_group, local_command
from flowslot.cli.tables import print_record

app = command_group("Quarantine: a restored server starts nothing, and sends nothing, until it is let.")

OpenRuns = Annotated[
    Literal["continue", "cancel"], typer.Option("--open-runs", help="What becomes of runs that have not ended.")
]
Why = Annotated[str, typer.Option("--why", help="What the record says.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@command(app, "show", example="flowslot quarantine show")
def show(session: Session) -> None:
    """Say whether the server is under quarantine, and what would go on without it."""
    session.show(session.client.get("quarantine"), _print)


@command(app, "end", example="flowslot quarantine end --open-runs cancel")
def end(session: Session, open_runs: OpenRuns = "continue", yes: Yes = False) -> None:
    """Let a restored server work: runs, schedules and webhooks go on."""
    confirm("Let the server start runs and send requests?", yes=yes or session.json)
    answer = session.client.post("quarantine", "end", body={"open_runs": open_runs})
    done = answer.value
    session.done(answer, f"The server works. Canceled: {done['canceled']}; schedules moved on: {done['schedules']}.")


@local_command(app, "begin", example="flowslot quarantine begin --database postgresql://…")
def begin(data: Data = None, database: Database = None, why: Why = "restored from a backup") -> None:
    """Put a database that was restored by other means under quarantine, before its server is started."""
    import flowslot.wiring as wiring

    wiring.begin_quarantine(settings_given(data=data, database=database), why=why)
    print("The server starts nothing until: flowslot quarantine end")


def _print(found: Json) -> None:
    open_runs = ", ".join(f"{count} {status}" for status, count in found["open_runs"].items())
    print_record(
        "Quarantine",
        {
            "on": "yes: nothing is started" if found["on"] else "no",
            "since": found["since"],
            "why": found["why"],
            "open runs": open_runs,
            "missed schedules": found["missed_ticks"],
        },
    )
