"""Entries of the record as the API shows them (R19)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
from flowslot.app.views import AuditView
from flowslot.base.json_text import Json


class AuditAnswer(Struct, frozen=True):
    """One thing that was done."""

    seq: Annotated[int, Meta(description="Its number; later entries have higher ones.")]
    at: Annotated[str, Meta(description="When.")]
    actor: Annotated[str, Meta(description="Who.")]
    action: Annotated[str, Meta(description="What, as noun.verb.")]
    flow: Annotated[str | None, Meta(description="Slug of the flow it was about; null where none, or it is gone.")]
    workspace: Annotated[str | None, Meta(description="Slug of the workspace; null where none, or it is gone.")]
    version: Annotated[int | None, Meta(description="Number of the version.")]
    revision: Annotated[int | None, Meta(description="The flow's revision after it.")]
    about: Annotated[Json, Meta(description="What else is worth knowing.")]


def audit_answer(view: AuditView) -> AuditAnswer:
    return shaped(AuditAnswer, view)
