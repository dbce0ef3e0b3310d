"""One definition written out for the type checker, and what the checker says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flowslot.base.json_text import Json
from flowslot.domain.calls import FlowCall
from flowslot.domain.definition import Definition
from flowslot.flowlang.checker_stubs import STUBS
from flowslot.flowlang.kinds import StepKind
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.sandbox_checks import CheckFailed, Diagnostic
from flowslot.flowlang.type_writer import FlowTypes, Known
from flowslot.flowlang.type_writer_rows import Row
from flowslot.flowlang.values_tree import Part

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


class CheckedProgram:
    """The program of a definition: what stands in which of its lines, and what was found while it was written."""

    def __init__(
        self,
        definition: Definition,
        kinds: Mapping[str, StepKind],
        called: Mapping[FlowCall, Known],
        *,
        asks_for_outcome: bool = False,
        watch: Callable[[FlowTypes, Part, str], None] | None = None,
    ) -> None:
        self.types = types = FlowTypes(kinds, called, asks_for_outcome=asks_for_outcome, watch=watch)
        self.definition = definition
        types.scope.know(definition.every_step())
        trigger, config = types.of_schema(definition.trigger.input_schema), types.of_schema(definition.config_schema)
        run = types.of_schema(RUN_SCHEMA)
        types.write(definition.steps)
        self.parameters = f"trigger: {trigger}, config: {config}, run: {run}"
        self.text, self.rows = types.rows.program(self.parameters)

    def diagnostics(self, sandbox: Sandbox) -> Sequence[Diagnostic]:
        """Everything that the checker says. Blocking. Raises CheckFailed."""
        found = sandbox.check(self.text, STUBS)
        for each in found:
            if each.rule == "invalid-syntax":  # we wrote what cannot be read: then nothing of it was checked
                raise CheckFailed(f"The expressions cannot be checked together: {each.message}")
        return found

    def types_told(self, sandbox: Sandbox) -> Mapping[int, str]:
        """The types that the program asks for, by the number of the question."""
        return self.types.rows.types_told(self.diagnostics(sandbox))

    def row(self, line: int) -> Row | None:
        """What a line is for."""
        return self.rows.get(line)
