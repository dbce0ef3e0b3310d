"""flowslot workspace …: where flows run for one customer."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from flowslot.base.json_text import Json
from flowslot.cli.arguments import Cursor, Limit, NameOrSlug, NewName, WorkspaceSlug, Yes
from flowslot.cli.confirming import confirm
from flowslot.cli.given import changes, given
from flowslot.cli.lists import of, show_list
from flowslot.cli.session import Session, command, command_group
from flowslot.cli.tables import print_record

app = command_group("Workspaces: where flows run for one customer.")

Kind = Literal["standard", "custom", "project", "development"]
Customer = Annotated[str | None, typer.Option("--customer", help="The customer it belongs to.")]


@command(app, "list", example="flowslot workspace list")
def list_workspaces(session: Session, limit: Limit = 200, cursor: Cursor = None) -> None:
    """List the workspaces you may see."""
    show_list(
        session,
        "workspaces",
        title="Workspaces",
        columns={"slug": of("slug"), "name": of("name"), "kind": of("kind"), "customer": of("customer")},
        query={"limit": limit, "cursor": cursor},
    )


@command(app, "create", example="flowslot workspace create acme --name 'Acme production' --customer Acme")
def create(
    session: Session,
    workspace: WorkspaceSlug,
    name: NameOrSlug = None,
    kind: Annotated[Kind, typer.Option("--kind", help="What it is for.")] = "standard",
    customer: Customer = None,
) -> None:
    """Create a workspace."""
    body = given(slug=workspace, name=name or workspace, kind=kind, customer=customer or None)
    session.show(session.client.post("workspaces", body=body), _record)


@command(app, "show", example="flowslot workspace show acme")
def show(session: Session, workspace: WorkspaceSlug) -> None:
    """Show one workspace."""
    session.show(session.client.get("workspaces", workspace), _record)


@command(app, "set", example="flowslot workspace set acme --name 'Acme (EU)'")
def change(
    session: Session,
    workspace: WorkspaceSlug,
    name: NewName = None,
    kind: Annotated[Kind | None, typer.Option("--kind", help="What it is for.")] = None,
    customer: Customer = None,
) -> None:
    """Change a workspace's name, kind or customer."""
    body = changes(name=name, kind=kind, customer=customer)
    session.show(session.client.patch("workspaces", workspace, body=body), _record)


@command(app, "delete", example="flowslot workspace delete acme-test --yes")
def delete(session: Session, workspace: WorkspaceSlug, yes: Yes = False) -> None:
    """Delete a workspace that no flow lives in or is registered to."""
    confirm(f"Delete the workspace {workspace}?", yes=yes)
    session.done(session.client.delete("workspaces", workspace), f"Workspace {workspace} is deleted.")


def _record(workspace: Json) -> None:
    print_record(f"Workspace {workspace['slug']}", {key: workspace[key] for key in workspace if key != "slug"})
