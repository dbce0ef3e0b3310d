"""From rows to the values of the rules and the views."""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import Raw
from sqlalchemy import Row, Select

from flowslot.app.views import Key, Page, PageAsk, VersionView
from flowslot.base import json_text
from flowslot.base.clock import time_from
from flowslot.base.json_text import Json
from flowslot.domain.flow import Flow, Registration, VersionKind, Visibility
from flowslot.domain.history import icons

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
AnySelect: TypeAlias = Select[*tuple[Any, ...]]


def flow_of(row: AnyRow) -> Flow:
    """A flow from a row of all its columns."""
    found = dict(row._mapping)
    found["home_workspace"] = found.pop("home_workspace_id")
    found["visibility"] = Visibility(found["visibility"])
    return Flow(**found)


def registration_of(row: AnyRow) -> Registration:
    """A registration from a row that has all its columns, and maybe others."""
    return Registration(
        id=row.id,
        flow=row.flow_id,
        workspace=row.workspace_id,
        active=row.active,
        staging_epoch=row.staging_epoch,
        config=document(row.config),
        connections=document(row.connections),
        hook_main=row.hook_main,
        hook_staging=row.hook_staging,
        since=time_from(row.since),
    )


def version_of(row: AnyRow, flow: Flow) -> VersionView:
    """A version from its row with `workspace`, the slug of its workspace if that is in scope."""
    return VersionView(
        number=row.number,
        hash=row.hash,
        author=row.author,
        at=row.at,
        note=row.note,
        workspace=row.workspace,
        kind=VersionKind(row.kind),
        discarded=row.discarded,
        icons=icons(flow, row.number),
    )


def document(stored: bytes | None) -> Json:
    """The value of a stored document; None for none."""
    return None if stored is None else json_text.parse(bytes(stored))


def untouched(stored: bytes | None) -> Json:
    """A stored document as it is written, to be passed on without reading it; None for none."""
    return None if stored is None else Raw(bytes(stored))


def cut(rows: list[AnyRow], page: PageAsk, *, key: str) -> Page[AnyRow]:
    """A page from rows read with one more than the limit."""
    more = len(rows) > page.limit
    items = rows[: page.limit]
    following: Key | None = getattr(items[-1], key) if more else None
    return Page(items, following)
