"""The operations of the API: one module per noun; `every_operation` lists them all."""

from __future__ import annotations

from flowslot.api.routes import (
    accounts,
    audit,
    connections,
    connectors,
    events,
    flows,
    operating,
    product,
    promotions,
    registrations,
    runs,
    sessions,
    staging,
    statistics,
    trials,
    upkeep,
    versions,
    workspaces,
)
from flowslot.api.routing import Operation

_NOUNS = (
    workspaces,
    flows,
    versions,
    staging,
    promotions,
    registrations,
    runs,
    trials,
    connections,
    connectors,
    accounts,
    sessions,
    audit,
    statistics,
    events,
    product,
    operating,
    upkeep,
)


def every_operation() -> list[Operation]:
    """All operations, in the order of the reference."""
    return [operation for noun in _NOUNS for operation in noun.routes.operations]
