"""The static check: every expression of a definition against the schemas of what it reads and of what takes it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence

from flowslot.base.canonical import content_hash
from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition
from flowslot.flowlang.checker_messages import problem_of
from flowslot.flowlang.checker_stubs import STUBS
from flowslot.flowlang.kinds import StepKind
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.sandbox_checks import CheckFailed
from flowslot.flowlang.type_writer import FlowTypes

MAX_KEPT = 1_000
"""Answers that are remembered, by content."""

RUN_SCHEMA: Json = {
    "type": "object",
    "required": ["id", "workspace", "slot", "version", "started_at"],
    "properties": {
        "id": {"type": "string"},
        "workspace": {"type": "string"},
        "slot": {"type": "string"},
        "version": {"type": "integer"},
        "started_at": {"type": "string"},
    },
}
"""What `run` is in an expression."""

_Key = tuple[str, str, frozenset[str]]
_kept: OrderedDict[_Key, tuple[Problem, ...]] = OrderedDict()
_keeping = threading.Lock()


def type_problems(
    definition: Definition, kinds: Mapping[str, StepKind], called: Mapping[str, Json | None], sandbox: Sandbox
) -> Sequence[Problem]:
    """Everything the checker finds in a definition, in the order it is read. Blocking; remembered by content.

    `called` gives the input schema of each called flow that is known.
    """
    used = {slug: called.get(slug) for slug in definition.called_flows()}
    key = (definition.hash, content_hash(used), frozenset(kinds))
    with _keeping:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    try:
        found = tuple(_checked(definition, kinds, used, sandbox))
    except CheckFailed as failed:
        return (Problem("", "too_complex", str(failed)),)
    with _keeping:
        _kept[key] = found
        if len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
    return found


def _checked(
    definition: Definition, kinds: Mapping[str, StepKind], called: Mapping[str, Json | None], sandbox: Sandbox
) -> Iterator[Problem]:
    types = FlowTypes(kinds, called)
    types.scope.know(definition.every_step())
    trigger, config = types.of_schema(definition.trigger.input_schema), types.of_schema(definition.config_schema)
    run = types.of_schema(RUN_SCHEMA)
    types.write(definition.steps)
    yield from types.problems
    program, rows = types.rows.program(f"trigger: {trigger}, config: {config}, run: {run}")
    seen: set[tuple[str, int | None, int | None]] = set()
    for diagnostic in sandbox.check(program, STUBS):
        if diagnostic.rule == "invalid-syntax":  # we wrote what cannot be read: then nothing of it was checked
            raise CheckFailed(f"The expressions cannot be checked together: {diagnostic.message}")
        row = rows.get(diagnostic.line)
        problem = None if row is None else problem_of(row, diagnostic, types.rows.maker)
        if problem is not None and (place := (problem.pointer, problem.line, problem.column)) not in seen:
            seen.add(place)
            yield problem
