"""flowslot run tail: a line whenever a run changes."""

from __future__ import annotations

from flowslot.cli.session import Session


def tail(session: Session, *, run: str | None, flow: str | None, workspace: str | None) -> None:
    """Prints a line for each change; ends when the one run asked for has ended."""
