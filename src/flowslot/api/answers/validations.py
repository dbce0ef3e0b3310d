"""What a validation found, as the API shows it (R3)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from flowslot.api.answers.shaping import shaped
from flowslot.app.validation import Validation


class ProblemAnswer(Struct, frozen=True):
    """One thing that is wrong, and where."""

    workspace: Annotated[str | None, Meta(description="The workspace it is wrong in; null for everywhere.")]
    pointer: Annotated[str, Meta(description="JSON pointer into the document that was sent or checked.")]
    code: Annotated[str, Meta(description="What is wrong, in a code.")]
    message: Annotated[str, Meta(description="What is wrong, in words.")]
    line: Annotated[int | None, Meta(description="Line in the expression or code, from 1.")]
    column: Annotated[int | None, Meta(description="Column in that line.")]


class ValidationAnswer(Struct, frozen=True):
    """Whether a version fits the workspaces it would run in."""

    ok: Annotated[bool, Meta(description="Whether nothing is wrong.")]
    fingerprint: Annotated[str, Meta(description="Stands for everything the validation looked at.")]
    problems: Annotated[list[ProblemAnswer], Meta(description="Everything that is wrong.")]


def validation_answer(validation: Validation) -> ValidationAnswer:
    problems = [shaped(ProblemAnswer, problem) for problem in validation.problems]
    return ValidationAnswer(validation.ok, validation.fingerprint, problems)
