"""What the engine needs to run in several processes, to clean up and to keep its schedules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Takes the step, one noun after the other."""
    _owners()
    _retention()
    _cluster()
    _schedules()


def _owners() -> None:
    """Which process works on a run."""
    op.add_column("run", sa.Column("owner", TEXT, nullable=True))
    op.add_column("run", sa.Column("fence", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.drop_index("ix_run_wake", "run")
    where = sa.text("wake_at IS NOT NULL")
    op.create_index("ix_run_wake", "run", ["owner", "wake_at"], sqlite_where=where, postgresql_where=where)


def _retention() -> None:
    """What was removed of a run, and which runs are still to be looked at."""
    op.add_column("run", sa.Column("payload_removed_at", TEXT, nullable=True))
    op.create_table(
        "pruning", sa.Column("run_id", TEXT, nullable=False), sa.PrimaryKeyConstraint("run_id", name="pk_pruning")
    )


def _cluster() -> None:
    """Which batch a run was given out in, and who works in the cluster."""
    op.add_column("run", sa.Column("batch", TEXT, nullable=True))
    waiting = sa.text("status = 'queued' AND owner IS NULL AND batch IS NULL")
    given_out = sa.text("batch IS NOT NULL AND ended_at IS NULL")
    op.create_index("ix_run_outbox", "run", ["workspace_id", "id"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_index("ix_run_batch", "run", ["batch"], sqlite_where=given_out, postgresql_where=given_out)
    op.create_table(
        "worker",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("host", TEXT, nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("started_at", TEXT, nullable=False),
        sa.Column("seen_at", TEXT, nullable=False),
        sa.Column("session", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_worker"),
    )


def _schedules() -> None:
    """From when the ticks of a slot's schedule count."""
    op.add_column("schedule", sa.Column("since", TEXT, nullable=True))
