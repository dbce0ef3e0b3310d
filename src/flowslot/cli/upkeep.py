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
WithKey = Annotated[
    bool, typer.Option("--with-key/--without-key", help="Whether the key file goes into the backup.", show_default=True)
]
_WITH_KEY = "Keep it as safe as the server: it holds the key."
_WITHOUT_KEY = "It is of use only with flowslot.key of the data folder: keep that, too, in another place."
_QUARANTINE = (
    "The server starts under quarantine: it starts no runs and sends nothing until you say: flowslot quarantine end"
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


@local_command(app, "init", example="flowslot init --data ./flowslot-data")
def init(ctx: typer.Context, data: Data = None, database: Database = None, json: AsJson = False) -> None:
    """Make the data folder with its key file and an empty database."""
    import flowslot.wiring as wiring

    settings = settings_given(data=data, database=database)
    with _working("Making the database"):
        wiring.migrate(settings)
    said = f"{settings.data} is ready. Next: flowslot serve --data {settings.data}"
    _say(said, {"data": str(settings.data)}, json=_wants_json(ctx, json))


@local_command(app, "migrate", example="flowslot migrate --data ./flowslot-data")
def migrate(ctx: typer.Context, data: Data = None, database: Database = None, json: AsJson = False) -> None:
    """Bring the database to this release's form; `serve` does so too."""
    import flowslot.wiring as wiring

    settings = settings_given(data=data, database=database)
    with _working("Migrating the database"):
        wiring.migrate(settings)
    said = "The database is in this release's form."
    _say(said, {"data": str(settings.data)}, json=_wants_json(ctx, json))


@local_command(app, "backup", example="flowslot backup flowslot.backup")
def backup(
    ctx: typer.Context,
    file: File,
    data: Data = None,
    database: Database = None,
    with_key: WithKey = True,
    json: AsJson = False,
) -> None:
    """Copy everything into one file, while the server runs or not."""
    import flowslot.wiring as wiring

    with _working(f"Writing {file}"):
        wiring.backup(settings_given(data=data, database=database), file, with_key=with_key)
    size = file.stat().st_size
    about = _WITH_KEY if with_key else _WITHOUT_KEY
    said = f"The backup is in {file} ({size} bytes). {about}"
    _say(said, {"file": str(file), "bytes": size}, json=_wants_json(ctx, json))


@local_command(app, "restore", example="flowslot restore flowslot.backup --data ./new-data")
def restore(
    ctx: typer.Context,
    file: File,
    data: Data = None,
    database: Database = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: AsJson = False,
) -> None:
    """Put a backup in place of what is there; the server must be stopped."""
    import flowslot.wiring as wiring

    settings = settings_given(data=data, database=database)
    confirm(f"Replace what is in {settings.database or settings.data}?", yes=yes)
    with _working(f"Reading {file}"):
        wiring.restore(settings, file)
    said = {"file": str(file), "data": str(settings.data)}
    _say(f"{file} is restored. {_QUARANTINE}", said, json=_wants_json(ctx, json))


@local_command(app, "doctor", example="flowslot doctor --data ./flowslot-data")
def doctor(ctx: typer.Context, data: Data = None, database: Database = None, json: AsJson = False) -> None:
    """Check the installation: versions, folder, key, database. Exit status 1 when something is wrong."""
    import flowslot.wiring as wiring

    findings = wiring.doctor(settings_given(data=data, database=database))
    _report([asdict(each) for each in findings], json=_wants_json(ctx, json))


def _wants_json(ctx: typer.Context, here: bool) -> bool:  # the option of this command
    """Whether --json was given, here or before the command's name."""
    return here or bool(ctx.find_root().params.get("json"))


def _say(sentence: str, facts: Json, *, json: bool) -> None:
    """Says that it is done, or with --json the facts of it."""
    if json:
        print_raw(dump(facts))
    else:
        print(sentence)


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
