"""The kind `try`: steps whose errors are caught. (`try` is a keyword of Python, so the module is try_steps.)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import Field

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.flowlang.fields import STEPS, Steps
from flowslot.flowlang.kinds import StepCall, StepFailure, StepSettings, Stopped, TypeWriter
from flowslot.steps.errors import ERROR_SCHEMA, error_as_json


class TrySettings(StepSettings):
    """Settings of `try`."""

    steps: Steps = Field(title="Steps", description="Steps that may fail.", json_schema_extra=STEPS)
    catch: Steps | None = Field(
        default=None,
        title="Catch",
        description="Steps that run when one of them failed; `error` is in scope. The error is then dealt with.",
        json_schema_extra=STEPS,
    )
    finally_: Steps | None = Field(
        default=None,
        alias="finally",
        title="Finally",
        description="Steps that run at the end, whether something failed or not.",
        json_schema_extra=STEPS,
    )


class TryStep:
    """Runs steps and catches their error."""

    name: ClassVar[str] = "try"
    title: ClassVar[str] = "Try and catch"
    about: ClassVar[str] = """\
Runs its steps. When one of them fails, the steps after it are left out and those under `catch` run instead, with
`error` in scope: `error.code`, `error.message` and `error.step`, the id of the step that failed. Without `catch` the
error goes on to whatever is around the `try`. The steps under `finally` run in every case, also before a `stop` ends
the run; they do not run when the run is canceled.

```yaml
- id: safely
  kind: try
  steps:
    - id: post
      kind: http_request
      connection: erp
      method: POST
      path: /invoices
      json: =trigger
  catch:
    - id: note
      kind: set
      value: "Not posted: {{ error.message }}"
```

Output: the output of the last step that ran, under `steps` or, when something was caught, under `catch`.
"""
    settings: ClassVar[type[StepSettings]] = TrySettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = {
        "step": {
            "id": "safely",
            "kind": "try",
            "steps": [
                {"id": "check", "kind": "assert", "label": "Total", "actual": "=trigger.total", "expected": 100},
                {"id": "fine", "kind": "set", "value": "as expected"},
            ],
            "catch": [{"id": "note", "kind": "set", "value": "=error.code + ' in ' + error.step"}],
        },
        "trigger": {"total": 99},
        "expect": "assert_failed in check",
    }

    def blocks(self, settings: TrySettings) -> Sequence[tuple[str, Sequence[Json]]]:
        written = (("steps", settings.steps), ("catch", settings.catch), ("finally", settings.finally_))
        return [(name, steps) for name, steps in written if steps is not None]

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(TrySettings, step.settings)
        error = {"error": types.cast(types.of_schema(ERROR_SCHEMA))}
        given = {
            block.name: types.block(block, names=error if block.name == "catch" else None) for block in step.blocks
        }
        if settings.catch is None:
            return types.cast(given["steps"])
        return types.cast(f"{given['steps']} | {given['catch']}")

    async def run(self, call: StepCall) -> Json:
        settings: TrySettings = call.settings
        try:
            output = await self._caught(call, settings)
        except (StepFailure, Stopped):
            await self._finally(call, settings)
            raise
        await self._finally(call, settings)
        return output

    async def _caught(self, call: StepCall, settings: TrySettings) -> Json:
        try:
            return await call.run_block("steps")
        except StepFailure as failure:
            if settings.catch is None:
                raise
            error = error_as_json(failure.error)
        return await call.run_block("catch", scope={"error": error})

    async def _finally(self, call: StepCall, settings: TrySettings) -> None:
        if settings.finally_ is not None:
            await call.run_block("finally")
