"""The port `Views`, on a database: each call reads one snapshot."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from flowslot.app.callers import Scope
from flowslot.app.lists import AuditFilter, FlowFilter, RegistrationFilter, RunFilter, VersionFilter
from flowslot.app.statistics import Statistics
from flowslot.app.views import (
    AuditView,
    ConnectionView,
    FlowRow,
    FlowView,
    Measures,
    Page,
    PageAsk,
    PromotionView,
    RegistrationRow,
    RunDefinition,
    RunRow,
    TokenView,
    UserView,
    VersionView,
    WorkspaceView,
)
from flowslot.base.clock import Clock, SystemClock
from flowslot.base.json_text import Json
from flowslot.domain.resolve import EmptyMain
from flowslot.domain.validation import SchemaProblems
from flowslot.storage.database import Database
from flowslot.storage.views import (
    accounts,
    audit,
    connections,
    flows,
    measures,
    promotions,
    registrations,
    runs,
    statistics,
    versions,
    workspaces,
)
from flowslot.storage.views.completeness import Completeness
from flowslot.storage.views.now import Now
from flowslot.storage.views.trigger_kinds import TriggerKinds


class SqlViews:
    """Reads what screens show."""

    def __init__(
        self,
        database: Database,
        empty_main: EmptyMain,
        *,
        schema_problems: SchemaProblems,
        clock: Clock | None = None,
    ) -> None:
        self._database = database
        self._empty_main = empty_main
        self._clock = clock or SystemClock()
        self._kinds = TriggerKinds()
        self._completeness = Completeness(schema_problems, empty_main)

    def workspaces(self, scope: Scope, *, page: PageAsk) -> Page[WorkspaceView]:
        with self._database.read() as connection:
            return workspaces.list_workspaces(connection, scope, page=page)

    def workspace(self, scope: Scope, slug: str) -> WorkspaceView:
        with self._database.read() as connection:
            return workspaces.show_workspace(connection, scope, slug)

    def flows(self, scope: Scope, *, only: FlowFilter, page: PageAsk) -> Page[FlowRow]:
        with self._database.read() as connection:
            return flows.list_flows(connection, scope, only=only, page=page, now=self._now())

    def flow(self, scope: Scope, slug: str) -> FlowView:
        with self._database.read() as connection:
            return flows.show_flow(connection, scope, slug)

    def versions(self, scope: Scope, flow: str, *, only: VersionFilter, page: PageAsk) -> Page[VersionView]:
        with self._database.read() as connection:
            return versions.list_versions(connection, scope, flow, only=only, page=page)

    def version(self, scope: Scope, flow: str, *, number: int) -> tuple[VersionView, Json]:
        with self._database.read() as connection:
            return versions.show_version(connection, scope, flow, number=number)

    def promotions(self, scope: Scope, flow: str, *, page: PageAsk) -> Page[PromotionView]:
        with self._database.read() as connection:
            return promotions.list_promotions(connection, scope, flow, page=page)

    def promotion(self, scope: Scope, flow: str, *, promotion: str) -> PromotionView:
        with self._database.read() as connection:
            return promotions.show_promotion(connection, scope, flow, named=promotion)

    def registrations(
        self, scope: Scope, flow: str, *, only: RegistrationFilter, page: PageAsk
    ) -> Page[RegistrationRow]:
        with self._database.read() as connection:
            return registrations.list_registrations(connection, scope, flow, only=only, page=page, now=self._now())

    def registration(self, scope: Scope, flow: str, *, workspace: str) -> RegistrationRow:
        with self._database.read() as connection:
            return registrations.show_registration(connection, scope, flow, of=workspace, now=self._now())

    def connections(self, scope: Scope, workspace: str, *, page: PageAsk) -> Page[ConnectionView]:
        with self._database.read() as connection:
            return connections.list_connections(connection, scope, workspace, page=page)

    def connection(self, scope: Scope, workspace: str, *, slug: str) -> ConnectionView:
        with self._database.read() as connection:
            return connections.show_connection(connection, scope, workspace, named=slug)

    def runs(self, scope: Scope, *, only: RunFilter, page: PageAsk) -> Page[RunRow]:
        with self._database.read() as connection:
            return runs.list_runs(connection, scope, only=only, page=page)

    def run(self, scope: Scope, run: str, *, under_way: Sequence[Json] = ()) -> RunRow:
        with self._database.read() as connection:
            return runs.show_run(connection, scope, run, under_way=under_way)

    def run_definition(self, scope: Scope, run: str) -> RunDefinition:
        with self._database.read() as connection:
            return runs.show_definition(connection, scope, run)

    def audit(self, scope: Scope, *, only: AuditFilter, page: PageAsk) -> Page[AuditView]:
        with self._database.read() as connection:
            return audit.list_audit(connection, scope, only=only, page=page)

    def users(self, *, page: PageAsk) -> Page[UserView]:
        with self._database.read() as connection:
            return accounts.list_users(connection, page=page)

    def tokens(self, *, page: PageAsk) -> Page[TokenView]:
        with self._database.read() as connection:
            return accounts.list_tokens(connection, page=page)

    def statistics(self, scope: Scope, *, workspace: str | None, hours: int) -> Statistics:
        with self._database.read() as connection:
            return statistics.statistics(connection, scope, workspace_slug=workspace, hours=hours, now=self._now())

    def measures(self) -> Measures:
        with self._database.read() as connection:
            return measures.measures(connection, now=self._clock.now())

    def is_there(self) -> bool:
        with self._database.read() as connection:
            return connection.scalar(select(1)) == 1

    def _now(self) -> Now:
        return Now(self._clock.now(), self._empty_main, self._kinds, self._completeness)
