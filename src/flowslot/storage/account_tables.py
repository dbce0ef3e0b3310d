"""The tables of users, tokens and sessions; tables.py hands them on."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, LargeBinary, Table

from flowslot.storage.columns import Document, Text, Time, metadata

user = Table(
    "user_account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("password", Text),
)
"""`password` is an Argon2id hash; empty for those who cannot sign in with one."""

token = Table(
    "token",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("user_account.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("workspaces", Document),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", Time, nullable=False),
    Column("expires_at", Time),
    Column("last_used_at", Time),
)

session = Table(
    "session",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, ForeignKey("user_account.id"), nullable=False, index=True),
    Column("token_id", Text, ForeignKey("token.id"), index=True),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("created_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False, index=True),
    Column("last_used_at", Time, nullable=False),
)
"""Who is signed in at the page. `token_id`: the token that was signed in with, if it was not a password."""
