"""How much disk a database takes, by part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection


def sizes(connection: Connection) -> Mapping[str, int]:
    """Bytes of the data and, on SQLite, of the log that has not been brought into it."""
    if connection.dialect.name == "postgresql":
        return {"data": connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar_one()}
    file = Path(connection.exec_driver_sql("PRAGMA database_list").all()[0][2])
    parts = {"data": file, "wal": file.with_name(f"{file.name}-wal")}
    return {part: each.stat().st_size for part, each in parts.items() if each.exists()}
