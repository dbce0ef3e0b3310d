"""Connections as the API shows them: a secret is never read back, it stands as "set"."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
from flowslot.app.views import ConnectionView
from flowslot.base.json_text import Json


class ConnectionAnswer(Struct, frozen=True):
    """One workspace's way to reach an outside system."""

    id: Annotated[str, Meta(description="Its id.")]
    workspace: Annotated[str, Meta(description="Slug of the workspace it belongs to.")]
    slug: Annotated[str, Meta(description="Its name in addresses and in registrations.")]
    connector: Annotated[str, Meta(description="What it connects to: `http`.")]
    settings: Annotated[Json, Meta(description="Its settings; the text `set` stands for each secret.")]
    created_at: Annotated[str, Meta(description="When it was created.")]
    updated_at: Annotated[str, Meta(description="When it was changed last.")]


def connection_answer(view: ConnectionView) -> ConnectionAnswer:
    return shaped(ConnectionAnswer, view)
