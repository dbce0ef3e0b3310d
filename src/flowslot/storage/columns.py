"""The kinds of columns that tables are made of, and the catalog that tables belong to."""

from __future__ import annotations

from sqlalchemy import BigInteger, LargeBinary, MetaData
from sqlalchemy import Text as AnyText
from sqlalchemy.dialects import sqlite

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

Text = AnyText(collation="C").with_variant(AnyText(), "sqlite")
"""Compared byte by byte, the same on both databases, whatever the language of the PostgreSQL server."""
Time = Text
"""RFC 3339 in UTC with microseconds (base.clock.time_text): sorts as the times do, the same on both databases."""
Document = LargeBinary
"""JSON text in UTF-8 (base.json_text), exact in every digit."""
Sequence = BigInteger().with_variant(sqlite.INTEGER(), "sqlite")
