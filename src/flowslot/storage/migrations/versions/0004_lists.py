"""Indexes that lists and figures are read from: runs are counted without reading them, the record is found by time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Widens two indexes of runs, and adds two of the record."""
    op.drop_index("ix_run_flow", "run")
    op.create_index("ix_run_flow", "run", ["flow_id", "id", "workspace_id", "status", "test"])
    op.drop_index("ix_run_registration", "run")
    op.create_index("ix_run_registration", "run", ["registration_id", "id", "status", "test"])
    op.create_index("ix_audit_at", "audit", ["at"])
    staged = sa.text("action = 'staging.deployed'")
    op.create_index("ix_audit_staged", "audit", ["flow_id", "version"], sqlite_where=staged, postgresql_where=staged)
