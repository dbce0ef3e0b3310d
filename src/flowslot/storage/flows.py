"""Flows: one row each, with both slots in it. Compare-and-set on the revision (R18)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, delete, insert, select, update

from flowslot.base.errors import AlreadyExists, NotFound, RevisionConflict
from flowslot.base.ids import FlowId, WorkspaceId
from flowslot.domain.flow import Flow, Visibility
from flowslot.storage import tables
from flowslot.storage.audit import changes_since
from flowslot.storage.removing import remove_runs
from flowslot.storage.work import Work, duplicate_is

_table = tables.flow


class SqlFlows:
    """The Flows port.

    `registrations` is counted in the row where one is added or removed, and `fleet_revision` never falls: a Flow read
    before such a change cannot undo it.
    """

    def __init__(self, work: Work) -> None:
        self._work = work

    def add(self, flow: Flow) -> None:
        counters = {"registrations": 0, "fleet_revision": flow.fleet_revision}
        with duplicate_is(AlreadyExists(f"There is a flow {flow.slug!r} already; choose another slug.")):
            self._work.connection.execute(insert(_table).values(id=flow.id, **counters, **_values(flow)))
        self._work.slugs[flow.id] = flow.slug

    def get(self, slug: str) -> Flow:
        found = select(_table).where(_table.c.slug == slug, self._seen)
        if self._work.writing:
            found = found.with_for_update(of=_table, key_share=True)
        return self._one(found, f"There is no flow {slug!r}.")

    def by_id(self, flow: FlowId) -> Flow:
        return self._one(select(_table).where(_table.c.id == flow, self._seen), "There is no such flow.")

    def named(self, slugs: Collection[str]) -> Mapping[str, Flow]:
        rows = self._work.connection.execute(select(_table).where(_table.c.slug.in_(sorted(slugs)), self._seen))
        found = {row.slug: flow_from(row) for row in rows}
        self._work.slugs.update((each.id, slug) for slug, each in found.items())
        return found

    def conflict(self, flow: Flow, *, seen_revision: int) -> RevisionConflict:
        changes = changes_since(self._work.connection, flow.id, seen_revision)
        return RevisionConflict(extra={"current_revision": flow.revision, "changes": changes})

    def replace(self, flow: Flow, *, seen_revision: int) -> None:
        seen = update(_table).where(_table.c.id == flow.id, _table.c.revision == seen_revision, self._seen)
        change = seen.values(fleet_revision=_not_below(flow), **_values(flow))
        with duplicate_is(AlreadyExists(f"There is a flow {flow.slug!r} already; choose another slug.")):
            if self._work.connection.execute(change).rowcount == 0:
                raise self.conflict(self.by_id(flow.id), seen_revision=seen_revision)

    def fleet_changed(self, flows: Iterable[FlowId]) -> None:
        ids = sorted(set(flows))
        in_order = select(_table.c.id).where(_table.c.id.in_(ids)).order_by(_table.c.id)
        self._work.connection.execute(in_order.with_for_update(key_share=True)).all()  # the same order for everybody
        change = update(_table).where(_table.c.id.in_(ids))
        self._work.connection.execute(change.values(fleet_revision=_table.c.fleet_revision + 1))

    def remove(self, flow: FlowId) -> None:
        self.by_id(flow)
        connection = self._work.connection
        # first the registrations: whoever is just accepting a run holds one of them, and is counted then
        connection.execute(delete(tables.registration).where(tables.registration.c.flow_id == flow))
        remove_runs(connection, tables.run.c.flow_id == flow)
        for table in (tables.schedule, tables.promotion, tables.version):
            connection.execute(delete(table).where(table.c.flow_id == flow))
        connection.execute(delete(_table).where(_table.c.id == flow))

    @property
    def _seen(self) -> Any:  # Any: a condition; SQLAlchemy's own type of it is of no use to a reader
        return self._work.sight.flow(_table.c.id)

    def _one(self, query: Select[Any], missing: str) -> Flow:
        row = self._work.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound(missing)
        self._work.slugs[row.id] = row.slug
        return flow_from(row)


def flow_from(row: Row[Any]) -> Flow:
    """The flow that a row of the table is."""
    return Flow(
        id=FlowId(row.id),
        slug=row.slug,
        name=row.name,
        visibility=Visibility(row.visibility),
        home_workspace=WorkspaceId(row.home_workspace_id),
        revision=row.revision,
        slots_revision=row.slots_revision,
        slot_epoch=row.slot_epoch,
        main_version=row.main_version,
        staging_version=row.staging_version,
        latest_version=row.latest_version,
        fleet_revision=row.fleet_revision,
        registrations=row.registrations,
        staged_fingerprint=row.staged_fingerprint,
    )


def _not_below(flow: Flow) -> ColumnElement[int]:
    column = _table.c.fleet_revision
    return case((column < flow.fleet_revision, flow.fleet_revision), else_=column)


def _values(flow: Flow) -> dict[str, object]:
    return {
        "slug": flow.slug,
        "name": flow.name,
        "visibility": flow.visibility.value,
        "home_workspace_id": flow.home_workspace,
        "revision": flow.revision,
        "slots_revision": flow.slots_revision,
        "slot_epoch": flow.slot_epoch,
        "main_version": flow.main_version,
        "staging_version": flow.staging_version,
        "latest_version": flow.latest_version,
        "staged_fingerprint": flow.staged_fingerprint,
    }
