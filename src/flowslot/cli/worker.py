"""flowslot worker: works on the runs of a cluster; any number of them, on any number of machines."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from flowslot.base.json_text import dump
from flowslot.cli.operating import Data, Database, networks, settings_given
from flowslot.cli.server import AllowNetwork, Json_, LogLevel
from flowslot.cli.session import command_group, local_command

app = command_group()

Places = Annotated[
    int | None,
    typer.Option("--places", min=1, help="Runs worked on at the same time (default: 256).", show_default=False),
]


@local_command(
    app, "worker", example="flowslot worker --database postgresql://flowslot@db/flowslot --data ./flowslot-data"
)
def worker(
    data: Data = None,
    database: Database = None,
    places: Places = None,
    allow_network: AllowNetwork = None,
    log_level: LogLevel = None,
    json: Json_ = False,
) -> None:
    """Work on the runs of a cluster until Ctrl+C.

    Needs the database and a copy of the key file of the servers that were started with --engine dbos.
    """
    settings = settings_given(
        engine="dbos",
        data=data,
        database=database,
        max_concurrent_runs=places,
        allow_networks=networks(allow_network),
        log_level=log_level,
    )
    import flowslot.wiring as wiring

    raise typer.Exit(wiring.work(settings, ready=partial(_ready, json=json)))


def _ready(name: str, *, json: bool) -> None:
    print(dump({"worker": name}).decode() if json else f"Flowslot works on runs as {name}", flush=True)
