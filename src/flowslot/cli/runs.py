"""flowslot run …: start, watch, cancel, run again."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from flowslot.base.json_text import Json
from flowslot.cli import tailing
from flowslot.cli.arguments import Cursor, FlowSlug, Limit, OfWorkspace, RunId, WorkspaceSlug
from flowslot.cli.client import Answer
from flowslot.cli.documents import read_document, read_value
from flowslot.cli.lists import of, show_list
from flowslot.cli.refusals import REFUSED
from flowslot.cli.run_pages import print_run
from flowslot.cli.session import Session, command, command_group
from flowslot.cli.tables import ran_on
from flowslot.cli.waiting import wait_for

app = command_group("Runs: start, watch, cancel, run again.")

Input = Annotated[str, typer.Option("--input", "-i", metavar="FILE|-|JSON", help="What the trigger brings.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait until it ended; exit status 1 unless it was a success.")]
Longest = Annotated[int, typer.Option("--timeout", metavar="SECONDS", help="How long --wait waits.")]
OfFlow = Annotated[str | None, typer.Option("--flow", "-f", metavar="FLOW", help="Only of this flow.")]
Status = Literal["queued", "running", "suspended", "success", "failed", "exception", "canceled"]


@command(app, "start", example="flowslot run start triage acme -i payload.json --wait")
def start(
    session: Session,
    flow: FlowSlug,
    workspace: WorkspaceSlug,
    input: Input = "null",  # noqa: A002  # the option is called so
    wait: Wait = False,
    timeout: Longest = 300,
    version: Annotated[int | None, typer.Option("--version", help="Test-run this version (R1).")] = None,
    test: Annotated[bool, typer.Option("--test", help="A test run; also where it is inactive (R20).")] = False,
) -> None:
    """Start a run by hand, on the version the registration runs now."""
    body: dict[str, Json] = {"input": read_value(input)}
    if version is not None:
        body["version"] = version
    if test:
        body["test"] = True
    path = ("flows", flow, "registrations", workspace, "runs")
    _show_started(session, session.client.post(*path, body=body), wait=wait, timeout=timeout)


@command(app, "try", example="flowslot run try triage acme triage.yaml -i payload.json")
def try_it(
    session: Session,
    flow: FlowSlug,
    workspace: WorkspaceSlug,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The definition, YAML or JSON; - is standard input.")],
    input: Input = "null",  # noqa: A002  # the option is called so
    timeout: Longest = 300,
) -> None:
    """Run a definition as a test without saving it; exit status 1 unless it was a success."""
    body = {"workspace": workspace, "definition": read_document(file), "input": read_value(input)}
    _show_started(session, session.client.post("flows", flow, "trials", body=body), wait=True, timeout=timeout)


def _show_started(session: Session, started: Answer, *, wait: bool, timeout: int) -> None:
    answer = wait_for(session, started.value["id"], seconds=timeout) if wait else started
    session.show(answer, print_run)
    status = answer.value["status"]
    if wait and status != "success":
        raise typer.Exit(REFUSED)


@command(app, "list", example="flowslot run list --flow triage --status failed")
def list_runs(
    session: Session,
    flow: OfFlow = None,
    workspace: OfWorkspace = None,
    status: Annotated[Status | None, typer.Option("--status", help="Only in this state.")] = None,
    slot: Annotated[Literal["main", "staging"] | None, typer.Option("--slot", help="Only on this slot.")] = None,
    version: Annotated[int | None, typer.Option("--version", help="Only on this version.")] = None,
    since: Annotated[str | None, typer.Option("--from", metavar="TIME", help="Queued at or after, RFC 3339.")] = None,
    until: Annotated[str | None, typer.Option("--to", metavar="TIME", help="Queued before, RFC 3339.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="Stands in input, outcome or error.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> None:
    """List runs, newest first."""
    only = {"flow": flow, "workspace": workspace, "status": status, "slot": slot, "version": version}
    show_list(
        session,
        "runs",
        title="Runs",
        columns={
            "id": of("id"),
            "flow": of("flow"),
            "workspace": of("workspace"),
            "ran on": ran_on,
            "status": of("status"),
            "trigger": of("trigger", "kind"),
            "queued at": of("queued_at"),
            "message": _message,
        },
        query={**only, "from": since, "to": until, "text": text, "limit": limit, "cursor": cursor},
    )


def _message(run: Json) -> Json:
    return ((run.get("error") or {}).get("message")) or ((run.get("outcome") or {}).get("message"))


@command(app, "show", example="flowslot run show run_01k…")
def show(session: Session, run: RunId) -> None:
    """Show a run: how it ended and where, what to do about it, and each step with its times."""
    session.show(session.client.get("runs", run), print_run)


@command(app, "cancel", example="flowslot run cancel run_01k…")
def cancel(session: Session, run: RunId) -> None:
    """Ask a run to end; it does so before its next effect."""
    session.show(session.client.post("runs", run, "cancel", body={}), print_run)


@command(app, "rerun", example="flowslot run rerun run_01k… --version current --wait")
def rerun(
    session: Session,
    run: RunId,
    version: Annotated[Literal["same", "current"], typer.Option("--version", help="Which version runs.")] = "same",
    from_step: Annotated[str | None, typer.Option("--from-step", help="Keep what was done before this step.")] = None,
    wait: Wait = False,
    timeout: Longest = 300,
) -> None:
    """Run it again with the same input: same version or the current one, from the start or from a step."""
    body = {"version": version, **({"from_step": from_step} if from_step else {})}
    _show_started(session, session.client.post("runs", run, "rerun", body=body), wait=wait, timeout=timeout)


@command(app, "signal", example="flowslot run signal run_01k… approval -p '{\"ok\": true}'")
def signal(
    session: Session,
    run: RunId,
    step: Annotated[str, typer.Argument(metavar="STEP", help="The waiting step.")],
    payload: Annotated[str, typer.Option("--payload", "-p", metavar="FILE|-|JSON", help="What it receives.")] = "null",
) -> None:
    """Resume a step that waits for a signal."""
    answer = session.client.post("runs", run, "signals", step, body=read_value(payload))
    session.done(answer, f"{step} of {run} goes on.")


@command(app, "tail", example="flowslot run tail --workspace acme --status failed")
def tail(
    session: Session,
    run: Annotated[
        str | None, typer.Argument(metavar="RUN", help="One run, until it ends; without it all runs.")
    ] = None,
    flow: OfFlow = None,
    workspace: OfWorkspace = None,
    status: Annotated[Status | None, typer.Option("--status", help="Only when they come to this state.")] = None,
) -> None:
    """Print a line whenever a run changes, until Ctrl+C (or until RUN ended). Begins with the runs that are open."""
    tailing.tail(session, tailing.Wanted(run=run, flow=flow, workspace=workspace, status=status))
