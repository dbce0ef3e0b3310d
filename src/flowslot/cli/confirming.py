"""Asking before something is deleted: only a person at a terminal is asked."""

from __future__ import annotations

import sys

import typer


def confirm(question: str, *, yes: bool) -> None:
    """Asks at a terminal unless `yes`; a no ends the command with nothing done."""
    if not yes and sys.stdin.isatty() and sys.stdout.isatty():
        typer.confirm(question, abort=True)
