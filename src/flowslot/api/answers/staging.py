"""What deploying to staging answers (R2, R3)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.flows import FlowAnswer, flow_answer
from flowslot.api.answers.validations import ValidationAnswer, validation_answer
from flowslot.api.answers.versions import VersionAnswer, version_answer
from flowslot.app.staging import Staged


class StagedAnswer(Struct, frozen=True):
    """A version that is on staging now."""

    version: Annotated[VersionAnswer, Meta(description="The version.")]
    flow: Annotated[FlowAnswer, Meta(description="The flow with it.")]
    validation: Annotated[ValidationAnswer, Meta(description="The validation that let it in.")]


def staged_answer(staged: Staged) -> StagedAnswer:
    return StagedAnswer(version_answer(staged.version), flow_answer(staged.flow), validation_answer(staged.validation))
