"""The lists of users and of API tokens; a token's text is in no list."""

from __future__ import annotations

from sqlalchemy import Connection, select

from flowslot.app.callers import Role
from flowslot.app.views import Page, PageAsk, TokenView, UserView
from flowslot.storage.tables import token, user
from flowslot.storage.views.rows import AnyRow, cut, document


def list_users(connection: Connection, *, page: PageAsk) -> Page[UserView]:
    query = select(user).order_by(user.c.id).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(user.c.id > str(page.after))
    found = cut(list(connection.execute(query)), page, key="id")
    return Page([UserView(row.id, row.name, _role(row.role), row.created_at) for row in found.items], found.next)


def list_tokens(connection: Connection, *, page: PageAsk) -> Page[TokenView]:
    query = select(token, user.c.name.label("owner")).join(user, user.c.id == token.c.user_id)
    query = query.order_by(token.c.id).limit(page.limit + 1)
    if page.after is not None:
        query = query.where(token.c.id > str(page.after))
    found = cut(list(connection.execute(query)), page, key="id")
    return Page([_token(row) for row in found.items], found.next)


def _token(row: AnyRow) -> TokenView:
    workspaces = document(row.workspaces)
    return TokenView(
        id=row.id,
        user=row.owner,
        name=row.name,
        role=_role(row.role),
        workspaces=None if workspaces is None else tuple(workspaces),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
    )


def _role(stored: str) -> Role:
    return Role[stored.upper()]
