"""flowslot audit: who did what (R19)."""

from __future__ import annotations

from typing import Annotated

import typer

from flowslot.cli.arguments import Cursor, Limit, OfWorkspace
from flowslot.cli.lists import of, show_list
from flowslot.cli.session import Session, command, command_group

app = command_group()


@command(app, "audit", example="flowslot audit --flow triage --action promotion")
def audit(
    session: Session,
    flow: Annotated[str | None, typer.Option("--flow", "-f", metavar="FLOW", help="Only of this flow.")] = None,
    workspace: OfWorkspace = None,
    action: Annotated[str | None, typer.Option("--action", help="A whole action, or its noun.")] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="Only of this person.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> None:
    """Show what was done, by whom, newest first."""
    show_list(
        session,
        "audit",
        title="Audit",
        columns={
            "at": of("at"),
            "actor": of("actor"),
            "action": of("action"),
            "flow": of("flow"),
            "workspace": of("workspace"),
            "version": of("version"),
            "about": of("about"),
        },
        query={
            "flow": flow,
            "workspace": workspace,
            "action": action,
            "actor": actor,
            "limit": limit,
            "cursor": cursor,
        },
    )
