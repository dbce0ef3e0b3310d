"""Lists that are searched: each page looks through a bounded number of rows, newest first, and says where to go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, FromClause, select
from sqlalchemy.sql.elements import NamedColumn

from flowslot.app.views import Page, PageAsk
from flowslot.storage.views.rows import AnyRow, AnySelect, cut


@dataclass(frozen=True, slots=True)
class Search:
    """What to look through and what to look for.

    `within` are conditions on the key's own table that an index answers; `matching` are looked at row by row, at most
    `most` of them a page.
    """

    shown: Sequence[NamedColumn[Any]]
    source: FromClause
    key: Column[Any]
    within: Sequence[ColumnElement[bool]]
    matching: Sequence[ColumnElement[bool]]
    most: int


def search_page(connection: Connection, search: Search, page: PageAsk) -> Page[AnyRow]:
    """The next matches. A page may be short, even empty, and still have a `next`: there is more to look through."""
    query: AnySelect = (
        select(*search.shown).select_from(search.source).order_by(search.key.desc()).limit(page.limit + 1)
    )
    if not search.matching:
        return cut(list(connection.execute(_after(query, search, page))), page, key=str(search.key.key))
    end = connection.scalar(_after(_keys(search), search, page).offset(search.most - 1))
    query = _after(query, search, page).where(*search.matching)
    if end is not None:
        query = query.where(search.key >= end)
    found = cut(list(connection.execute(query)), page, key=str(search.key.key))
    return found if found.next is not None else Page(found.items, end)


def _keys(search: Search) -> AnySelect:
    """The keys alone, without what is shown beside them."""
    return select(search.key).select_from(search.key.table).order_by(search.key.desc()).limit(1)


def _after(query: AnySelect, search: Search, page: PageAsk) -> AnySelect:
    query = query.where(*search.within)
    return query if page.after is None else query.where(search.key < page.after)
