"""What the page needs for people to sign in: passwords and sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Takes the step."""
    op.add_column("user_account", sa.Column("password", TEXT, nullable=True))
    op.create_table(
        "session",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("token_id", TEXT, nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.Column("last_used_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_session_user_id"),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name="fk_session_token_id"),
        sa.UniqueConstraint("hash", name="uq_session_hash"),
    )
    for column in ("user_id", "token_id", "expires_at"):
        op.create_index(f"ix_session_{column}", "session", [column])
