"""The trigger of a version, by content hash: read from the definition once, without parsing all of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, select, tuple_

from flowslot.domain.flow import Flow
from flowslot.storage.tables import version
from flowslot.storage.views.rows import AnyRow

_BOUND = 20_000


class _Auth(msgspec.Struct):
    kind: str = ""


class _Trigger(msgspec.Struct):
    kind: str = ""
    auth: str | _Auth = ""

    @property
    def signed(self) -> bool:
        """Whether it takes webhooks that prove who sent them."""
        return self.kind == "webhook" and (self.auth if isinstance(self.auth, str) else self.auth.kind) != "none"


class _Head(msgspec.Struct):
    trigger: _Trigger


_head = msgspec.json.Decoder(_Head)


class TriggerKinds:
    """Remembers what it has read; a definition with a given hash never changes."""

    def __init__(self) -> None:
        self._known: dict[str, _Trigger] = {}

    def of(self, connection: Connection, versions: Iterable[AnyRow]) -> Mapping[str, str]:
        """The trigger kind of each version, by its hash."""
        return {each: trigger.kind for each, trigger in self._triggers(connection, versions).items()}

    def signed_webhooks(self, connection: Connection, flows: Sequence[Flow]) -> Mapping[str, frozenset[int]]:
        """The versions in the slots of each flow that take webhooks which prove who sent them."""
        places = [(each.id, number) for each in flows for number in {each.main_version, each.staging_version} - {None}]
        at = tuple_(version.c.flow_id, version.c.number).in_(places)
        rows = connection.execute(select(version.c.flow_id, version.c.number, version.c.hash).where(at)).all()
        triggers = self._triggers(connection, rows)
        found: dict[str, frozenset[int]] = {each.id: frozenset() for each in flows}
        for row in rows:
            if row.hash in triggers and triggers[row.hash].signed:
                found[row.flow_id] |= {row.number}
        return found

    def _triggers(self, connection: Connection, versions: Iterable[AnyRow]) -> Mapping[str, _Trigger]:
        rows = list(versions)
        if len(self._known) > _BOUND:
            self._known = {}
        known = self._known
        missing = {row.hash: (row.flow_id, row.number) for row in rows if row.hash not in known}
        if missing:
            places = tuple_(version.c.flow_id, version.c.number).in_(sorted(missing.values()))
            for row in connection.execute(select(version.c.hash, version.c.definition).where(places)):
                known[row.hash] = _head.decode(bytes(row.definition)).trigger
        return {row.hash: known[row.hash] for row in rows if row.hash in known}
