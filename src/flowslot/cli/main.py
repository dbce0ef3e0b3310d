"""The entry point of `flowslot`: which module holds which command. Only the one that is run is imported."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

GROUPS = {
    "workspace": "workspaces",
    "flow": "flows",
    "registration": "registrations",
    "run": "runs",
    "connection": "connections",
    "connector": "connectors",
    "token": "tokens",
    "user": "users",
    "quarantine": "quarantine",
}
"""Noun → module; its `app` is the group."""

SINGLE = {
    "demo": "demo.command",
    "serve": "server",
    "worker": "worker",
    "setup": "server",
    "init": "upkeep",
    "migrate": "upkeep",
    "backup": "upkeep",
    "restore": "upkeep",
    "doctor": "upkeep",
    "pull": "files",
    "plan": "files",
    "apply": "files",
    "audit": "audit",
    "prune": "pruning",
}
"""Command → module; its `app` holds the command under the same name."""

NAMES = (
    "demo",
    "serve",
    "worker",
    "setup",
    "init",
    "migrate",
    "backup",
    "restore",
    "doctor",
    *GROUPS,
    "pull",
    "plan",
    "apply",
    "audit",
    "prune",
)


class _Lazy(TyperGroup):
    """The root: imports a command's module when the command is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # the context is a type that typer keeps to itself
        return list(NAMES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in GROUPS:
            return _group(GROUPS[cmd_name], name=cmd_name)
        if cmd_name in SINGLE:
            return _group(SINGLE[cmd_name], name=cmd_name).commands[cmd_name]
        return None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in NAMES:
            from difflib import get_close_matches

            near = get_close_matches(args[0], NAMES, n=1)
            ctx.fail(f"No such command {args[0]!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        return super().resolve_command(ctx, args)


def _group(module: str, *, name: str) -> Any:
    app: typer.Typer = importlib.import_module(f"flowslot.cli.{module}").app
    app.callback()(_nothing)  # keeps a group of one command a group
    group: Any = get_command(app)
    group.name = name
    group.epilog = next(iter(group.commands.values())).epilog
    return group


def _nothing() -> None: ...


_nothing.__doc__ = None

app = typer.Typer(cls=_Lazy, no_args_is_help=True, add_completion=True)


def _version(asked: bool) -> None:
    if asked:
        from flowslot import __version__

        print(f"flowslot {__version__}")
        raise typer.Exit


@app.callback(epilog="Example: flowslot demo")
def _root(
    server: Annotated[str | None, typer.Option("--server", help="The server's address, for any command.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the API's JSON, for any command.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Flowslot: integration flows with two deployment slots, for every customer's workspace at once.

    Exit status: 0 done, 1 refused, 2 wrong usage, 3 server not reached.
    """


def main() -> None:
    """Runs the command line and exits with its status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    root()(prog_name="flowslot")


def root() -> Any:
    """The whole command, as typer built it."""
    return get_command(app)


def command_tree() -> Iterator[tuple[str, str]]:
    """Every command with its help as plain text, for the reference. Imports all modules of the command line."""
    top = root()
    with top.make_context("flowslot", [], resilient_parsing=True) as context:
        for name in NAMES:
            for path, found in _leaves(f"flowslot {name}", top.get_command(context, name)):
                yield path, _help_text(path, found)


def _leaves(path: str, found: Any) -> Iterator[tuple[str, Any]]:
    if not hasattr(found, "commands"):
        yield path, found
        return
    for name, each in found.commands.items():
        yield from _leaves(f"{path} {name}", each)


def _help_text(path: str, found: Any) -> str:
    with found.make_context(path, [], resilient_parsing=True) as context:
        records = [record for each in found.params if (record := each.get_help_record(context))]
        usage = " ".join([path, *found.collect_usage_pieces(context)]).translate({ord("{"): None, ord("}"): None})
    about = " ".join(str(found.help or "").split())
    parameters = [f"  {names}\n      {' '.join(text.split())}" for names, text in records]
    return "\n".join([f"Usage: {usage}", "", about, "", *parameters, "", str(found.epilog or "")])
