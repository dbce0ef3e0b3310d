"""The `Definitions` port: reads and checks flow definitions with the step kinds it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.domain.definition import Definition, Sketch
from flowslot.domain.hints import Hints, Writing
from flowslot.flowlang import checker, schemas
from flowslot.flowlang.hints import CalledBy, hints_at
from flowslot.flowlang.kinds import StepKind
from flowslot.flowlang.parse import parse, sketch
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.schedules import Rhythm, ScheduleTrigger, rhythm_of


class FlowDefinitions:
    """Reads and checks definitions; safe to use from several threads."""

    def __init__(self, kinds: Mapping[str, StepKind], sandbox: Sandbox) -> None:
        self._kinds = kinds
        self._sandbox = sandbox

    def parse(self, document: Json) -> Definition:
        return parse(document, self._kinds)

    def sketch(self, document: Json) -> Sketch:
        return sketch(document, self._kinds)

    def type_problems(self, definition: Definition, called: Mapping[FlowCall, CalledFlow]) -> Sequence[Problem]:
        return checker.type_problems(definition, self._kinds, called, self._sandbox)

    def hints(self, document: Json, writing: Writing, called_by: CalledBy) -> Hints:
        return hints_at(document, writing, self._kinds, called_by, self._sandbox)

    def schema_problems(self, schema: Json, value: Json) -> Sequence[Problem]:
        return schemas.schema_problems(schema, value)

    def ticks(self, document: Json) -> Rhythm | None:
        trigger = dict(document["trigger"])
        if trigger.pop("kind") != "schedule":
            return None
        return rhythm_of(ScheduleTrigger.model_validate(trigger))
