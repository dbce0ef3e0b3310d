"""Lists: one page printed as a table, and how to get the next one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

from flowslot.base.json_text import Json
from flowslot.cli.session import Session


def show_list(
    session: Session,
    *path: str | int,
    title: str,
    columns: Mapping[str, Callable[[Json], Json]],
    query: Mapping[str, object] | None = None,
) -> None:
    """Prints one page of a list: each column is a name and what it shows of an item."""
    from flowslot.cli.tables import print_table

    def table(page: Json) -> None:
        rows: Sequence[Sequence[Json]] = [[read(item) for read in columns.values()] for item in page["items"]]
        print_table(title, tuple(columns), rows)
        if page["next"]:
            sys.stderr.write(f"There is more: --cursor {page['next']}\n")

    session.show(session.client.get(*path, query=query), table)


def of(*keys: str) -> Callable[[Json], Json]:
    """Reads a (nested) key of an item; null where there is none."""

    def read(item: Json) -> Json:
        for key in keys:
            item = item.get(key) if isinstance(item, dict) else None
        return item

    return read
