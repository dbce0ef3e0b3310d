"""Connectors as the API shows them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.base.json_text import Json


class ConnectorAnswer(Struct, frozen=True):
    """A connector: what a workspace can be connected to."""

    slug: Annotated[str, Meta(description="Its name in definitions and addresses.")]
    name: Annotated[str, Meta(description="Its name for people.")]
    description: Annotated[str, Meta(description="What it connects to.")]
    settings: Annotated[Json, Meta(description="JSON Schema of the settings of its connections.")]
