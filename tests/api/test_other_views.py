"""The record, promotions, connections, users and tokens as lists, on both databases."""

from __future__ import annotations

import pytest
from stored_account import IDS, Rows, views_of

from flowslot.app.callers import Role, Scope
from flowslot.app.views import AuditFilter, PageAsk
from flowslot.base.errors import NotFound
from flowslot.storage import tables
from flowslot.storage.database import Database

ALL = Scope()
ACME = Scope(frozenset({"acme"}))
FIRST = PageAsk(50)


@pytest.fixture
def rows(database: Database) -> Rows:
    return Rows(database)


def actions(rows: Rows, scope: Scope = ALL, **only: str) -> list[str]:
    return [entry.action for entry in views_of(rows.database).audit(scope, only=AuditFilter(**only), page=FIRST).items]


def test_the_record_is_newest_first_and_filtered(rows: Rows) -> None:
    home = rows.workspace("home")
    flow = rows.flow("orders", home)
    rows.audit("promotion.made", flow_id=flow, workspace_id=home, version=1, revision=2)
    rows.audit("promotion.undone", flow_id=flow, workspace_id=home, actor="bob")
    rows.audit("promotional.thing", workspace_id=home)
    rows.audit("user.created")
    assert actions(rows) == ["user.created", "promotional.thing", "promotion.undone", "promotion.made"]
    assert actions(rows, flow="orders") == ["promotion.undone", "promotion.made"]
    assert actions(rows, action="promotion") == ["promotion.undone", "promotion.made"]
    assert actions(rows, action="promotion.made") == ["promotion.made"]
    assert actions(rows, actor="bob") == ["promotion.undone"]
    assert actions(rows, workspace="home") == ["promotional.thing", "promotion.undone", "promotion.made"]
    entry = views_of(rows.database).audit(ALL, only=AuditFilter(action="promotion.made"), page=FIRST).items[0]
    assert (entry.flow, entry.workspace, entry.version, entry.revision) == ("orders", "home", 1, 2)


def test_a_limited_caller_sees_what_names_its_workspaces(rows: Rows) -> None:
    home, acme = rows.workspace("home"), rows.workspace("acme")
    rows.audit("user.created")
    rows.audit("connection.created", workspace_id=acme)
    rows.audit("connection.deleted", workspace_id=home)
    assert actions(rows, Scope(frozenset({"home"}))) == ["connection.deleted"]
    with pytest.raises(NotFound):
        actions(rows, Scope(frozenset({"home"})), workspace="acme")


def test_only_the_latest_standing_promotion_can_be_undone(rows: Rows) -> None:
    home = rows.workspace("home")
    flow = rows.flow("orders", home, slots_revision=9, revision=9)
    for revision, undone_at in ((5, None), (9, None)):
        rows._put(
            tables.promotion,
            {
                "id": IDS.new("pro"),
                "flow_id": flow,
                "version": revision,
                "from_version": None,
                "from_epoch": 0,
                "revision": revision,
                "at": rows._time(),
                "actor": "ann",
                "workspace_id": home,
                "registrations": 3,
                "other_workspaces": 2,
                "undone_at": undone_at,
            },
        )
    views = views_of(rows.database)
    listed = views.promotions(ALL, "orders", page=FIRST).items
    assert [(each.version, each.can_undo, each.workspace) for each in listed] == [(9, True, "home"), (5, False, "home")]
    assert views.promotion(ALL, "orders", promotion=listed[1].id) == listed[1]
    assert [(each.registrations, each.other_workspaces_count) for each in listed] == [(3, 2), (3, 2)]
    rows.registration(flow, rows.workspace("acme"))
    limited = views.promotions(ACME, "orders", page=FIRST).items
    assert [(each.registrations, each.other_workspaces_count, each.workspace) for each in limited] == [(None,) * 3] * 2
    with pytest.raises(NotFound):
        views.promotion(ALL, "orders", promotion="pro_no")


def test_connections_are_listed_without_what_is_sealed(rows: Rows) -> None:
    home = rows.workspace("home")
    for slug in ("erp", "crm"):
        rows._put(
            tables.connection,
            {
                "id": IDS.new("con"),
                "workspace_id": home,
                "slug": slug,
                "connector": "http",
                "settings": b'{"auth":{"kind":"basic","password":"set"}}',
                "sealed": b"sealed",
                "created_at": rows._time(),
                "updated_at": rows._time(),
            },
        )
    views = views_of(rows.database)
    assert [each.slug for each in views.connections(ALL, "home", page=FIRST).items] == ["crm", "erp"]
    assert views.connection(ALL, "home", slug="erp").settings["auth"]["password"] == "set"
    with pytest.raises(NotFound):
        views.connection(ALL, "home", slug="none")


def test_users_and_tokens_are_listed_in_parts(rows: Rows) -> None:
    for name in ("ann", "bob", "cid"):
        user = {"id": IDS.new("usr"), "name": name, "role": "author", "created_at": rows._time()}
        rows._put(tables.user, user)
        token = {"id": IDS.new("tok"), "user_id": user["id"], "name": "t", "role": "viewer", "workspaces": b'["home"]'}
        rows._put(tables.token, token | {"hash": name.encode(), "created_at": rows._time()})
    views = views_of(rows.database)
    first = views.users(page=PageAsk(2))
    assert [each.name for each in first.items] == ["ann", "bob"]
    assert [each.name for each in views.users(page=PageAsk(2, first.next)).items] == ["cid"]
    tokens = views.tokens(page=PageAsk(2))
    assert [(each.user, each.role, each.workspaces) for each in tokens.items] == [
        ("ann", Role.VIEWER, ("home",)),
        ("bob", Role.VIEWER, ("home",)),
    ]
    assert [each.user for each in views.tokens(page=PageAsk(2, tokens.next)).items] == ["cid"]


def test_workspaces_are_listed_by_slug_and_scope(rows: Rows) -> None:
    for slug in ("b", "a", "c"):
        rows.workspace(slug)
    views = views_of(rows.database)
    first = views.workspaces(ALL, page=PageAsk(2))
    assert [each.slug for each in first.items] == ["a", "b"]
    assert [each.slug for each in views.workspaces(ALL, page=PageAsk(2, first.next)).items] == ["c"]
    assert [each.slug for each in views.workspaces(Scope(frozenset({"c"})), page=FIRST).items] == ["c"]
