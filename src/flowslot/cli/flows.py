"""flowslot flow …: list, create, show, edit, delete. Saving, promotion and history stand in modules of their own."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from flowslot.base.json_text import Json
from flowslot.cli import history, promotion, saving
from flowslot.cli.arguments import Cursor, FlowSlug, InWorkspace, Limit, NameOrSlug, NewName, OfWorkspace, Yes
from flowslot.cli.confirming import confirm
from flowslot.cli.given import changes
from flowslot.cli.lists import of, show_list
from flowslot.cli.session import Session, command, command_group
from flowslot.cli.tables import print_record, slot_words, version_number

app = command_group("Flows: build once, run in many workspaces.")

Visibility = Literal["shared", "private"]


@command(app, "list", example="flowslot flow list --workspace acme")
def list_flows(session: Session, workspace: OfWorkspace = None, limit: Limit = 200, cursor: Cursor = None) -> None:
    """List flows; with --workspace, what each runs on there."""
    show_list(
        session,
        "flows",
        title=f"Flows in {workspace}" if workspace else "Flows",
        columns={
            "slug": of("slug"),
            "name": of("name"),
            "running on": _running_on,
            "active": of("active"),
            "main": lambda flow: slot_words("main", flow.get("main")),
            "staging": lambda flow: slot_words("staging", flow.get("staging")),
            "trigger": of("trigger_kind"),
            "callable": of("callable"),
        },
        query={"workspace": workspace, "limit": limit, "cursor": cursor},
    )


def _running_on(flow: Json) -> str:
    slot = flow.get("running_on")
    return slot_words(slot, flow.get(slot)) if slot in ("main", "staging") else "–"


@command(app, "create", example="flowslot flow create triage --workspace acme")
def create(
    session: Session,
    flow: FlowSlug,
    workspace: InWorkspace,
    name: NameOrSlug = None,
    visibility: Annotated[
        Visibility, typer.Option("--visibility", help="private: only in its own workspace.")
    ] = "shared",
) -> None:
    """Create a flow without a version; it is registered to its workspace at once (R7)."""
    body = {"slug": flow, "name": name or flow, "workspace": workspace, "visibility": visibility}
    session.show(session.client.post("flows", body=body), print_flow)


@command(app, "show", example="flowslot flow show triage")
def show(session: Session, flow: FlowSlug) -> None:
    """Show a flow: what stands in its slots, its newest version, where it lives."""
    session.show(session.client.get("flows", flow), print_flow)


@command(app, "set", example="flowslot flow set triage --name 'Issue triage'")
def change(
    session: Session,
    flow: FlowSlug,
    name: NewName = None,
    visibility: Annotated[Visibility | None, typer.Option("--visibility", help="Where it may be registered.")] = None,
) -> None:
    """Change a flow's name or visibility."""
    session.show(session.client.patch("flows", flow, body=changes(name=name, visibility=visibility)), print_flow)


@command(app, "delete", example="flowslot flow delete triage --yes")
def delete(session: Session, flow: FlowSlug, yes: Yes = False) -> None:
    """Delete a flow that no other workspace has, with its versions and runs."""
    confirm(f"Delete the flow {flow} with all its versions?", yes=yes)
    session.done(session.client.delete("flows", flow), f"Flow {flow} is deleted.")


def print_flow(flow: Json) -> None:
    """Prints a flow with its two slots."""
    latest = version_number(flow.get("latest"))
    print_record(
        f"Flow {flow['slug']}",
        {
            "name": flow["name"],
            "main": slot_words("main", flow["main"]),
            "staging": slot_words("staging", flow["staging"]),
            "latest version": f"v{latest}" if latest else None,
            "visibility": flow["visibility"],
            "home workspace": flow["home_workspace"],
            "registrations": flow["registrations"],
            "revision": flow["revision"],
        },
    )


saving.add_to(app)
promotion.add_to(app)
history.add_to(app)
