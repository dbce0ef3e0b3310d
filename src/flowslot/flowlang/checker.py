"""The static check: every expression of a definition against the schemas of what it reads and of what takes it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

from flowslot.base.canonical import content_hash
from flowslot.base.errors import Problem
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.domain.definition import Definition
from flowslot.flowlang.checked_program import CheckedProgram
from flowslot.flowlang.checker_messages import problem_of
from flowslot.flowlang.code_checks import code_problems
from flowslot.flowlang.kinds import StepKind
from flowslot.flowlang.outcomes import known_of
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.sandbox_checks import CheckFailed

MAX_KEPT = 1_000
"""Answers that are remembered, by content."""

_Key = tuple[str, str, frozenset[str]]
_kept: OrderedDict[_Key, tuple[Problem, ...]] = OrderedDict()
_keeping = threading.Lock()


def type_problems(
    definition: Definition, kinds: Mapping[str, StepKind], called: Mapping[FlowCall, CalledFlow], sandbox: Sandbox
) -> Sequence[Problem]:
    """Everything the checker finds in a definition, in the order it is read. Blocking; remembered by content.

    `called` gives the called flows that are known: what they take, and what they end with.
    """
    used = [[call.flow, call.slot.value, each.input_schema, each.key] for call, each in called.items()]
    key = (definition.hash, content_hash(used), frozenset(kinds))
    with _keeping:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    try:
        found = tuple(_checked(definition, kinds, called, sandbox))
    except CheckFailed as failed:
        return (Problem("", "too_complex", str(failed)),)
    with _keeping:
        _kept[key] = found
        if len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
    return found


def _checked(
    definition: Definition, kinds: Mapping[str, StepKind], called: Mapping[FlowCall, CalledFlow], sandbox: Sandbox
) -> Iterator[Problem]:
    program = CheckedProgram(definition, kinds, known_of(called, kinds, sandbox))
    types = program.types
    yield from types.problems
    seen: set[tuple[str, int | None, int | None]] = set()
    diagnostics = program.diagnostics(sandbox)
    for diagnostic in diagnostics:
        row = program.row(diagnostic.line)
        problem = None if row is None else problem_of(row, diagnostic, types.rows.maker)
        if problem is not None and (place := (problem.pointer, problem.line, problem.column)) not in seen:
            seen.add(place)
            yield problem
    if types.codes:
        yield from code_problems(types.codes, types.rows.types_told(diagnostics), types.rows, sandbox)
