"""The kind `condition`: one of several blocks of steps, by the first test that is true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import Field

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.flowlang.fields import EXPRESSION, STEPS, Steps, Truth
from flowslot.flowlang.kinds import StepCall, StepSettings, TypeWriter


class Elif(StepSettings):
    """A further test and its steps."""

    if_: Truth = Field(
        alias="if",
        title="If",
        description="Looked at when every test before it was false.",
        json_schema_extra=EXPRESSION,
    )
    then: Steps = Field(title="Then", description="Steps that run when it is true.", json_schema_extra=STEPS)


class ConditionSettings(StepSettings):
    """Settings of `condition`."""

    if_: Truth = Field(
        alias="if",
        title="If",
        description="The test. Null, false, 0, an empty text, list or object count as false.",
        json_schema_extra=EXPRESSION,
    )
    then: Steps = Field(title="Then", description="Steps that run when the test is true.", json_schema_extra=STEPS)
    elif_: list[Elif] | None = Field(
        default=None, alias="elif", title="Else if", description="Further tests, looked at in order."
    )
    else_: Steps | None = Field(
        default=None,
        alias="else",
        title="Else",
        description="Steps that run when no test was true.",
        json_schema_extra=STEPS,
    )


class ConditionStep:
    """Runs the steps of the first test that is true."""

    name: ClassVar[str] = "condition"
    title: ClassVar[str] = "Condition"
    about: ClassVar[str] = """\
Runs the steps under `then` when the test is true; otherwise those of the first `elif` whose test is true; otherwise
those under `else`. A later test is looked at only when those before it were false.

```yaml
- id: size
  kind: condition
  if: =trigger.total > 1000
  then:
    - {id: large, kind: set, value: ask somebody}
  elif:
    - if: =trigger.total > 100
      then:
        - {id: medium, kind: set, value: note it}
  else:
    - {id: small, kind: set, value: go on}
```

The output of a step in a branch that was not taken is null; say so where you use it: `=steps.large or "nothing"`.

Output: `"then"`, `"elif"` or `"else"`, the branch that was taken (`"else"` also where there is none).
"""
    settings: ClassVar[type[StepSettings]] = ConditionSettings
    skips: ClassVar[bool] = False
    example: ClassVar[Json] = {
        "step": {
            "id": "size",
            "kind": "condition",
            "if": "=trigger.total > 1000",
            "then": [{"id": "large", "kind": "set", "value": "ask somebody"}],
            "elif": [{"if": "=trigger.total > 100", "then": [{"id": "medium", "kind": "set", "value": "note it"}]}],
            "else": [{"id": "small", "kind": "set", "value": "go on"}],
        },
        "trigger": {"total": 150},
        "expect": "elif",
    }

    def blocks(self, settings: ConditionSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        found: list[tuple[str, Sequence[Json]]] = [("then", settings.then)]
        found.extend((f"elif/{number}/then", each.then) for number, each in enumerate(settings.elif_ or ()))
        if settings.else_ is not None:
            found.append(("else", settings.else_))
        return found

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(ConditionSettings, step.settings)
        types.value(settings.if_, pointer="/if")
        for number, each in enumerate(settings.elif_ or ()):
            types.value(each.if_, pointer=f"/elif/{number}/if")
        for block in step.blocks:
            types.block(block)
        return types.cast('Literal["then", "elif", "else"]')

    async def run(self, call: StepCall) -> Json:
        settings: ConditionSettings = call.settings
        if await call.evaluate(settings.if_, pointer="/if"):
            await call.run_block("then")
            return "then"
        for number, each in enumerate(settings.elif_ or ()):
            if await call.evaluate(each.if_, pointer=f"/elif/{number}/if"):
                await call.run_block(f"elif/{number}/then")
                return "elif"
        if settings.else_ is not None:
            await call.run_block("else")
        return "else"
