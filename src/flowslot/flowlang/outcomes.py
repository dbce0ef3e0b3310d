"""What called flows end with, worked out from their definitions by the type checker and kept by content."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

from flowslot.base.json_text import Json
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.domain.definition import Definition
from flowslot.flowlang.checked_program import CheckedProgram
from flowslot.flowlang.kinds import StepKind
from flowslot.flowlang.outcome_schemas import SILENT, outcome_of
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.sandbox_checks import CheckFailed
from flowslot.flowlang.type_schemas import TypeSchemas
from flowslot.flowlang.type_writer import Known

MAX_KEPT = 1_000
"""Outcomes that are remembered, by content."""
MAX_WORKED_OUT = 50
"""Flows that are looked into for one check; nothing is known of further ones, unless it is remembered."""

Outcome = Mapping[str, Json]
NOTHING: Outcome = {}

_kept: OrderedDict[str, Outcome] = OrderedDict()
_keeping = threading.Lock()


def known_of(
    called: Mapping[FlowCall, CalledFlow], kinds: Mapping[str, StepKind], sandbox: Sandbox
) -> Mapping[FlowCall, Known]:
    """What is known of the flows that a definition calls. Blocking; bounded however many flows call one another."""
    outcomes = _Outcomes(kinds, sandbox)
    return {call: Known(each.input_schema, outcomes.of(each)) for call, each in called.items()}


class _Outcomes:
    def __init__(self, kinds: Mapping[str, StepKind], sandbox: Sandbox) -> None:
        self._kinds = kinds
        self._sandbox = sandbox
        self._found: dict[str, Outcome] = {}
        self._left = MAX_WORKED_OUT

    def of(self, called: CalledFlow) -> Outcome:
        """The outcome of a flow: those of the flows that it calls are worked out before."""
        waiting = [called]
        while waiting:
            each = waiting[-1]
            ahead = [inner for inner in each.calls.values() if not self._is_known(inner)]
            if self._is_known(each) or not ahead:
                self._work_out(waiting.pop())
            else:
                waiting.extend(ahead)
        return self._found[called.key]

    def _is_known(self, called: CalledFlow) -> bool:
        if called.key not in self._found:
            kept = NOTHING if called.definition is None else _remembered(called.key)
            if kept is not None:
                self._found[called.key] = kept
        return called.key in self._found

    def _work_out(self, called: CalledFlow) -> None:
        if self._is_known(called) or called.definition is None:
            return
        self._left -= 1
        if self._left < 0:
            self._found[called.key] = NOTHING  # and not remembered: another check may have the time
            return
        known = {call: Known(None, self._found[inner.key]) for call, inner in called.calls.items()}
        try:
            self._found[called.key] = self._told(called.definition, known)
        except CheckFailed:
            self._found[called.key] = NOTHING
        else:
            _remember(called.key, self._found[called.key])

    def _told(self, definition: Definition, known: Mapping[FlowCall, Known]) -> Outcome:
        program = CheckedProgram(definition, self._kinds, known, asks_for_outcome=True)
        told = program.types_told(self._sandbox)
        ends = [*program.types.ends, *([] if program.types.scope.ends_always else [SILENT])]
        schemas = TypeSchemas(program.types.rows)
        return outcome_of(ends, lambda question: schemas.of(told.get(question.number, "Any")))


def _remembered(key: str) -> Outcome | None:
    with _keeping:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _remember(key: str, outcome: Outcome) -> None:
    with _keeping:
        _kept[key] = outcome
        if len(_kept) > MAX_KEPT:
            _kept.popitem(last=False)
