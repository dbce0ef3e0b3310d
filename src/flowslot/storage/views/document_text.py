"""A stored document as text that can be searched, in the words of each database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class document_text(GenericFunction[str]):  # noqa: N801  a function of SQL, named as those are
    """The JSON text of a document column."""

    type = Text()
    inherit_cache = True


@compiles(document_text, "sqlite")
def _on_sqlite(element: document_text, compiler: SQLCompiler, **kw: Any) -> str:  # Any: as SQLAlchemy passes them
    return f"CAST({compiler.process(element.clauses, **kw)} AS TEXT)"


@compiles(document_text, "postgresql")
def _on_postgres(element: document_text, compiler: SQLCompiler, **kw: Any) -> str:  # Any: as SQLAlchemy passes them
    return f"convert_from({compiler.process(element.clauses, **kw)}, 'UTF8')"


def text_of(column: Column[bytes]) -> document_text:
    return document_text(column)
