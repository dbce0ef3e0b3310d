"""Trials: runs of a definition that is in no history keep it in their own row, and it never changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from flowslot.storage.migrations.guards_0005 import guards

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Takes the step."""
    op.add_column("run", sa.Column("definition", sa.LargeBinary(), nullable=True))
    where = sa.text("definition IS NOT NULL")
    op.create_index("ix_run_trial", "run", ["hash"], sqlite_where=where, postgresql_where=where)
    for statement in guards(op.get_bind().dialect.name):
        op.execute(statement)
