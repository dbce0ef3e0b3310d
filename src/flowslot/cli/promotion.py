"""flowslot flow plan | promote | undo | promotions: moving main, for everybody at once (R4, R5, R6, R17)."""

from __future__ import annotations

from typing import Annotated

import typer

from flowslot.base.json_text import Json
from flowslot.cli.arguments import Cursor, FlowSlug, InWorkspace, Limit, SeenRevision
from flowslot.cli.lists import of, show_list
from flowslot.cli.refusals import refused_here
from flowslot.cli.session import Session, command
from flowslot.cli.tables import counted, print_problems, print_record, print_table, slot_words, version_number
from flowslot.cli.versions import staged_or_latest

Number = Annotated[int | None, typer.Option("--version", help="The version you mean (default: the staged one).")]
Promotion = Annotated[str | None, typer.Option("--promotion", help="Id of the promotion (default: the latest).")]
AnyWorkspace = Annotated[
    str | None, typer.Option("--workspace", "-w", metavar="WS", help="Where you work; the undo moves all workspaces.")
]


_SHOWN = 20
"""Rows that `promote` prints of those it moved; `plan` prints all."""


def add_to(app: typer.Typer) -> None:
    """Puts these commands into the group `flow`."""
    command(app, "plan", example="flowslot flow plan triage --workspace acme")(plan)
    command(app, "promote", example="flowslot flow promote triage --workspace acme")(promote)
    command(app, "undo", example="flowslot flow undo triage")(undo)
    command(app, "promotions", example="flowslot flow promotions triage")(promotions)


MaybeWorkspace = Annotated[
    str | None, typer.Option("--workspace", "-w", metavar="WS", help="Where you work (default: the home workspace).")
]


def plan(session: Session, flow: FlowSlug, workspace: MaybeWorkspace = None) -> None:
    """Show what a promotion would do: who is affected, whether it is allowed, what runs now (R4, R6)."""
    where = workspace or session.client.get("flows", flow).value["home_workspace"]
    answer = session.client.get("flows", flow, "promotion-plan", query={"workspace": where})
    session.show(answer, lambda found: _plan(flow, where, found))


def _plan(flow: str, workspace: str, found: Json) -> None:
    number = version_number(found["version"])
    in_flight = ", ".join(f"{count} {state}" for state, count in found["in_flight"].items() if count)
    print_record(
        f"Promotion of {flow} from {workspace}",
        {
            "allowed": found["allowed"],
            "reasons": ", ".join(found["reasons"]),
            "version": f"v{number}" if number else None,
            "other workspaces": found["count"],
            "runs in flight": in_flight,
            "revision": found["revision"],
        },
    )
    print_affected(found["other_workspaces"])
    validation = found.get("validation") or {}
    if validation.get("problems"):
        print_problems(validation["problems"])


def print_affected(others: Json, *, most: int | None = None) -> None:
    """Prints the other workspaces that a promotion moves, at most so many of them (R6)."""
    rows = [
        [each["workspace"], each["customer"], slot_words(each["slot"], each["version"]), each["active"]]
        for each in others[:most]
    ]
    print_table("Other workspaces that use it", ("workspace", "customer", "now on", "active"), rows)
    if len(rows) < len(others):
        print(f"… and {len(others) - len(rows)} more.")


def promote(
    session: Session,
    flow: FlowSlug,
    workspace: InWorkspace,
    version: Number = None,
    fingerprint: Annotated[
        str | None, typer.Option("--fingerprint", help="Refuse if the plan you saw changed.")
    ] = None,
    expected_revision: SeenRevision = None,
) -> None:
    """Promote the staged version: main everywhere, at once (R5). Shows who is affected (R6)."""
    now = session.client.get("flows", flow).value
    body = {
        "workspace": workspace,
        "version": version if version is not None else staged_or_latest(now),
        "expected_revision": expected_revision if expected_revision is not None else now["revision"],
        **({"fingerprint": fingerprint} if fingerprint else {}),
    }
    affected = None if session.json else _affected(session, flow, workspace)
    answer = session.client.post("flows", flow, "promotions", body=body)
    session.show(answer, lambda promotion: _promoted(flow, promotion, affected))


def _affected(session: Session, flow: str, workspace: str) -> Json:
    plan = session.client.get("flows", flow, "promotion-plan", query={"workspace": workspace}).value
    return plan["other_workspaces"]


def _promoted(flow: str, promotion: Json, affected: Json) -> None:
    before = version_number(promotion["from_version"])
    print_affected(affected, most=_SHOWN)
    print(
        f"♛ main of {flow} is version {version_number(promotion['version'])} (was {before or 'empty'}): "
        f"{counted(promotion['registrations'], 'registration')}, "
        f"{counted(promotion['other_workspaces_count'], 'other workspace')}."
    )
    print(f"Promotion {promotion['id']}. To go back: flowslot flow undo {flow}")


def undo(
    session: Session,
    flow: FlowSlug,
    promotion: Promotion = None,
    workspace: AnyWorkspace = None,
    expected_revision: SeenRevision = None,
) -> None:
    """Undo a promotion in one step: every registration gets back exactly the slot it had (R17)."""
    from flowslot.cli.flows import print_flow

    body = {"expected_revision": session.revision(flow, expected_revision)}
    chosen = promotion or _latest(session, flow)
    session.show(session.client.post("flows", flow, "promotions", chosen, "undo", body=body), print_flow)


def _latest(session: Session, flow: str) -> str:
    found = session.client.get("flows", flow, "promotions", query={"limit": 1}).value["items"]
    if not found:
        raise refused_here("not_found", f"The flow {flow} was never promoted; there is nothing to undo.")
    return str(found[0]["id"])


def promotions(session: Session, flow: FlowSlug, limit: Limit = 50, cursor: Cursor = None) -> None:
    """List the promotions of a flow, newest first."""
    show_list(
        session,
        "flows",
        flow,
        "promotions",
        title=f"Promotions of {flow}",
        columns={
            "id": of("id"),
            "version": lambda each: version_number(each["version"]),
            "from": lambda each: version_number(each["from_version"]),
            "at": of("at"),
            "by": of("actor"),
            "registrations": of("registrations"),
            "undone at": of("undone_at"),
        },
        query={"limit": limit, "cursor": cursor},
    )
