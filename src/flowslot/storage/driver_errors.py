"""What the database drivers' errors mean."""

from __future__ import annotations

from typing import Any

from sqlalchemy.exc import IntegrityError

from flowslot.base.errors import Conflict, FlowslotError, Invalid, StorageFull, Unavailable


def explained(driver: Any, error: Exception) -> FlowslotError | None:  # Any: the driver's module
    """What to tell of a driver's error; None for an error that is not the driver's. Their names are the DB-API's."""
    if isinstance(error, driver.IntegrityError):
        return Conflict("This has been recorded already.")
    if isinstance(error, (driver.DataError, OverflowError)):
        return Invalid("A value is out of the range that can be stored.")
    if isinstance(error, driver.Error):
        unwell = Unavailable(f"The database does not answer as it should: {str(error).strip().splitlines()[0]}")
        return StorageFull() if is_disk_full(error) else unwell
    return None


def is_disk_full(error: object) -> bool:
    return getattr(error, "sqlstate", None) == "53100" or str(error) == "database or disk is full"


def is_duplicate(error: IntegrityError) -> bool:
    """Whether a unique constraint was violated (and not a foreign key)."""
    sqlstate = getattr(error.orig, "sqlstate", None)
    return sqlstate == "23505" if sqlstate else str(error.orig).startswith("UNIQUE")
