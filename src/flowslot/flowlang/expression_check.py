"""Whether the expressions in a value can be read; what they mean is checked elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from flowslot.base.errors import Invalid, Problem
from flowslot.base.json_text import Json
from flowslot.flowlang.values import compile_values


def expression_problems(value: Json, *, pointer: str) -> Sequence[Problem]:
    """What cannot be read of the expressions and templates in a value, each with its place."""
    try:
        compile_values(value, pointer=pointer)
    except Invalid as refused:
        return refused.problems
    return ()
