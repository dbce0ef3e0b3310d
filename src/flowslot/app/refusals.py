"""From a rule's reason to the error that answers with its code."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from flowslot.base.errors import FlowslotError, Invalid, Problem, every_error

_BY_CODE = {kind.code: kind for kind in every_error()}


def refusal(reason: Enum, detail: str = "") -> FlowslotError:
    """The error whose code is the reason's value."""
    return _BY_CODE[reason.value](detail)


def refuse_invalid(*problems: Sequence[Problem]) -> None:
    """Raises Invalid with all problems, if there are any."""
    found = [each for some in problems for each in some]
    if found:
        raise Invalid(problems=found)
