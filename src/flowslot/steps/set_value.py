"""The kind `set`: a value, computed once and named. (`set` is a built-in of Python, so the module is set_value.)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast

from pydantic import Field

from flowslot.base.json_text import Json
from flowslot.domain.definition import Step
from flowslot.flowlang.fields import VALUE
from flowslot.flowlang.kinds import StepCall, StepSettings, TypeWriter


class SetSettings(StepSettings):
    """Settings of `set`."""

    value: Json = Field(
        title="Value",
        description="Any JSON; expressions and templates may stand anywhere in it. It is the step's output.",
        json_schema_extra=VALUE,
    )


class SetStep:
    """Computes a value."""

    name: ClassVar[str] = "set"
    title: ClassVar[str] = "Set a value"
    about: ClassVar[str] = """\
Computes a value and keeps it under the step's id, so that later steps can use it as `steps.<id>`.

```yaml
- id: order
  kind: set
  value:
    number: =trigger.order.number
    label: "Order {{ trigger.order.number }}"
    net: =trigger.order.total - trigger.order.tax
```

Output: the value, with every expression and template in it replaced by its result.
"""
    settings: ClassVar[type[StepSettings]] = SetSettings
    skips: ClassVar[bool] = True
    example: ClassVar[Json] = {
        "step": {
            "id": "order",
            "kind": "set",
            "value": {"label": "Order {{ trigger.number }}", "net": "=trigger.total - trigger.tax", "sign": "==x"},
        },
        "trigger": {"number": "A-7", "total": 119, "tax": 19},
        "expect": {"label": "Order A-7", "net": 100, "sign": "=x"},
    }

    def blocks(self, settings: SetSettings) -> Sequence[tuple[str, Sequence[Json]]]:
        return ()

    def output_type(self, step: Step, types: TypeWriter) -> str:
        settings = cast(SetSettings, step.settings)
        return types.value(settings.value, pointer="/value")

    async def run(self, call: StepCall) -> Json:
        settings: SetSettings = call.settings
        return await call.evaluate(settings.value, pointer="/value")
