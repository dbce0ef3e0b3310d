"""What the repositories of one unit of work share: the connection, and what the caller may see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from flowslot.base.errors import FlowslotError, InUse, NotFound
from flowslot.storage.driver_errors import is_duplicate
from flowslot.storage.sight import Sight


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction, as its repositories see it."""

    connection: Connection
    dialect: str
    sight: Sight
    writing: bool
    slugs: dict[str, str] = field(default_factory=dict)
    """Id → slug of what was looked at, so that an event can name even what it removed."""


@contextmanager
def duplicate_is(refusal: FlowslotError) -> Iterator[None]:
    """Turns a violated unique constraint into a refusal; a missing row that is referred to is NotFound."""
    try:
        yield
    except IntegrityError as error:
        if is_duplicate(error):
            raise refusal from None
        raise NotFound("Something this refers to does not exist (any more).") from error


@contextmanager
def reference_is(refusal: InUse) -> Iterator[None]:
    """Turns a reference that keeps a row from being removed into a refusal."""
    try:
        yield
    except IntegrityError as error:
        raise refusal from error
