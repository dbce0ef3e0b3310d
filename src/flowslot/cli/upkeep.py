"""flowslot init | migrate | backup | restore | doctor: for who operates a server, on its own machine."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flowslot.base.json_text import Json, dump
from flowslot.cli.confirming import confirm
from flowslot.cli.operating import Data, Database, settings_given
from flowslot.cli.refusals import REFUSED
from flowslot.cli.session import command_group, local_command, print_raw
from flowslot.cli.tables import print_table

app = command_group()

File = Annotated[Path, typer.Argument(metavar="FILE", help="The backup's file.", show_default=False)]


@local_command(app, "init", example="flowslot init --data ./flowslot-data")
def init(data: Data = None, database: Database = None) -> None:
    """Make the data folder with its key file and an empty database."""
    import flowslot.wiring as wiring

    settings = settings_given(data=data, database=database)
    with _working("Making the database"):
        wiring.migrate(settings)
    print(f"{settings.data} is ready. Next: flowslot serve --data {settings.data}")


@local_command(app, "migrate", example="flowslot migrate --data ./flowslot-data")
def migrate(data: Data = None, database: Database = None) -> None:
    """Bring the database to this release's form; `serve` does so too."""
    import flowslot.wiring as wiring

    settings = settings_given(data=data, database=database)
    with _working("Migrating the database"):
        wiring.migrate(settings)
    print("The database is in this release's form.")


@local_command(app, "backup", example="flowslot backup flowslot.backup")
def backup(file: File, data: Data = None, database: Database = None) -> None:
    """Copy everything into one file, while the server runs or not."""
    import flowslot.wiring as wiring

    with _working(f"Writing {file}"):
        wiring.backup(settings_given(data=data, database=database), file)
    print(f"The backup is in {file} ({file.stat().st_size} bytes). Keep it as safe as the server: it holds the key.")


@local_command(app, "restore", example="flowslot restore flowslot.backup --data ./new-data")
def restore(
    file: File,
    data: Data = None,
    database: Database = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Put a backup in place of what is there; the server must be stopped."""
    import flowslot.wiring as wiring

    settings = settings_given(data=data, database=database)
    confirm(f"Replace what is in {settings.database or settings.data}?", yes=yes)
    with _working(f"Reading {file}"):
        wiring.restore(settings, file)
    print(f"{file} is restored.")


@local_command(app, "doctor", example="flowslot doctor --data ./flowslot-data")
def doctor(
    data: Data = None,
    database: Database = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Check the installation: versions, folder, key, database. Exit status 1 when something is wrong."""
    import flowslot.wiring as wiring

    findings = wiring.doctor(settings_given(data=data, database=database))
    _report([asdict(each) for each in findings], json=json)


def _report(findings: Sequence[Json], *, json: bool) -> None:
    """Prints what was found out; status 1 when one of it is wrong."""
    if json:
        print_raw(dump({"items": list(findings)}))
    else:
        print_table(
            "Doctor", ("check", "ok", "message"), [[each["check"], each["ok"], each["message"]] for each in findings]
        )
    if not all(each["ok"] for each in findings):
        raise typer.Exit(REFUSED)


def _working(text: str) -> AbstractContextManager[object]:
    """A moving line on a terminal while something takes its time."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(text)
