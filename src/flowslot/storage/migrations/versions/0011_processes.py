"""Processes of a server that acknowledge what is promoted."""

from __future__ import annotations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Takes the step."""
