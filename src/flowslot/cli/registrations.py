"""flowslot registration …: one flow in one workspace, its slot, configuration and connections (R7, R10, R15, R20)."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from flowslot.base.json_text import Json
from flowslot.cli.arguments import Cursor, FlowSlug, Limit, SeenRevision, WorkspaceSlug, Yes
from flowslot.cli.confirming import confirm
from flowslot.cli.documents import read_pairs, read_value, read_values
from flowslot.cli.lists import of, show_list
from flowslot.cli.session import Session, command, command_group
from flowslot.cli.tables import print_record, slot_words

app = command_group("Registrations: a flow in a workspace.")

Slot = Literal["staging", "main"]
Config = Annotated[str | None, typer.Option("--config", metavar="FILE|-|JSON", help="All configuration values.")]
Values = Annotated[list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="One configuration value.")]
Bindings = Annotated[
    list[str] | None,
    typer.Option("--connection", metavar="NAME=SLUG", help="Bind a connection to its name in the flow."),
]
OnlyWorkspace = Annotated[str | None, typer.Argument(metavar="WS", help="Only this workspace.")]


@command(app, "list", example="flowslot registration list triage")
def list_registrations(
    session: Session, flow: FlowSlug, workspace: OnlyWorkspace = None, limit: Limit = 200, cursor: Cursor = None
) -> None:
    """List the workspaces that have a flow."""
    if workspace is not None:
        session.show(session.client.get("flows", flow, "registrations", workspace), print_registration)
        return
    show_list(
        session,
        "flows",
        flow,
        "registrations",
        title=f"Registrations of {flow}",
        columns={
            "workspace": of("workspace"),
            "customer": of("customer"),
            "running on": _running_on,
            "active": of("active"),
            "24 h: success": of("runs_24h", "success"),
            "failed": of("runs_24h", "failed"),
            "last run": _last_run,
            "since": of("since"),
        },
        query={"limit": limit, "cursor": cursor},
    )


def _running_on(registration: Json) -> str:
    fallback = bool(registration.get("fallback"))
    return slot_words(registration["slot"], registration["resolved_version"], fallback=fallback)


def _last_run(registration: Json) -> Json:
    last = registration.get("last_run")
    return last.get("status") if isinstance(last, dict) else last


@command(app, "add", example="flowslot registration add triage acme --set team=web")
def add(
    session: Session,
    flow: FlowSlug,
    workspace: WorkspaceSlug,
    config: Config = None,
    values: Values = None,
    connection: Bindings = None,
    inactive: Annotated[bool, typer.Option("--inactive", help="Register it, but let no trigger run it.")] = False,
) -> None:
    """Register a flow in a workspace; it looks to main (R7)."""
    body = {"workspace": workspace, "active": not inactive, **_config(config, values, before={})}
    if connection:
        body["connections"] = read_pairs(connection)
    session.show(session.client.post("flows", flow, "registrations", body=body), print_registration)


@command(app, "show", example="flowslot registration show triage acme")
def show(session: Session, flow: FlowSlug, workspace: WorkspaceSlug) -> None:
    """Show a registration: its slot, what runs there, its webhook addresses."""
    session.show(session.client.get("flows", flow, "registrations", workspace), print_registration)


@command(app, "set", example="flowslot registration set triage acme --set team=ops --active")
def change(
    session: Session,
    flow: FlowSlug,
    workspace: WorkspaceSlug,
    config: Config = None,
    values: Values = None,
    connection: Bindings = None,
    active: Annotated[bool | None, typer.Option("--active/--inactive", help="Whether triggers run it (R20).")] = None,
) -> None:
    """Change configuration values, connections, or whether it is active."""
    place = ("flows", flow, "registrations", workspace)
    now = session.client.get(*place).value if values or connection else {}
    body = _config(config, values, before=now.get("config") or {})
    if connection:
        body["connections"] = {**now["connections"], **read_pairs(connection)}
    if active is not None:
        body["active"] = active
    if not body:
        raise typer.BadParameter("Say what to change: --config, --set, --connection, --active or --inactive.")
    session.show(session.client.patch(*place, body=body), print_registration)


@command(app, "slot", example="flowslot registration slot triage acme staging")
def slot(
    session: Session,
    flow: FlowSlug,
    workspace: WorkspaceSlug,
    slot: Annotated[Slot | None, typer.Argument(metavar="SLOT", help="staging or main.")] = None,
    slot_option: Annotated[Slot | None, typer.Option("--slot", help="The same as SLOT.")] = None,
    expected_revision: SeenRevision = None,
) -> None:
    """Put one workspace on staging or main; nothing else moves (R10)."""
    wanted = slot or slot_option
    if wanted is None:
        raise typer.BadParameter("Say which slot: staging or main.")
    body = {"slot": wanted, "expected_revision": session.revision(flow, expected_revision)}
    answer = session.client.put("flows", flow, "registrations", workspace, "slot", body=body)
    session.show(answer, print_registration)


@command(app, "secret", example="flowslot registration secret triage acme")
def secret(
    session: Session,
    flow: FlowSlug,
    workspace: WorkspaceSlug,
    secret: Annotated[
        str | None,
        typer.Option("--secret", metavar="FILE|-|JSON", help="Your own, as a JSON text (default: a new one)."),
    ] = None,
) -> None:
    """Set the webhook secret; it is shown once. The one before stays valid until the next change."""
    body = {} if secret is None else {"secret": read_value(secret)}
    answer = session.client.post("flows", flow, "registrations", workspace, "webhook-secret", body=body)
    session.show(answer, lambda found: print(found["secret"]))


@command(app, "remove", example="flowslot registration remove triage acme --yes")
def remove(session: Session, flow: FlowSlug, workspace: WorkspaceSlug, yes: Yes = False) -> None:
    """Take a flow out of a workspace."""
    confirm(f"Remove {flow} from {workspace}?", yes=yes)
    answer = session.client.delete("flows", flow, "registrations", workspace)
    session.done(answer, f"{flow} is no longer registered in {workspace}.")


def _config(config: str | None, values: list[str] | None, *, before: dict[str, Json]) -> dict[str, Json]:
    if config is None and not values:
        return {}
    whole = before if config is None else read_value(config)
    return {"config": {**whole, **read_values(values)} if values else whole}


def print_registration(registration: Json) -> None:
    """Prints a registration; the slot by sign and word."""
    webhook = registration.get("webhook") or {}
    print_record(
        f"{registration['flow']} in {registration['workspace']}",
        {
            "running on": _running_on(registration),
            "active": registration["active"],
            "customer": registration["customer"],
            "config": registration["config"],
            "connections": registration["connections"],
            "webhook": webhook.get("main"),
            "webhook, staging": webhook.get("staging"),
            "next tick": registration.get("next_tick"),
        },
    )
