"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from flowslot.storage.migrations.guards_0001 import guards

revision = "0001"
down_revision = None

TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
SEQUENCE = sa.BigInteger().with_variant(sa.INTEGER(), "sqlite")


def upgrade() -> None:
    _server()
    _account()
    _flows()
    _runs()
    for statement in guards(op.get_bind().dialect.name):
        op.execute(statement)


def texts(*names: str, null: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=null) for name in names]


def number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=null)


def yes_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def octets(name: str, *, null: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary(), nullable=null)


def sequence(name: str) -> sa.Column[int]:
    return sa.Column(name, SEQUENCE, autoincrement=True, nullable=False)


def primary(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")


def unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=f"uq_{table}_{'_'.join(columns)}")


def foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def index(name: str, table: str, *columns: str, where: str | None = None, unique: bool = False) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, list(columns), unique=unique, sqlite_where=condition, postgresql_where=condition)


def _server() -> None:
    op.create_table("fact", *texts("name", "value"), primary("fact", "name"))
    op.create_table(
        "answer",
        *texts("caller", "key", "request_hash"),
        number("status"),
        octets("body"),
        *texts("at"),
        primary("answer", "caller", "key"),
    )
    index("ix_answer_at", "answer", "at")
    op.create_table(
        "audit",
        sequence("seq"),
        *texts("at", "actor", "action"),
        *texts("flow_id", "workspace_id", null=True),
        number("version", null=True),
        number("revision", null=True),
        octets("about"),
        primary("audit", "seq"),
    )
    index("ix_audit_flow", "audit", "flow_id", "seq")


def _account() -> None:
    op.create_table(
        "user_account",
        *texts("id", "name", "role", "created_at"),
        primary("user_account", "id"),
        unique("user_account", "name"),
    )
    op.create_table(
        "token",
        *texts("id", "user_id", "name", "role"),
        octets("workspaces", null=True),
        octets("hash"),
        *texts("created_at"),
        *texts("expires_at", "last_used_at", null=True),
        primary("token", "id"),
        unique("token", "hash"),
        foreign("token", "user_id", "user_account"),
    )
    op.create_table(
        "workspace",
        *texts("id", "slug", "name", "kind"),
        *texts("customer", null=True),
        *texts("created_at"),
        primary("workspace", "id"),
        unique("workspace", "slug"),
    )
    op.create_table(
        "connection",
        *texts("id", "workspace_id", "slug", "connector"),
        octets("settings"),
        octets("sealed"),
        *texts("created_at", "updated_at"),
        primary("connection", "id"),
        unique("connection", "workspace_id", "slug"),
        foreign("connection", "workspace_id", "workspace"),
    )


def _flows() -> None:
    op.create_table(
        "flow",
        *texts("id", "slug", "name", "visibility", "home_workspace_id"),
        number("revision"),
        number("slots_revision"),
        number("slot_epoch"),
        number("main_version", null=True),
        number("staging_version", null=True),
        number("latest_version"),
        number("fleet_revision"),
        number("registrations"),
        *texts("staged_fingerprint", null=True),
        primary("flow", "id"),
        unique("flow", "slug"),
        foreign("flow", "home_workspace_id", "workspace"),
    )
    index("ix_flow_home_workspace_id", "flow", "home_workspace_id")
    op.create_table(
        "version",
        *texts("flow_id"),
        number("number"),
        *texts("hash", "author", "at", "note", "workspace_id", "kind"),
        yes_no("discarded"),
        octets("definition"),
        primary("version", "flow_id", "number"),
        foreign("version", "flow_id", "flow"),
    )
    index("ix_version_drafts", "version", "flow_id", "workspace_id", "number")
    index("ix_version_hash", "version", "hash")
    op.create_table(
        "registration",
        *texts("id", "flow_id", "workspace_id"),
        number("revision"),
        yes_no("active"),
        number("staging_epoch", null=True),
        octets("config"),
        octets("connections"),
        *texts("hook_main", "hook_staging"),
        octets("webhook_secret", null=True),
        octets("webhook_secret_previous", null=True),
        *texts("since"),
        primary("registration", "id"),
        unique("registration", "flow_id", "workspace_id"),
        unique("registration", "hook_main"),
        unique("registration", "hook_staging"),
        foreign("registration", "flow_id", "flow"),
        foreign("registration", "workspace_id", "workspace"),
    )
    index("ix_registration_staging", "registration", "flow_id", "staging_epoch")
    index("ix_registration_workspace_id", "registration", "workspace_id")
    op.create_table(
        "promotion",
        *texts("id", "flow_id"),
        number("version"),
        number("from_version", null=True),
        number("from_epoch"),
        number("revision"),
        *texts("at", "actor", "workspace_id"),
        number("registrations"),
        number("other_workspaces"),
        *texts("staged_fingerprint", "undone_at", "undone_by", null=True),
        primary("promotion", "id"),
        foreign("promotion", "flow_id", "flow"),
    )
    index("ix_promotion_flow", "promotion", "flow_id", "id")
    op.create_table(
        "schedule",
        *texts("flow_id", "slot", "next_at"),
        primary("schedule", "flow_id", "slot"),
        foreign("schedule", "flow_id", "flow"),
    )
    index("ix_schedule_next_at", "schedule", "next_at")


def _runs() -> None:
    op.create_table(
        "run",
        *texts("id", "flow_id", "workspace_id", "registration_id"),
        number("version"),
        *texts("hash", "slot", "status"),
        octets("trigger"),
        *texts("trigger_key", null=True),
        octets("input"),
        octets("outcome", null=True),
        octets("error", null=True),
        *texts("queued_at"),
        *texts("started_at", "ended_at", "parent_id", "parent_path", null=True),
        number("depth"),
        yes_no("test"),
        yes_no("cancel_requested"),
        octets("wait", null=True),
        *texts("wake_at", null=True),
        octets("steps", null=True),
        primary("run", "id"),
    )
    for column in ("flow", "workspace", "registration"):
        index(f"ix_run_{column}", "run", f"{column}_id", "id")
    index("uq_run_trigger_key", "run", "registration_id", "trigger_key", where="trigger_key IS NOT NULL", unique=True)
    index("ix_run_open", "run", "flow_id", "status", where="ended_at IS NULL")
    index("ix_run_wake", "run", "wake_at", where="wake_at IS NOT NULL")
    index("ix_run_parent", "run", "parent_id", where="parent_id IS NOT NULL")
    op.create_table(
        "journal",
        sequence("seq"),
        *texts("run_id", "path"),
        octets("body"),
        primary("journal", "seq"),
        unique("journal", "run_id", "path"),
    )
