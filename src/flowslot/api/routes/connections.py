"""Operations on connections: a workspace's credentials for outside systems."""

from __future__ import annotations

from flowslot.api.answers.connections import ConnectionAnswer, connection_answer
from flowslot.api.ask import Ask
from flowslot.api.paging import PageAnswer, PageQuery
from flowslot.api.requests.connections import ConnectionChange, NewConnection
from flowslot.api.routing import Routes
from flowslot.app import connections
from flowslot.app.callers import Role
from flowslot.base.errors import AlreadyExists, InUse

routes = Routes("connections")


@routes.post(
    "/workspaces/{ws}/connections",
    Role.AUTHOR,
    status=201,
    location="/workspaces/{ws}/connections/{slug}",
    errors=[AlreadyExists],
)
def create_connection(ask: Ask, *, ws: str, body: NewConnection) -> ConnectionAnswer:
    """Create a connection. Its secrets are written and never read back."""
    made = connections.create(
        ask.deps,
        ask.call(connection_answer),
        workspace=ws,
        slug=body.slug,
        connector=body.connector,
        settings=body.settings,
    )
    return connection_answer(made)


@routes.get("/workspaces/{ws}/connections", Role.VIEWER)
def list_connections(ask: Ask, *, ws: str, query: PageQuery) -> PageAnswer[ConnectionAnswer]:
    """List the connections of a workspace, by slug."""
    return ask.paged(ask.views.connections(ask.scope, ws, page=ask.page(query)), connection_answer)


@routes.get("/workspaces/{ws}/connections/{connection}", Role.VIEWER)
def show_connection(ask: Ask, *, ws: str, connection: str) -> ConnectionAnswer:
    """Show a connection, without its secrets."""
    return connection_answer(ask.views.connection(ask.scope, ws, slug=connection))


@routes.patch("/workspaces/{ws}/connections/{connection}", Role.AUTHOR)
def change_connection(ask: Ask, *, ws: str, connection: str, body: ConnectionChange) -> ConnectionAnswer:
    """Change the settings given; a secret given as `set` stays as it is."""
    changed = connections.change(ask.deps, ask.call(), workspace=ws, slug=connection, settings=body.settings)
    return connection_answer(changed)


@routes.delete("/workspaces/{ws}/connections/{connection}", Role.AUTHOR, errors=[InUse])
def delete_connection(ask: Ask, *, ws: str, connection: str) -> None:
    """Delete a connection.

    Refused while a registration binds it.
    """
    connections.delete(ask.deps, ask.call(), workspace=ws, slug=connection)
