"""The failure of a step whose expression went wrong, with its place in the definition."""

from __future__ import annotations

from dataclasses import replace

from flowslot.domain.runs import RunError
from flowslot.flowlang.expressions_source import Place
from flowslot.flowlang.kinds import StepFailure
from flowslot.flowlang.values_tree import Part

MAX_MESSAGE = 2048
"""Characters kept of a message; the sandbox may have made it as long as it liked."""


def expression_failure(part: Part | None, message: str, place: Place | None = None) -> StepFailure:
    """The failure at an expression; `place` is within its source, or None for where it begins."""
    text = message if len(message) <= MAX_MESSAGE else f"{message[:MAX_MESSAGE]}…"
    if part is None:
        return StepFailure(RunError("expression_error", text))
    at = (place or Place(1, 1)).after(part.start)
    return StepFailure(RunError("expression_error", text, pointer=part.pointer, line=at.line, column=at.column))


def of_item(failure: StepFailure, index: int) -> StepFailure:
    """The failure of a mapping, with the number of the item it was at."""
    return StepFailure(replace(failure.error, message=f"{failure.error.message} (Item {index}, counted from 0.)"))
