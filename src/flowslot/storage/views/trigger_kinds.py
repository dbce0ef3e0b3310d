"""The kind of trigger of a version, by content hash: read from the definition once, without parsing all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, select, tuple_

from flowslot.storage.tables import version
from flowslot.storage.views.rows import AnyRow

_BOUND = 20_000


class _Trigger(msgspec.Struct):
    kind: str = ""


class _Head(msgspec.Struct):
    trigger: _Trigger


_head = msgspec.json.Decoder(_Head)


class TriggerKinds:
    """Remembers what it has read; a definition with a given hash never changes."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def of(self, connection: Connection, versions: Iterable[AnyRow]) -> Mapping[str, str]:
        """The trigger kind of each version, by its hash."""
        rows = list(versions)
        if len(self._known) > _BOUND:
            self._known = {}
        known = self._known
        missing = {row.hash: (row.flow_id, row.number) for row in rows if row.hash not in known}
        if missing:
            places = tuple_(version.c.flow_id, version.c.number).in_(sorted(missing.values()))
            for row in connection.execute(select(version.c.hash, version.c.definition).where(places)):
                known[row.hash] = _head.decode(bytes(row.definition)).trigger.kind
        return {row.hash: known[row.hash] for row in rows if row.hash in known}
