"""flowslot serve, and flowslot setup, which turns the one-time set-up token into the first administrator's token."""

from __future__ import annotations

import sys
from functools import partial
from typing import Annotated, Literal

import typer

from flowslot.base.json_text import Json, dump
from flowslot.base.settings import Settings
from flowslot.cli.operating import Data, Database, networks, settings_given
from flowslot.cli.refusals import WrongUse
from flowslot.cli.session import Session, command, command_group, local_command

app = command_group()

Host = Annotated[str | None, typer.Option("--host", help="Address to listen on (default: 127.0.0.1).")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one (default: 8080).")]
Workers = Annotated[int | None, typer.Option("--workers", min=1, help="Processes that serve on the port (default: 1).")]
Engine = Annotated[
    Literal["embedded", "dbos"] | None,
    typer.Option("--engine", help="Who works on runs: this server, or flowslot worker processes (default: embedded)."),
]
AllowNetwork = Annotated[
    list[str] | None,
    typer.Option("--allow-network", metavar="NETWORK", help="A private network that flows may call, e.g. 10.1.0.0/16."),
]
PublicUrl = Annotated[str | None, typer.Option("--public-url", help="Address that people and webhooks use.")]
EmptyMain = Annotated[
    Literal["refuse", "staging"] | None,
    typer.Option("--empty-main", help="What an empty main runs (R7; default: refuse)."),
]
LogLevel = Annotated[
    Literal["debug", "info", "warning", "error"] | None, typer.Option("--log-level", help="How much is logged.")
]
Json_ = Annotated[bool, typer.Option("--json", help="Print address and set-up token as one line of JSON.")]


@local_command(app, "serve", example="flowslot serve --port 8080 --data ./flowslot-data")
def serve(
    host: Host = None,
    port: Port = None,
    data: Data = None,
    database: Database = None,
    workers: Workers = None,
    engine: Engine = None,
    allow_network: AllowNetwork = None,
    public_url: PublicUrl = None,
    empty_main: EmptyMain = None,
    log_level: LogLevel = None,
    json: Json_ = False,
) -> None:
    """Run the server until Ctrl+C. The first start prints a one-time set-up token."""
    settings = settings_given(
        host=host,
        port=port,
        data=data,
        database=database,
        engine=engine,
        workers=workers,
        allow_networks=networks(allow_network),
        public_url=public_url,
        empty_main=empty_main,
        log_level=log_level,
    )
    raise typer.Exit(_serve(settings, json=json))


def _serve(settings: Settings, *, json: bool) -> int:
    import flowslot.wiring as wiring

    try:
        return wiring.serve(settings, ready=partial(_ready, json=json))
    except OSError as error:
        raise WrongUse(f"Cannot listen on {settings.host} port {settings.port}: {error.strerror or error}.") from None


def _ready(base_url: str, setup_token: str | None, *, json: bool = False) -> None:
    if json:
        print(dump({"url": base_url, "setup_token": setup_token}).decode(), flush=True)
        return
    print(f"Flowslot listens at {base_url}\nOpen this address in a browser for the web page.", flush=True)
    if setup_token is not None:
        where = "" if base_url == "http://127.0.0.1:8080" else f" --server {base_url}"
        print(
            "\nThis server has no users yet. Make yourself its administrator (the token at the end works once):\n"
            "open the web page and enter the token, or in another terminal:\n\n"
            f"  flowslot setup --name YOU{where} {setup_token}\n",
            flush=True,
        )


@command(app, "setup", example="flowslot setup --name Ada SETUP_TOKEN")
def setup(
    session: Session,
    setup_token: Annotated[
        str, typer.Argument(metavar="SETUP_TOKEN", help="As the first start of the server printed it.")
    ],
    name: Annotated[str, typer.Option("--name", help="The name that history and audit show.")],
) -> None:
    """Become the first administrator of a new server; prints an API token, once."""
    answer = session.client.post("setup", body={"setup_token": setup_token, "name": name})
    session.show(answer, partial(_welcome, server=session.server))


def _welcome(found: Json, *, server: str) -> None:
    print(f"export FLOWSLOT_SERVER={server}\nexport FLOWSLOT_TOKEN={found['token']}")
    if sys.stdout.isatty():
        sys.stderr.write("\nKeep the token: it is shown only now. Then, for example: flowslot workspace list\n")
