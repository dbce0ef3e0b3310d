"""Requests about connections."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from flowslot.api.requests.fields import Body, Slug
from flowslot.base.json_text import Json

_SETTINGS = "base_url, auth: {kind: none, basic, bearer, header or oauth2, …}, allowed_hosts?"


class NewConnection(Body):
    """A connection to create in a workspace."""

    slug: Slug = Field(description="Its name in addresses and in registrations; it never changes.")
    connector: Literal["http"] = Field("http", description="What it connects to.")
    settings: dict[str, Json] = Field(description=f"{_SETTINGS}. Secrets are written and never read back.")


class ConnectionChange(Body):
    """What to change of a connection; settings that are left out stay, and so does a secret given as `set`."""

    settings: dict[str, Json] = Field(description=_SETTINGS)
