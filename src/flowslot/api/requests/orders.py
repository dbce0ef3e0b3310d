"""The order of a list, as its `sort` says it."""

from __future__ import annotations

from flowslot.app.lists import Order


def order_of(sort: str | None) -> Order:
    """The order that a `sort` names: a name, with `-` before it for the greatest first."""
    if not sort:
        return Order()
    return Order(sort.removeprefix("-"), descending=sort.startswith("-"))


def searched(sort: str | None, *filters: object) -> str:
    """What a cursor is bound to: the order, and whether the list is walked along its own key or searched."""
    if sort is None and all(each is None for each in filters):
        return ""
    return f"?{sort or ''}"
