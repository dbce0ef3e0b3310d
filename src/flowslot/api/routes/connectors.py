"""Connectors: what workspaces can be connected to."""

from __future__ import annotations

from flowslot.api.answers.connectors import ConnectorAnswer
from flowslot.api.ask import Ask
from flowslot.api.paging import PageAnswer, PageQuery, key_from
from flowslot.api.routing import Routes
from flowslot.app.callers import Role
from flowslot.base.errors import NotFound
from flowslot.base.json_text import Json

routes = Routes("connectors")


@routes.get("/connectors", Role.VIEWER)
def list_connectors(ask: Ask, *, query: PageQuery) -> PageAnswer[ConnectorAnswer]:
    """List the connectors, by slug."""
    after = key_from(query.cursor, list_name="connectors")
    return PageAnswer([each for each in (_http(),) if after is None or each.slug > str(after)], None)


@routes.get("/connectors/{connector}", Role.VIEWER)
def show_connector(ask: Ask, *, connector: str) -> ConnectorAnswer:
    """Show a connector and the settings its connections take."""
    if connector != "http":
        raise NotFound("There is no connector of this name; GET /connectors lists them.")
    return _http()


def _http() -> ConnectorAnswer:
    return ConnectorAnswer(
        slug="http",
        name="HTTP",
        description="Any HTTP API: a base URL, a way to sign in, and the hosts that may see the secrets.",
        settings=_settings_schema(),
    )


def _settings_schema() -> Json:
    from flowslot.app.connection_settings import ConnectionSettings

    return ConnectionSettings.model_json_schema()
