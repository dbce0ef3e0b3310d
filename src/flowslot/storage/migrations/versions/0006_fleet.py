"""Fleet: which flows call which, what a plan found, releases, and reasons of promotions."""

from __future__ import annotations

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Takes the step."""
