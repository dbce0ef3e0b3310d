"""The tables, as SQLAlchemy Core; migrations build them, and a test holds the two equal."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from flowslot.storage.account_tables import session as session
from flowslot.storage.account_tables import token as token
from flowslot.storage.account_tables import user as user
from flowslot.storage.columns import Document as Document
from flowslot.storage.columns import Sequence as Sequence
from flowslot.storage.columns import Text as Text
from flowslot.storage.columns import Time as Time
from flowslot.storage.columns import metadata as metadata

fact = Table("fact", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

workspace = Table(
    "workspace",
    metadata,
    Column("id", Text, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("customer", Text),
    Column("created_at", Time, nullable=False),
)

flow = Table(
    "flow",
    metadata,
    Column("id", Text, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("visibility", Text, nullable=False),
    Column("home_workspace_id", Text, ForeignKey("workspace.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("slots_revision", Integer, nullable=False),
    Column("slot_epoch", Integer, nullable=False),
    Column("main_version", Integer),
    Column("staging_version", Integer),
    Column("latest_version", Integer, nullable=False),
    Column("fleet_revision", Integer, nullable=False),
    Column("registrations", Integer, nullable=False),
    Column("staged_fingerprint", Text),
)

version = Table(
    "version",
    metadata,
    Column("flow_id", Text, ForeignKey("flow.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("hash", Text, nullable=False, index=True),
    Column("author", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("note", Text, nullable=False),
    Column("workspace_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("discarded", Boolean, nullable=False),
    Column("definition", Document, nullable=False),
    PrimaryKeyConstraint("flow_id", "number"),
    Index("ix_version_drafts", "flow_id", "workspace_id", "number"),
)

registration = Table(
    "registration",
    metadata,
    Column("id", Text, primary_key=True),
    Column("flow_id", Text, ForeignKey("flow.id"), nullable=False),
    Column("workspace_id", Text, ForeignKey("workspace.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("staging_epoch", Integer),
    Column("config", Document, nullable=False),
    Column("connections", Document, nullable=False),
    Column("hook_main", Text, nullable=False, unique=True),
    Column("hook_staging", Text, nullable=False, unique=True),
    Column("webhook_secret", LargeBinary),
    Column("webhook_secret_previous", LargeBinary),
    Column("since", Time, nullable=False),
    UniqueConstraint("flow_id", "workspace_id"),
    Index("ix_registration_staging", "flow_id", "staging_epoch"),
)

connection = Table(
    "connection",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workspace_id", Text, ForeignKey("workspace.id"), nullable=False),
    Column("slug", Text, nullable=False),
    Column("connector", Text, nullable=False),
    Column("settings", Document, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("updated_at", Time, nullable=False),
    UniqueConstraint("workspace_id", "slug"),
)

promotion = Table(
    "promotion",
    metadata,
    Column("id", Text, primary_key=True),
    Column("flow_id", Text, ForeignKey("flow.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("from_version", Integer),
    Column("from_epoch", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("at", Time, nullable=False),
    Column("actor", Text, nullable=False),
    Column("workspace_id", Text, nullable=False),
    Column("registrations", Integer, nullable=False),
    Column("other_workspaces", Integer, nullable=False),
    Column("staged_fingerprint", Text),
    Column("undone_at", Time),
    Column("undone_by", Text),
    Index("ix_promotion_flow", "flow_id", "id"),
)

schedule = Table(
    "schedule",
    metadata,
    Column("flow_id", Text, ForeignKey("flow.id"), nullable=False),
    Column("slot", Text, nullable=False),
    Column("next_at", Time, nullable=False, index=True),
    Column("since", Time),
    PrimaryKeyConstraint("flow_id", "slot"),
)

run = Table(
    "run",
    metadata,
    Column("id", Text, primary_key=True),
    Column("flow_id", Text, nullable=False),
    Column("workspace_id", Text, nullable=False),
    Column("registration_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("hash", Text, nullable=False),
    Column("slot", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("trigger", Document, nullable=False),
    Column("trigger_key", Text),
    Column("input", Document, nullable=False),
    Column("outcome", Document),
    Column("error", Document),
    Column("queued_at", Time, nullable=False),
    Column("started_at", Time),
    Column("ended_at", Time),
    Column("parent_id", Text),
    Column("parent_path", Text),
    Column("depth", Integer, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    Column("wait", Document),
    Column("wake_at", Time),
    Column("steps", LargeBinary),
    Column("owner", Text),
    Column("fence", Integer, nullable=False, server_default=text("0")),
    Column("payload_removed_at", Time),
    Column("batch", Text),
    Column("definition", Document),
    Index("ix_run_flow", "flow_id", "id", "workspace_id", "status", "test"),  # so that runs are counted from it alone
    Index("ix_run_workspace", "workspace_id", "id"),
    Index("ix_run_registration", "registration_id", "id", "status", "test"),
)
Index(
    "uq_run_trigger_key",
    run.c.registration_id,
    run.c.trigger_key,
    unique=True,
    sqlite_where=run.c.trigger_key.is_not(None),
    postgresql_where=run.c.trigger_key.is_not(None),
)
Index(
    "ix_run_open",
    run.c.flow_id,
    run.c.status,
    sqlite_where=run.c.ended_at.is_(None),
    postgresql_where=run.c.ended_at.is_(None),
)
Index(
    "ix_run_wake",
    run.c.owner,
    run.c.wake_at,
    sqlite_where=run.c.wake_at.is_not(None),
    postgresql_where=run.c.wake_at.is_not(None),
)
_IN_OUTBOX = text("status = 'queued' AND owner IS NULL AND batch IS NULL")
Index("ix_run_outbox", run.c.workspace_id, run.c.id, sqlite_where=_IN_OUTBOX, postgresql_where=_IN_OUTBOX)
_GIVEN_OUT = text("batch IS NOT NULL AND ended_at IS NULL")
Index("ix_run_batch", run.c.batch, sqlite_where=_GIVEN_OUT, postgresql_where=_GIVEN_OUT)
Index(
    "ix_run_parent",
    run.c.parent_id,
    sqlite_where=run.c.parent_id.is_not(None),
    postgresql_where=run.c.parent_id.is_not(None),
)

_TRIED = text("definition IS NOT NULL")
Index("ix_run_trial", run.c.hash, sqlite_where=_TRIED, postgresql_where=_TRIED)
"""A trial has its definition in its own row, and 0 for a version: see docs/decisions/0019-trials.md."""

journal = Table(
    "journal",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("run_id", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("body", Document, nullable=False),
    UniqueConstraint("run_id", "path"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Sequence, primary_key=True, autoincrement=True),
    Column("at", Time, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("flow_id", Text),
    Column("workspace_id", Text),
    Column("version", Integer),
    Column("revision", Integer),
    Column("about", Document, nullable=False),
    Index("ix_audit_flow", "flow_id", "seq"),
)
DEPLOYED_TO_STAGING = text("action = 'staging.deployed'")
Index(
    "ix_audit_staged",
    audit.c.flow_id,
    audit.c.version,
    sqlite_where=DEPLOYED_TO_STAGING,
    postgresql_where=DEPLOYED_TO_STAGING,
)

answer = Table(
    "answer",
    metadata,
    Column("caller", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("request_hash", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("body", Document, nullable=False),
    Column("at", Time, nullable=False, index=True),
    PrimaryKeyConstraint("caller", "key"),
)

pruning = Table("pruning", metadata, Column("run_id", Text, primary_key=True))
"""Runs that retention has passed by and must look at again: they had not ended, or are large."""

worker = Table(
    "worker",
    metadata,
    Column("name", Text, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("places", Integer, nullable=False),
    Column("started_at", Time, nullable=False),
    Column("seen_at", Time, nullable=False),
    Column("session", Integer),
)
"""The workers of a cluster. `session` is the database session of one that led, so that it can be ended."""
