"""flowslot connection …: a workspace's ways to reach outside systems. Secrets go in and never come out."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from flowslot.base.json_text import Json
from flowslot.cli.arguments import Cursor, Limit, WorkspaceSlug, Yes
from flowslot.cli.confirming import confirm
from flowslot.cli.documents import read_value
from flowslot.cli.lists import of, show_list
from flowslot.cli.session import Session, command
from flowslot.cli.tables import print_record

app = typer.Typer(
    help="Connections: a workspace's ways to reach outside systems.", no_args_is_help=True, add_completion=False
)

Slug = Annotated[str, typer.Argument(metavar="SLUG", help="Slug of the connection.", show_default=False)]
Settings = Annotated[
    str | None, typer.Option("--settings", metavar="FILE|-|JSON", help="All settings as one document.")
]
BaseUrl = Annotated[str | None, typer.Option("--base-url", help="Where requests go; steps give the path.")]
Bearer = Annotated[
    bool, typer.Option("--bearer", help="Sign in with a bearer token, read from standard input or asked for.")
]


@command(app, "list", example="flowslot connection list acme")
def list_connections(session: Session, workspace: WorkspaceSlug, limit: Limit = 200, cursor: Cursor = None) -> None:
    """List a workspace's connections; secrets show as "set"."""
    show_list(
        session,
        "workspaces",
        workspace,
        "connections",
        title=f"Connections of {workspace}",
        columns={
            "slug": of("slug"),
            "connector": of("connector"),
            "base URL": of("settings", "base_url"),
            "sign-in": of("settings", "auth", "kind"),
            "allowed hosts": of("settings", "allowed_hosts"),
        },
        query={"limit": limit, "cursor": cursor},
    )


@command(app, "create", example="flowslot connection create acme erp --base-url https://erp.example --bearer < token")
def create(
    session: Session,
    workspace: WorkspaceSlug,
    connection: Slug,
    connector: Annotated[str, typer.Option("--connector", help="What it connects to.")] = "http",
    settings: Settings = None,
    base_url: BaseUrl = None,
    bearer: Bearer = False,
) -> None:
    """Create a connection in a workspace."""
    body = {"slug": connection, "connector": connector, "settings": _settings(settings, base_url, bearer=bearer)}
    session.show(session.client.post("workspaces", workspace, "connections", body=body), _record)


@command(app, "show", example="flowslot connection show acme erp")
def show(session: Session, workspace: WorkspaceSlug, connection: Slug) -> None:
    """Show a connection; its secrets show as "set"."""
    session.show(session.client.get("workspaces", workspace, "connections", connection), _record)


@command(app, "set", example="flowslot connection set acme erp --base-url https://erp2.example")
def change(
    session: Session,
    workspace: WorkspaceSlug,
    connection: Slug,
    settings: Settings = None,
    base_url: BaseUrl = None,
    bearer: Bearer = False,
) -> None:
    """Change a connection's settings; what is not given stays."""
    body = {"settings": _settings(settings, base_url, bearer=bearer)}
    session.show(session.client.patch("workspaces", workspace, "connections", connection, body=body), _record)


@command(app, "delete", example="flowslot connection delete acme erp --yes")
def delete(session: Session, workspace: WorkspaceSlug, connection: Slug, yes: Yes = False) -> None:
    """Delete a connection."""
    confirm(f"Delete the connection {connection} of {workspace}?", yes=yes)
    answer = session.client.delete("workspaces", workspace, "connections", connection)
    session.done(answer, f"Connection {connection} of {workspace} is deleted.")


def _settings(settings: str | None, base_url: str | None, *, bearer: bool) -> Json:
    found: dict[str, Json] = dict(read_value(settings)) if settings else {}
    if base_url:
        found["base_url"] = base_url
    if bearer:
        found["auth"] = {"kind": "bearer", "token": _secret("Token")}
    if not found:
        raise typer.BadParameter("Say what to set: --settings, --base-url or --bearer.")
    return found


def _secret(name: str) -> str:
    """A secret from standard input, or asked for without showing it: arguments are seen by everybody on a machine."""
    text = typer.prompt(name, hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    return str(text).strip()


def _record(connection: Json) -> None:
    shown = {key: value for key, value in connection.items() if key not in ("slug", "settings")}
    print_record(f"Connection {connection['slug']}", {**shown, **connection["settings"]})
