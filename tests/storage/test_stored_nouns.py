"""Versions, registrations, connections, promotions, users, tokens and schedules in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from stored_parts import NOW, Fleet, call_by, registration, store_on, version, workspace

from flowslot.app.callers import SYSTEM, Role
from flowslot.app.ports import Token, User
from flowslot.base.errors import AlreadyExists, AlreadyRegistered, NotFound, RevisionConflict
from flowslot.base.ids import FlowId, PromotionId, TokenId, UserId, WorkspaceId
from flowslot.domain.flow import Promotion, VersionKind
from flowslot.storage.database import Database

FLOW = FlowId("flow_invoices")
ONE = WorkspaceId("ws_one")
TWO = WorkspaceId("ws_two")


def test_workspaces_come_back_and_change(database: Database) -> None:
    with store_on(database).begin(call_by()) as uow:
        uow.workspaces.add(workspace("one"))
        uow.workspaces.replace(replace(workspace("one"), name="Öne", customer="ACME"))
        assert uow.workspaces.get("one") == replace(workspace("one"), name="Öne", customer="ACME")
        assert uow.workspaces.by_id(ONE).slug == "one"


def test_a_workspace_goes_with_its_connections_when_nothing_uses_it(database: Database) -> None:
    store = store_on(database)
    with store.begin(call_by()) as uow:
        uow.workspaces.add(workspace("one"))
        uow.workspaces.remove(ONE)
        uow.workspaces.add(workspace("one"))
        uow.commit(None)


def test_a_version_comes_back_with_its_definition_digit_by_digit(database: Database) -> None:
    store = Fleet(versions=1).made_in(database)
    with store.begin(call_by()) as uow:
        uow.versions.add(version("invoices", 2), b'{"a":1.10,"b":12345678901234567890}')
        assert uow.versions.get(FLOW, 2) == version("invoices", 2)
        found = uow.versions.definition(FLOW, 2)
    assert (str(found["a"]), found["b"]) == ("1.10", 12345678901234567890)


def test_a_version_number_is_given_once(database: Database) -> None:
    store = Fleet().made_in(database)
    with pytest.raises(RevisionConflict), store.begin(call_by()) as uow:
        uow.versions.add(version("invoices", 2), b"{}")


def test_drafts_are_counted_by_workspace_and_discarded_once(database: Database) -> None:
    store = Fleet(versions=3).made_in(database)
    with store.begin(call_by()) as uow:
        uow.versions.add(version("invoices", 4, saved_in="two"), b"{}")
        assert uow.versions.last_in(FLOW, ONE) == version("invoices", 3)
        uow.versions.mark_staged(FLOW, 3)
        assert uow.versions.get(FLOW, 3).kind is VersionKind.STAGED
        assert uow.versions.newest_draft(FLOW, ONE) == 2
        assert uow.versions.discard_drafts(FLOW, ONE) == 2
        assert uow.versions.discard_drafts(FLOW, ONE) == 0
        assert uow.versions.newest_draft(FLOW, ONE) is None
        assert uow.versions.newest_draft(FLOW, TWO) == 4
        assert uow.versions.get(FLOW, 1).discarded
        uow.versions.mark_staged(FLOW, 1)
        assert not uow.versions.get(FLOW, 1).discarded


def test_a_flow_is_registered_once_in_a_workspace(database: Database) -> None:
    store = Fleet().made_in(database)
    with pytest.raises(AlreadyRegistered), store.begin(call_by()) as uow:
        uow.registrations.add(replace(registration("invoices", "one"), id="reg_x", hook_main="x", hook_staging="y"))  # type: ignore[arg-type]  # an id is a text


def test_registering_in_a_workspace_that_is_not_there_is_not_found(database: Database) -> None:
    store = Fleet().made_in(database)
    with pytest.raises(NotFound), store.begin(call_by()) as uow:
        uow.registrations.add(registration("invoices", "nowhere"))


def test_a_registration_comes_back_and_changes(database: Database) -> None:
    store = Fleet().made_in(database)
    new = replace(registration("invoices", "one"), active=False, staging_epoch=1, config={"a": 1}, connections={})
    with store.begin(call_by()) as uow:
        assert uow.registrations.get(FLOW, ONE) == registration("invoices", "one")
        uow.registrations.replace(new)
        assert uow.registrations.find(FLOW, ONE) == new
        uow.registrations.remove(new.id)
        assert uow.registrations.find(FLOW, ONE) is None


def test_those_on_staging_are_those_with_the_epoch_of_the_flow(database: Database) -> None:
    names = ("a", "b", "c", "d")
    store = Fleet(workspaces=names, staging=2, on_staging=("b", "d")).made_in(database)
    with store.begin(call_by()) as uow:
        found = uow.flows.get("invoices")
        assert [each.workspace for each in uow.registrations.on_staging(found)] == ["ws_b", "ws_d"]
        assert uow.registrations.on_staging(replace(found, slot_epoch=2)) == []
        assert [each.workspace for each in uow.registrations.all_of(FLOW)] == [f"ws_{name}" for name in names]
        assert [each.slug for each in uow.workspaces.of_flow(FLOW).values()] == list(names)


def test_flows_bound_to_a_connection_are_found(database: Database) -> None:
    store = Fleet().made_in(database)
    with store.read(SYSTEM) as uow:
        assert uow.registrations.flows_bound_to(ONE, "acme") == [FLOW]
        assert uow.registrations.flows_bound_to(ONE, "erp") == []


def test_the_webhook_secret_before_stays_beside_the_new_one(database: Database) -> None:
    store, which = Fleet().made_in(database), registration("invoices", "one").id
    with store.begin(call_by()) as uow:
        assert uow.registrations.webhook_secrets(which) == []
        uow.registrations.set_webhook_secret(which, b"new", previous=b"old")
        assert uow.registrations.webhook_secrets(which) == [b"new", b"old"]


def test_a_promotion_is_kept_with_what_undoes_it(database: Database) -> None:
    store = Fleet().made_in(database)
    made = Promotion(PromotionId("pro_1"), FLOW, 2, 1, 4, 7, NOW, "ann", ONE, 2, 1, undone_at=None, undone_by=None)
    with store.begin(call_by()) as uow:
        uow.promotions.add(made, staged_fingerprint="print")
        assert uow.promotions.get(FLOW, made.id) == made
        assert uow.promotions.fingerprint_before(made.id) == "print"
        uow.promotions.mark_undone(made.id, at=NOW, by="bob")
        assert uow.promotions.get(FLOW, made.id) == replace(made, undone_at=NOW, undone_by="bob")
        with pytest.raises(NotFound):
            uow.promotions.get(FLOW, PromotionId("pro_2"))


def test_a_schedule_is_put_over_and_stopped(database: Database) -> None:
    store = Fleet().made_in(database)
    with store.begin(call_by()) as uow:
        uow.schedules.put(FLOW, "main", next_at=NOW)
        uow.schedules.put(FLOW, "main", next_at=NOW + timedelta(hours=1))
        assert uow.schedules.get(FLOW, "main") == NOW + timedelta(hours=1)
        assert uow.schedules.get(FLOW, "staging") is None
        uow.schedules.put(FLOW, "main", next_at=None)
        assert uow.schedules.get(FLOW, "main") is None


def test_a_user_goes_with_their_tokens(database: Database) -> None:
    ann, bob = (User(UserId(f"usr_{name}"), name, Role.AUTHOR, NOW) for name in ("ann", "bob"))
    key = Token(TokenId("tok_1"), ann.id, "laptop", Role.VIEWER, ("one",), b"hash", NOW, None, None)
    with store_on(database).begin(call_by()) as uow:
        uow.users.add(bob)
        uow.users.add(ann)
        uow.tokens.add(key)
        assert uow.users.all() == [ann, bob]
        assert uow.tokens.by_hash(b"hash") == key
        uow.tokens.used(key.id, at=NOW)
        assert uow.tokens.get(key.id) == replace(key, last_used_at=NOW)
        uow.users.replace(replace(ann, role=Role.ADMIN))
        assert uow.users.get(ann.id).role is Role.ADMIN
        uow.users.remove(ann.id)
        assert uow.tokens.all() == []
        with pytest.raises(NotFound):
            uow.users.get(ann.id)


def test_two_users_cannot_have_one_name(database: Database) -> None:
    with store_on(database).begin(call_by()) as uow:
        uow.users.add(User(UserId("usr_1"), "ann", Role.AUTHOR, NOW))
        with pytest.raises(AlreadyExists):
            uow.users.add(User(UserId("usr_2"), "ann", Role.AUTHOR, NOW))


def test_a_token_can_be_taken_back(database: Database) -> None:
    with store_on(database).begin(call_by()) as uow:
        uow.users.add(User(UserId("usr_1"), "ann", Role.AUTHOR, NOW))
        uow.tokens.add(Token(TokenId("tok_1"), UserId("usr_1"), "x", Role.VIEWER, None, b"h", NOW, NOW, None))
        uow.tokens.remove(TokenId("tok_1"))
        assert uow.tokens.by_hash(b"h") is None
        with pytest.raises(NotFound):
            uow.tokens.remove(TokenId("tok_1"))
