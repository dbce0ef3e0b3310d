"""Whether registrations have what their version needs; remembered by flow, as long as nothing of it changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, select, tuple_

from flowslot.base.json_text import Json, parse
from flowslot.domain.completeness import Needs, missing_bindings, missing_values
from flowslot.domain.flow import Flow
from flowslot.domain.resolve import EmptyMain, version_to_run
from flowslot.domain.validation import SchemaProblems
from flowslot.storage.tables import connection as connection_table
from flowslot.storage.tables import registration, version
from flowslot.storage.views.rows import AnyRow, document, registration_of

Missing = Mapping[str, tuple[str, ...]]
"""What registrations lack, by their ids; those that lack nothing are left out."""

_BOUND = 50_000
_FLOWS = 2_000
_PART = 5_000
"""Workspaces that one query names."""
_NEEDED = [
    column for column in registration.c if column.name not in ("revision", "webhook_secret", "webhook_secret_previous")
]


class _Head(msgspec.Struct):
    config: msgspec.Raw = msgspec.Raw(b"null")
    connections: dict[str, Any] = {}


_head = msgspec.json.Decoder(_Head)


class Completeness:
    """Finds out what registrations lack; a definition with a given hash never changes, nor does what fits it."""

    def __init__(self, schema_problems: SchemaProblems, empty_main: EmptyMain) -> None:
        self._schema_problems, self._empty_main = schema_problems, empty_main
        self._needs: dict[str, Needs] = {}
        self._values: dict[tuple[str, bytes], tuple[str, ...]] = {}
        self._flows: dict[str, tuple[tuple[int, int], Missing]] = {}

    def of_rows(self, connection: Connection, flows: Sequence[Flow], rows: Sequence[AnyRow]) -> Missing:
        """What some registrations lack; a row has all columns of one that are needed."""
        needs = self._read_needs(connection, flows)
        by_id = {str(each.id): each for each in flows}
        told = [(row, needs[key]) for row in rows if (key := self._version(by_id[row.flow_id], row)) in needs]
        places = {row.workspace_id for row, (_, need) in told if need.connections}
        connectors = _connectors(connection, sorted(places))
        found = {row.id: self._missing(row, *need, connectors.get(row.workspace_id, {})) for row, need in told}
        return {each: missing for each, missing in found.items() if missing}

    def of_flow(self, connection: Connection, flow: Flow) -> Missing:
        """What the registrations of a flow lack, all of them."""
        return self.of_flows(connection, [flow])[flow.id]

    def of_flows(
        self, connection: Connection, flows: Iterable[Flow], *, budget: int | None = None
    ) -> Mapping[str, Missing]:
        """What all registrations of each flow lack. With a budget: of those flows that are known, or of which so many
        registrations can be looked at now; others are told another time."""
        asked = list(flows)
        states = {str(each.id): (each.revision, each.fleet_revision) for each in asked}
        stale = [each for each in asked if self._flows.get(each.id, (None,))[0] != states[each.id]]
        chosen = stale if budget is None else _within(stale, budget)
        if chosen:
            query = select(*_NEEDED).where(registration.c.flow_id.in_([each.id for each in chosen]))
            rows = connection.execute(query).all()
            missing = self.of_rows(connection, chosen, rows)
            by_flow: dict[str, dict[str, tuple[str, ...]]] = {str(each.id): {} for each in chosen}
            for row in rows:
                if row.id in missing:
                    by_flow[row.flow_id][row.id] = missing[row.id]
            self._keep({each: (states[each], found) for each, found in by_flow.items()})
        return {each: self._flows[each][1] for each in states if self._flows.get(each, (None,))[0] == states[each]}

    def _keep(self, found: Mapping[str, tuple[tuple[int, int], Missing]]) -> None:
        if len(self._flows) > _FLOWS:
            self._flows = {}
        self._flows.update(found)

    def _version(self, flow: Flow, row: AnyRow) -> tuple[str, int]:
        runs = version_to_run(flow, registration_of(row), empty_main=self._empty_main).version
        return flow.id, runs or flow.staging_version or 0

    def _missing(self, row: AnyRow, hash: str, needs: Needs, connectors: Mapping[str, str]) -> tuple[str, ...]:  # noqa: A002
        key = hash, blake2b(row.config, digest_size=16).digest()
        if key not in self._values:
            if len(self._values) > _BOUND:
                self._values = {}
            problems = missing_values(needs, document(row.config), schema_problems=self._schema_problems)
            self._values[key] = problems
        if not needs.connections:
            return self._values[key]
        return self._values[key] + missing_bindings(needs, document(row.connections), connectors)

    def _read_needs(self, connection: Connection, flows: Sequence[Flow]) -> Mapping[tuple[str, int], tuple[str, Needs]]:
        """What the versions in the slots need, with their hashes, by flow and number."""
        places = [(each.id, number) for each in flows for number in {each.main_version, each.staging_version} - {None}]
        if not places:
            return {}
        at = tuple_(version.c.flow_id, version.c.number)
        hashes = connection.execute(select(version.c.flow_id, version.c.number, version.c.hash).where(at.in_(places)))
        known = {(row.flow_id, row.number): row.hash for row in hashes}
        if len(self._needs) > _BOUND:
            self._needs = {}
        needs = self._needs
        unread = [place for place, hash_ in known.items() if hash_ not in needs]
        if unread:
            for row in connection.execute(select(version.c.hash, version.c.definition).where(at.in_(unread))):
                needs[row.hash] = _needs_in(bytes(row.definition))
        return {place: (hash_, needs[hash_]) for place, hash_ in known.items()}


def _needs_in(definition: bytes) -> Needs:
    head = _head.decode(definition)
    schema: Json = parse(bytes(head.config))
    connectors = {name: each.get("connector", "") for name, each in head.connections.items() if isinstance(each, dict)}
    return Needs(schema, connectors)


def _within(flows: Sequence[Flow], budget: int) -> list[Flow]:
    """As many flows as the budget has registrations for, and at least one: so all are looked at in the end."""
    chosen: list[Flow] = []
    for each in sorted(flows, key=lambda each: each.registrations):
        budget -= each.registrations
        if chosen and budget < 0:
            break
        chosen.append(each)
    return chosen


def _connectors(connection: Connection, workspaces: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """The connectors of connections by slug, by workspace."""
    table, found = connection_table, defaultdict[str, dict[str, str]](dict)
    for start in range(0, len(workspaces), _PART):
        here = table.c.workspace_id.in_(workspaces[start : start + _PART])
        for row in connection.execute(select(table.c.workspace_id, table.c.slug, table.c.connector).where(here)):
            found[row.workspace_id][row.slug] = row.connector
    return found
