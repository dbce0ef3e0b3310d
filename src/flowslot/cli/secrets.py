"""Secrets given to commands: never as an argument, which everybody on a machine can see."""

from __future__ import annotations

import sys

import typer


def asked_secret(prompt: str, *, twice: bool = False) -> str:
    """A secret from the next line of standard input; on a terminal it is asked for without showing it."""
    if sys.stdin.isatty():
        return str(typer.prompt(prompt, hide_input=True, confirmation_prompt=twice, default="", show_default=False))
    return sys.stdin.readline().rstrip("\r\n")
