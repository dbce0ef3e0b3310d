"""What is outside the caller's scope does not exist: not to read, not to change, not to be told of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from stored_parts import NOW, Fleet, call_by, flow, registration, version, workspace

from flowslot.app.callers import SYSTEM
from flowslot.app.ports import Connection, UnitOfWork
from flowslot.base.errors import NotFound
from flowslot.base.ids import ConnectionId, FlowId, PromotionId, WorkspaceId
from flowslot.domain.flow import Promotion
from flowslot.storage.database import Database
from flowslot.storage.unit_of_work import SqlStore

FLOW = FlowId("flow_invoices")
SECRET = FlowId("flow_secret")
TWO = WorkspaceId("ws_two")
THREE = WorkspaceId("ws_three")


def connection(at: str) -> Connection:
    return Connection(ConnectionId(f"con_{at}"), WorkspaceId(f"ws_{at}"), "erp", "http", {}, b"sealed", NOW, NOW)


def promotion(of: FlowId, at: WorkspaceId) -> Promotion:
    return Promotion(PromotionId("pro_1"), of, 1, None, 1, 2, NOW, "ann", at, 1, 0, undone_at=None, undone_by=None)


@pytest.fixture
def store(database: Database) -> SqlStore:
    """Workspaces one, two (flow `invoices`, at home in one) and three (flow `secret`, only there)."""
    store = Fleet().made_in(database)
    with store.begin(call_by()) as uow:
        uow.workspaces.add(workspace("three"))
        uow.flows.add(flow("secret", "three"))
        uow.versions.add(version("secret", 1, saved_in="three"), b"{}")
        uow.registrations.add(registration("secret", "three"))
        uow.promotions.add(promotion(SECRET, THREE), staged_fingerprint="f")
        for slug in ("one", "two", "three"):
            uow.connections.add(connection(slug))
        uow.commit(None)
    return store


HIDDEN: dict[str, Callable[[UnitOfWork], object]] = {
    "a workspace": lambda uow: uow.workspaces.get("three"),
    "a workspace by id": lambda uow: uow.workspaces.by_id(THREE),
    "changing a workspace": lambda uow: uow.workspaces.replace(workspace("three")),
    "removing a workspace": lambda uow: uow.workspaces.remove(THREE),
    "a flow": lambda uow: uow.flows.get("secret"),
    "a flow by id": lambda uow: uow.flows.by_id(SECRET),
    "changing a flow": lambda uow: uow.flows.replace(flow("secret", "three"), seen_revision=1),
    "removing a flow": lambda uow: uow.flows.remove(SECRET),
    "a version": lambda uow: uow.versions.get(SECRET, 1),
    "a definition": lambda uow: uow.versions.definition(SECRET, 1),
    "marking a version": lambda uow: uow.versions.mark_staged(SECRET, 1),
    "a registration": lambda uow: uow.registrations.get(SECRET, THREE),
    "changing a registration": lambda uow: uow.registrations.replace(registration("secret", "three")),
    "removing a registration": lambda uow: uow.registrations.remove(registration("secret", "three").id),
    "a webhook secret": lambda uow: uow.registrations.set_webhook_secret(
        registration("secret", "three").id, b"x", previous=None
    ),
    "a connection": lambda uow: uow.connections.get(THREE, "erp"),
    "changing a connection": lambda uow: uow.connections.replace(connection("three")),
    "removing a connection": lambda uow: uow.connections.remove(connection("three").id),
    "a promotion": lambda uow: uow.promotions.get(SECRET, PromotionId("pro_1")),
    "undoing a promotion": lambda uow: uow.promotions.mark_undone(PromotionId("pro_1"), at=NOW, by="eve"),
}


@pytest.mark.parametrize("what", HIDDEN)
def test_outside_the_scope_there_is_no(store: SqlStore, what: str) -> None:
    with store.begin(call_by("one", "two")) as uow, pytest.raises(NotFound):
        HIDDEN[what](uow)
    with store.begin(call_by("three")) as uow:
        if what not in ("removing a flow", "removing a workspace"):
            HIDDEN[what](uow)


def test_lists_leave_out_what_is_outside_the_scope(store: SqlStore) -> None:
    with store.begin(call_by("two")) as uow:
        assert [found.workspace for found in uow.registrations.all_of(FLOW)] == [TWO]
        assert list(uow.workspaces.of_flow(FLOW)) == [TWO]
        assert uow.workspaces.slugs([TWO, THREE]) == {TWO: "two"}
        assert [found.flow for found in uow.registrations.among([FLOW, SECRET], [TWO, THREE])] == [FLOW]
        assert uow.connections.connectors([TWO, THREE]) == {TWO: {"erp": "http"}, THREE: {}}
        assert uow.flows.named(["invoices", "secret"]).keys() == {"invoices"}
        assert uow.connections.of(THREE) == []
        assert uow.registrations.flows_bound_to(THREE, "acme") == []
        assert uow.registrations.webhook_secrets(registration("secret", "three").id) == []
        assert uow.promotions.fingerprint_before(PromotionId("pro_1")) is None
        assert uow.versions.last_in(SECRET, THREE) is None
        assert uow.versions.newest_draft(SECRET, THREE) is None
        assert uow.versions.discard_drafts(SECRET, THREE) == 0


def test_a_flow_is_seen_from_its_home_and_from_where_it_is_registered(store: SqlStore) -> None:
    for seen_from in ("one", "two"):
        with store.read(call_by(seen_from).caller) as uow:
            assert uow.flows.get("invoices").id == FLOW
    with store.read(call_by("three").caller) as uow, pytest.raises(NotFound):
        uow.flows.get("invoices")


def test_the_whole_account_is_seen_without_a_scope(store: SqlStore) -> None:
    with store.read(SYSTEM) as uow:
        assert len(uow.registrations.all_of(FLOW)) == 2
        assert uow.flows.get("secret") == replace(flow("secret", "three"), registrations=1)
