"""flowslot connector …: what workspaces can be connected to."""

from __future__ import annotations

from typing import Annotated

import typer

from flowslot.base.json_text import Json
from flowslot.cli.arguments import Cursor, Limit
from flowslot.cli.lists import of, show_list
from flowslot.cli.session import Session, command, command_group
from flowslot.cli.tables import print_record

app = command_group("Connectors: what workspaces can be connected to.")


@command(app, "list", example="flowslot connector list")
def list_connectors(session: Session, limit: Limit = 200, cursor: Cursor = None) -> None:
    """List the connectors."""
    show_list(
        session,
        "connectors",
        title="Connectors",
        columns={"slug": of("slug"), "name": of("name"), "about": of("description")},
        query={"limit": limit, "cursor": cursor},
    )


@command(app, "show", example="flowslot connector show http")
def show(
    session: Session, connector: Annotated[str, typer.Argument(metavar="SLUG", help="Slug of the connector.")]
) -> None:
    """Show a connector and the settings its connections take."""
    session.show(session.client.get("connectors", connector), _record)


def _record(connector: Json) -> None:
    settings = connector["settings"]["properties"]
    about = {name: each.get("description", each.get("title", "")) for name, each in settings.items()}
    print_record(
        f"Connector {connector['slug']}", {"name": connector["name"], "about": connector["description"], **about}
    )
