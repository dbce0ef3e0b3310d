"""What the engine needs to run in several processes, to clean up and to keep its schedules."""

from __future__ import annotations

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Takes the step, one noun after the other."""
