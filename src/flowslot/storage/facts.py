"""Facts: small named values of the server itself."""

from __future__ import annotations

from sqlalchemy import delete, select

from flowslot.storage import tables
from flowslot.storage.dialect import insert
from flowslot.storage.work import Work

_table = tables.fact


class SqlFacts:
    """The Facts port."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, name: str) -> str | None:
        return self._work.connection.execute(select(_table.c.value).where(_table.c.name == name)).scalar()

    def put(self, name: str, value: str) -> None:
        row = insert(self._work.dialect, _table).values(name=name, value=value)
        self._work.connection.execute(row.on_conflict_do_update(index_elements=["name"], set_={"value": value}))

    def remove(self, name: str) -> None:
        self._work.connection.execute(delete(_table).where(_table.c.name == name))
