"""The `Definitions` port: reads and checks flow definitions with the step kinds it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition
from flowslot.flowlang import checker, schemas
from flowslot.flowlang.kinds import StepKind
from flowslot.flowlang.parse import parse
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.schedules import ScheduleTrigger, next_tick


class FlowDefinitions:
    """Reads and checks definitions; safe to use from several threads."""

    def __init__(self, kinds: Mapping[str, StepKind], sandbox: Sandbox) -> None:
        self._kinds = kinds
        self._sandbox = sandbox

    def parse(self, document: Json) -> Definition:
        return parse(document, self._kinds)

    def type_problems(self, definition: Definition, called: Mapping[str, Json | None]) -> Sequence[Problem]:
        return checker.type_problems(definition, self._kinds, called, self._sandbox)

    def schema_problems(self, schema: Json, value: Json) -> Sequence[Problem]:
        return schemas.schema_problems(schema, value)

    def first_tick(self, definition: Definition, *, after: datetime) -> datetime | None:
        settings = definition.trigger.settings
        return next_tick(settings, after=after) if isinstance(settings, ScheduleTrigger) else None
