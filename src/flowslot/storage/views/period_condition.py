"""Whether a run is its owner's and from a period, in the words in which each database looks into one index for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import types
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class in_period(GenericFunction[bool]):  # noqa: N801  a function of SQL, named as those are
    """Of (column of the owner, id, owner, lowest id, id that is too high)."""

    type = types.NullType()  # type: ignore[assignment]  # SQLite would be asked whether a Boolean equals 1: no index
    inherit_cache = True


@compiles(in_period, "sqlite")
def _on_sqlite(element: in_period, compiler: SQLCompiler, **kw: Any) -> str:  # Any: as SQLAlchemy passes them
    of, id_, owner, low, high = (compiler.process(each, **kw) for each in element.clauses)
    return f"({of} = {owner} AND {id_} >= {low} AND {id_} < {high})"


@compiles(in_period, "postgresql")
def _on_postgres(element: in_period, compiler: SQLCompiler, **kw: Any) -> str:  # Any: as SQLAlchemy passes them
    """As one value of two: otherwise a plan may look through all runs of the period, taking them for few."""
    of, id_, owner, low, high = (compiler.process(each, **kw) for each in element.clauses)
    return f"(({of}, {id_}) >= ({owner}, {low}) AND ({of}, {id_}) < ({owner}, {high}))"
