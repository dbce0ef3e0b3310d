"""What to try when the story is told: addresses, and five commands to copy."""

from __future__ import annotations

import shlex

from flowslot.cli.demo.account import HOME
from flowslot.cli.demo.examples import payload_path
from flowslot.cli.tables import console


def print_what_to_try(server: str, *, token: str, desk: str, name: str, password: str) -> None:
    """Prints the addresses and commands that can be pasted into another terminal as they are."""
    event = shlex.quote(str(payload_path("issues.opened")))
    commands = (
        ("what runs where", "flowslot registration list triage"),
        ("what a promotion would do", f"flowslot flow plan triage --workspace {HOME}"),
        ("promote version 2 yourself", f"flowslot flow promote triage --workspace {HOME}"),
        ("run it with a GitHub issue", f"flowslot run start triage initech --input {event} --wait"),
        ("who did what", "flowslot audit --flow triage --limit 10"),
    )
    out = console()
    out.print("\nThe demo stays up until Ctrl+C.", style="bold")
    page = f"{server}   sign in as {name} with the password {password}"
    out.print(f"  in a browser   {page}\n  the API        {server}/api/docs\n  the desk       {desk}\n", markup=False)
    out.print("To try, in another terminal:\n", style="bold")
    out.print(f"export FLOWSLOT_SERVER={server} FLOWSLOT_TOKEN={token}", markup=False, soft_wrap=True)
    for what, command in commands:
        out.print(f"{command}   # {what}", markup=False, soft_wrap=True)
