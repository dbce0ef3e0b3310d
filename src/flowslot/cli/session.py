"""What a command is given: the server, the token, and how to print; and the decorator that makes a command."""

from __future__ import annotations

import errno
import functools
import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, TypeVar, get_type_hints

import typer

from flowslot.base.errors import FlowslotError
from flowslot.base.json_text import Json
from flowslot.cli.client import DEFAULT_SERVER, Answer, Client
from flowslot.cli.refusals import (
    NotReached,
    Refused,
    WrongUse,
    refused_here,
    tell_not_reached,
    tell_refusal,
    tell_wrong_use,
)

F = TypeVar("F", bound=Callable[..., None])

Server = Annotated[
    str | None,
    typer.Option("--server", envvar="FLOWSLOT_SERVER", help=f"The server's address (default: {DEFAULT_SERVER})."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the API's JSON instead of a table.")]


@dataclass(slots=True)
class Session:
    """One command's way to the server and to the person."""

    server: str
    json: bool
    _client: Client | None = field(default=None)

    @property
    def client(self) -> Client:
        """The client, made when first asked for."""
        if self._client is None:
            self._client = Client(self.server, token=os.environ.get("FLOWSLOT_TOKEN"))
        return self._client

    def show(self, answer: Answer, table: Callable[[Json], None]) -> Answer:
        """Prints the answer: its JSON as it came, or the table that `table` prints."""
        if self.json:
            print_raw(answer.raw)
        else:
            table(answer.value)
        return answer

    def done(self, answer: Answer, sentence: str) -> None:
        """Says that it is done; with --json prints the answer, if there is one."""
        if not self.json:
            print(sentence)
        elif answer.raw:
            print_raw(answer.raw)

    def revision(self, flow: str, given: int | None = None) -> int:
        """The revision to name as seen: the one given, else the flow's current one (R18)."""
        return given if given is not None else int(self.client.get("flows", flow).value["revision"])

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


def print_raw(raw: bytes) -> None:
    """Prints a JSON text exactly as it came, and a line end."""
    sys.stdout.flush()
    sys.stdout.buffer.write(raw.rstrip(b"\n") + b"\n")
    sys.stdout.buffer.flush()


def command_group(help: str | None = None) -> typer.Typer:  # noqa: A002  # typer's own word
    """Where a module puts its commands; with `help` they are a group of their own name."""
    return typer.Typer(help=help, no_args_is_help=True, add_completion=False)


def command(app: typer.Typer, name: str, *, example: str) -> Callable[[F], F]:
    """Makes a function whose first argument is a Session a command with --server and --json and an example."""

    def register(function: F) -> F:
        app.command(name, epilog=f"Example: {example}")(_with_session(function))
        return function

    return register


def local_command(app: typer.Typer, name: str, *, example: str) -> Callable[[F], F]:
    """Makes a function a command that needs no server."""

    def register(function: F) -> F:
        app.command(name, epilog=f"Example: {example}")(_telling(function))
        return function

    return register


def _with_session(function: F) -> Callable[..., None]:
    @functools.wraps(function)
    def run(ctx: typer.Context, *, server: str | None, json: bool, **arguments: object) -> None:
        above = ctx.find_root().params
        session = Session(server or above.get("server") or DEFAULT_SERVER, json or bool(above.get("json")))
        try:
            _tell(lambda: function(session, **arguments), json=session.json)
        finally:
            session.close()

    shown = list(inspect.signature(function).parameters.values())[1:]
    hints = get_type_hints(function, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("ctx", keyword, annotation=typer.Context),
        *(each.replace(kind=keyword, annotation=hints[each.name]) for each in shown),
        inspect.Parameter("server", keyword, default=None, annotation=Server),
        inspect.Parameter("json", keyword, default=False, annotation=AsJson),
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # typer reads the options from it
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    del run.__wrapped__  # or typer reads the signature of what is wrapped
    return run


def _telling(function: F) -> Callable[..., None]:
    @functools.wraps(function)
    def run(*args: object, **arguments: object) -> None:
        _tell(lambda: function(*args, **arguments), json=False)

    return run


def _tell(action: Callable[[], None], *, json: bool) -> None:
    """Does it; a refusal is told and becomes the exit status."""
    try:
        action()
    except Refused as refused:
        raise typer.Exit(tell_refusal(refused, json=json)) from None
    except FlowslotError as error:
        raise typer.Exit(tell_refusal(refused_here(error.code, error.detail), json=json)) from None
    except WrongUse as error:
        raise typer.Exit(tell_wrong_use(error)) from None
    except NotReached as error:
        raise typer.Exit(tell_not_reached(error)) from None
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise  # whoever read our output has seen enough; typer ends quietly
        raise typer.Exit(tell_wrong_use(WrongUse(f"{error.filename or 'file'}: {error.strerror or error}."))) from None
