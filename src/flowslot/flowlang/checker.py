"""The static type check (being written)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition
from flowslot.flowlang.kinds import StepKind
from flowslot.flowlang.sandbox import Sandbox


def type_problems(
    definition: Definition, kinds: Mapping[str, StepKind], called: Mapping[str, Json | None], sandbox: Sandbox
) -> Sequence[Problem]:
    return ()
